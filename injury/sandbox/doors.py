"""What people at the centre do and tell: control doors `POST /injury/<name>` for tests, demonstrations and seeding."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from injury.messages import INJURY
from injury.sandbox.catalogue import ALA012, Item, versions
from injury.sandbox.centre import centre_of, day, options_of, party_of, stay_of, text_of, today
from injury.sandbox.fitness import fitness
from injury.sandbox.models import Person, Published, State, Stay, Treatment
from injury.sandbox.people import make_people
from portal.gateway.messages import request_class
from portal.gateway.sandbox.plays import Refuse, control

#: Answers that say nothing about what happened: the centre's own storage fails.
TROUBLES = {
    "register": ("51016",),
    "regundo": ("61009",),
    "sendMedInfo": ("81019", "990008"),
    "leaveHos": ("110021", "110024"),
    "offsiteRegister": ("310023",),
    "sendBsMedInfo": ("330021", "330041"),
    "offsiteLeaveHos": ("350027",),
}
EVERYWHERE = ("1004", "99999")


@control(INJURY, "people")
def people(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Insured people of `party` with all that can be found about them, and what each is fit for today.

    `kind` (old, new, cross, none), `fit` (see fitness.py) and `free` (without an open stay) narrow them down, `limit`
    the number. `more` makes that many more people first.
    """
    party = party_of(asked)
    with transaction.atomic():
        centre_of(party)
        if more := int(asked.get("more", 0)):
            have = Person.objects.filter(party=party).count()
            make_people(party, options_of(party), today(), first=have, last=have + more)
    found = Person.objects.filter(party=party).order_by("pk")
    found = found.filter(kind=asked["kind"]) if asked.get("kind") else found
    found = found.prefetch_related("injuries__treatments", "injuries__reports", "filings", "stays")
    shown = [_person(one) for one in found]
    if fit := asked.get("fit"):
        shown = [one for one in shown if fit in one["fit"]]
    if asked.get("free"):
        shown = [one for one in shown if not one["open_stays"]]
    return {"people": shown[: int(asked.get("limit", len(shown)))]}


