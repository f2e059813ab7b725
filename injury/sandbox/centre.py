"""What every play begins with: the party's centre with its people, the refusals of 5.2, the stay a call is about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from injury.messages import documented_errors
from injury.messages.gateway import CODES, INJURY
from injury.sandbox.models import Centre, State, Stay
from injury.sandbox.options import Options
from injury.sandbox.people import make_people
from portal.gateway.sandbox.models import Party
from portal.gateway.sandbox.plays import Call, Refuse

SHANGHAI = ZoneInfo("Asia/Shanghai")
ZERO = Decimal(0)


def today() -> date:
    return datetime.now(SHANGHAI).date()


@cache
def _texts() -> dict[str, str]:
    """The gateway's own text by code; of two rows with one code the first."""
    found: dict[str, str] = {}
    for row in documented_errors(CODES / "errors.json"):
        found.setdefault(row.code, f"{row.mark}-{row.text}" if row.mark else row.text)
    return found


def no(code: str, more: str = "") -> Refuse:
    """The documented refusal with its text (5.2); KeyError for a code that is not there. `more` follows in brackets."""
    return Refuse(code, _texts()[code] + (f"（{more}）" if more else ""))


def text_of(code: str) -> str:
    """The documented text of a code; KeyError for one that is not there."""
    return _texts()[code]


def options_of(party: Party) -> Options:
    return Options.of(party)


def centre_of(party: Party, *, locked: bool = False) -> Centre:
    """The party's centre; its people are made when it is first asked. `locked`: until the transaction ends."""
    centre, is_new = Centre.objects.get_or_create(party=party)
    if is_new:
        make_people(party, options_of(party), today())
    return Centre.objects.select_for_update().get(pk=centre.pk) if locked else centre


def open_centre(call: Call, *, locked: bool = False) -> Centre:
    """The centre of a call; raises the refusal that the control door "trouble" switched on for this transaction."""
    centre = centre_of(call.party, locked=locked)
    if code := centre.trouble.get(call.code):
        raise no(code)
    return centre


def party_of(asked: Mapping[str, Any]) -> Party:
    """The party that a control door is asked about; LookupError for nobody's."""
    party = Party.objects.filter(gateway=INJURY.name, app_code=asked.get("party")).first()
    if party is None:
        raise LookupError("没有这个调用方")
    return party


def stay_of(party: Party, akc190: str, *, locked: bool = False) -> Stay | None:
    """The stay that is not undone under this number, or None."""
    stays = Stay.objects.filter(party=party, akc190=akc190).exclude(state=State.UNDONE)
    stays = stays.select_for_update(of=("self",)) if locked else stays
    return stays.select_related("person").first()


def is_elsewhere(party: Party, akc190: str) -> bool:
    """Whether another institution of the same centre (the same seed was given to both) has that number."""
    seed = party.options.get("seed")
    if not seed:
        return False
    stays = Stay.objects.filter(akc190=akc190, party__gateway=party.gateway, party__options__seed=seed)
    return stays.exclude(party=party).exclude(state=State.UNDONE).exists()


def day(value: str | None) -> date | None:
    """A day as requests write it, with or without hyphens; the refusal of one that no calendar has."""
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise no("1004", f"日期 {value} 不存在") from None


def money(value: Decimal, places: int = 4) -> Decimal:
    """The value with so many places."""
    return value.quantize(Decimal(1).scaleb(-places))
