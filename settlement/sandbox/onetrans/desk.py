"""What every play begins with: the party's reader, its people, the purse a message is about, and refusals."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from portal.gateway.desk import ONETRANS
from portal.gateway.sandbox.models import Party
from portal.gateway.sandbox.plays import Refuse
from settlement.sandbox.centre import centre_of, now
from settlement.sandbox.models import Insured, Purse, Reader
from settlement.sandbox.onetrans.options import Options
from settlement.sandbox.options import Options as PeopleOptions
from settlement.sandbox.people import make_people

#: Codes of the business; the interface documents none of them.
NO_CARD, UNKNOWN_CODE = "200001", "200002"
CANCELLED, OPEN_WINDOW, NO_TRADE, NOT_PAID, TOO_MUCH, OTHER_TRADE = (
    "300001",
    "300002",
    "300003",
    "300004",
    "300005",
    "300006",
)
NO_CHARGE, CHARGE_OVER = "400001", "400002"
NO_PERMISSION = "500001"


def reader_of(party: Party, *, locked: bool = False) -> Reader:
    """The party's reader, with the first person's social security card on it to begin with."""
    reader, is_new = Reader.objects.get_or_create(party=party)
    if is_new:
        reader.insured = people_of(party).first()
        reader.save(update_fields=["insured"])
    found = Reader.objects.select_related("insured").filter(pk=reader.pk)
    return (found.select_for_update(of=("self",)) if locked else found).get()


def people_of(party: Party) -> Any:
    """The insured of the party, or of the national party that its option names."""
    options = Options.of(party)
    if options.insured_of:
        centre = Party.objects.filter(gateway="national", app_code=options.insured_of).first()
        if centre is None:
            raise LookupError("没有国家接口的这个调用方")
        centre_of(centre)
        return Insured.objects.filter(party=centre).order_by("pk")
    if not Insured.objects.filter(party=party).exists():
        make_people(party, PeopleOptions(seed=options.seed, people=options.people), now().date())
    return Insured.objects.filter(party=party).order_by("pk")


def purse_of(party: Party, patient: str, account_type: str) -> Purse:
    """The patient's account, locked until the transaction ends; opened by the first recharge."""
    purse, _ = Purse.objects.get_or_create(party=party, patient=patient, account_type=account_type)
    return Purse.objects.select_for_update().get(pk=purse.pk)


def party_of(asked: Mapping[str, Any]) -> Party:
    """The party that a control door is asked about; LookupError for nobody's."""
    party = Party.objects.filter(gateway=ONETRANS.name, app_code=asked.get("party")).first()
    if party is None:
        raise LookupError("没有这个调用方")
    return party


def person_of(party: Party, asked: Mapping[str, Any]) -> Insured:
    """The person whom a control door names by psn_no or certno; LookupError for nobody."""
    wanted = {name: asked[name] for name in ("psn_no", "certno") if asked.get(name)}
    found = people_of(party).filter(**wanted).first() if wanted else None
    if found is None or not isinstance(found, Insured):
        raise LookupError("没有这个参保人")
    return found


def trace_number(party: Party, *parts: object) -> str:
    """A number of the platform, of 19 digits, which is the same for the same parts."""
    drawn = hashlib.sha256("|".join(str(one) for one in (party.pk, *parts)).encode()).hexdigest()
    return f"{1 + int(drawn[:16], 16) % 9}{int(drawn[16:48], 16) % 10**18:018d}"


def age_of(born: date) -> int:
    today = now().date()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def no(code: str, message: str) -> Refuse:
    return Refuse(code, message)