@control(INJURY, "catalogue")
def catalogue(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The items of `party`'s centre: the last version of each, or with `all_versions` every one.

    `kind` (0 drug, 1 treatment, 9 material), `code`, `q` (part of name or code), `valid` (true: not run out, false:
    run out), `limit`.
    """
    party, on = party_of(asked), today()
    code, q, kind, valid = (asked.get(name) for name in ("code", "q", "kind", "valid"))
    found = [
        one
        for all_of in versions(party, on, [code] if code else None).values()
        for one in (all_of if asked.get("all_versions") else all_of[-1:])
        if (not kind or one.kind == kind)
        and (not q or str(q) in one.name or str(q) in one.code)
        and (valid is None or one.is_valid(on) == valid)
    ]
    return {"total": len(found), "items": [_item(one) for one in found[: int(asked.get("limit", len(found)))]]}


@control(INJURY, "publish")
def publish(asked: Mapping[str, Any]) -> dict[str, Any]:
    """A new version of `code` from today on, with another `price_limit`, or one that runs out on `valid_to`."""
    party, on, code = party_of(asked), today(), str(asked.get("code", ""))
    with transaction.atomic():
        centre_of(party, locked=True)
        known = versions(party, on, [code]).get(code)
        if not known:
            raise LookupError("目录中没有这个编码")
        limit = asked.get("price_limit", known[-1].price_limit)
        Published.objects.create(
            party=party,
            code=code,
            version=known[-1].version + 1,
            price_limit=None if limit is None else Decimal(str(limit)),
            valid_from=_day(asked, "valid_from", on),
            valid_to=_day(asked, "valid_to", date(2099, 12, 31)),
        )
        return _item(versions(party, on, [code])[code][-1])


@control(INJURY, "approve")
def approve(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The agency decides about the treatment `aae073` of `party`: `akc175` 1 (approved, the default) or 2 (refused).

    The approved days become those from a week ago to two months ahead unless they cover today already.
    """
    party, state, on = party_of(asked), str(asked.get("akc175", "1")), today()
    if state not in ("0", "1", "2", "5"):
        raise ValueError("akc175 应为 0、1、2 或 5")
    with transaction.atomic():
        centre_of(party)
        found = Treatment.objects.filter(injury__person__party=party, aae073=str(asked.get("aae073", ""))).first()
        if found is None:
            raise LookupError("没有这个继续治疗申请")
        found.akc175, found.decided_on = state, on if state in "12" else None
        if state == "1" and not found.starts_on <= on <= found.ends_on:
            found.starts_on, found.ends_on = on - timedelta(days=7), on + timedelta(days=60)
        found.save()
    return _treatment(found)


@control(INJURY, "audit")
def audit(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The agency has audited a discharge (`open: true` takes it back).

    `deductions`: `[{"name", "amount", "rejected", "reason"}]` that it adds to the automatic ones, reason of AKA073.
    """
    with transaction.atomic():
        stay = _stay(asked, State.DISCHARGED, State.CLAIMED, State.AUDITED)
        stay.state = State.DISCHARGED if asked.get("open") else State.AUDITED
        stay.deductions = [] if asked.get("open") else [_deduction(one) for one in asked.get("deductions", [])]
        stay.save(update_fields=["state", "deductions"])
    return {"akc190": stay.akc190, "state": stay.state}


@control(INJURY, "close")
def close(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The claim for a discharge is handed in on the centre's own page: papers and undoing end (`open: true`: not)."""
    with transaction.atomic():
        stay = _stay(asked, State.DISCHARGED, State.CLAIMED)
        stay.state = State.DISCHARGED if asked.get("open") else State.CLAIMED
        stay.save(update_fields=["state"])
    return {"akc190": stay.akc190, "state": stay.state}


@control(INJURY, "restrict")
def restrict(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The agency stops uploads for a stay (81028, 330030); `open: true` lets them in again."""
    with transaction.atomic():
        stay = _stay(asked, *State)
        stay.is_restricted = not asked.get("open", False)
        stay.save(update_fields=["is_restricted"])
    return {"akc190": stay.akc190, "restricted": stay.is_restricted}


@control(INJURY, "trouble")
def trouble(asked: Mapping[str, Any]) -> dict[str, Any]:
    """From now on `method` of `party` is answered with `code`, one that does not say what happened; nothing happens.

    Without `code` the trouble of the method ends, without `method` all of it.
    """
    party, method, code = party_of(asked), str(asked.get("method", "")), str(asked.get("code", ""))
    with transaction.atomic():
        centre = centre_of(party, locked=True)
        if not method:
            centre.trouble = {}
        elif not code:
            centre.trouble.pop(method, None)
        else:
            known = (*TROUBLES.get(method, ()), *EVERYWHERE)
            request_class(INJURY, method)
            if code not in known:
                raise ValueError(f"{method} 可以出现的故障：{'、'.join(f'{one} {text_of(one)}' for one in known)}")
            centre.trouble[method] = code
        centre.save(update_fields=["trouble"])
    return {"trouble": centre.trouble}


def _stay(asked: Mapping[str, Any], *states: str) -> Stay:
    stay = stay_of(party_of(asked), str(asked.get("akc190", "")), locked=True)
    if stay is None:
        raise LookupError("没有这个住院号")
    if stay.state not in states:
        raise LookupError(f"该住院当前状态为“{stay.state_label}”")
    return stay


def _day(asked: Mapping[str, Any], name: str, otherwise: date) -> date:
    try:
        return day(str(asked[name])) or otherwise if asked.get(name) else otherwise
    except Refuse as refusal:
        raise ValueError(refusal.message) from None


def _deduction(asked: Mapping[str, Any]) -> dict[str, str]:
    rejected = Decimal(str(asked["rejected"]))
    amount = Decimal(str(asked.get("amount", rejected)))
    return {
        "name": str(asked.get("name", "手动剔除费")),
        "price": str(asked.get("price", amount)),
        "quantity": str(asked.get("quantity", 1)),
        "amount": str(amount),
        "rejected": str(rejected),
        "reason": str(asked.get("reason", "3")),
    }


def _item(one: Item) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": one.name,
        "kind": one.kind,
        "ala012": ALA012[one.kind],
        "aka063": one.category,
        "aka065": one.grade,
        "unit": one.unit,
        "form": one.form,
        "spec": one.spec,
        "maker": one.maker,
        "version": str(one.version),
        "price": str(one.price),
        "price_limit": None if one.price_limit is None else str(one.price_limit),
        "valid_from": str(one.valid_from),
        "valid_to": str(one.valid_to),
    }


def _treatment(one: Treatment) -> dict[str, Any]:
    return {
        "aae073": one.aae073,
        "akc175": one.akc175,
        "jxzl": one.jxzl,
        "ale021": one.ale021,
        "starts_on": str(one.starts_on),
        "ends_on": str(one.ends_on),
    }


def _person(one: Person) -> dict[str, Any]:
    stays = list(one.stays.all())
    return {
        "kind": one.kind,
        "fit": fitness(one, today()),
        "aac001": one.number,
        "aac002": one.id_no,
        "aac003": one.name,
        "aac004": one.sex,
        "aab009": one.employer,
        "card_no": one.card_no,
        "card_code": one.card_code,
        "qrcode": one.qrcode,
        "card_state": one.card_state,
        "injuries": [
            {
                "alca02": injury.alca02,
                "aab001": injury.aab001,
                "aab301": injury.aab301,
                "happened_on": str(injury.happened_on),
                "treatments": [_treatment(each) for each in injury.treatments.all()],
                "reports": [{"number": each.number, "clc004": each.clc004} for each in injury.reports.all()],
            }
            for injury in one.injuries.all()
        ],
        "filings": [
            {
                "alc011": each.alc011,
                "aae100": each.aae100,
                "aae016": each.aae016,
                "ala491": each.ala491,
                "starts_on": str(each.starts_on),
                "ends_on": str(each.ends_on),
            }
            for each in one.filings.all()
        ],
        "open_stays": [stay.akc190 for stay in stays if stay.state == State.ADMITTED],
    }
