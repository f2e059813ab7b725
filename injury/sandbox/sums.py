"""What the centre adds up: approval by category, statistics, settlement sheet, share of drugs (4.12, 4.15–4.17)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum

from injury.messages import (
    Approval,
    ApproveFees,
    DrugShare,
    FetchDrugShare,
    FetchSheet,
    FindUploaded,
    Sheet,
    UploadedPeople,
)
from injury.messages.fees import CategorySum, CategorySums
from injury.messages.sheets import RejectedItem, RejectedItems, SheetRecord, Uploaded, UploadedNode
from injury.sandbox.catalogue import DRUG, current
from injury.sandbox.centre import SHANGHAI, ZERO, day, money, no, open_centre, options_of, stay_of, today
from injury.sandbox.fitness import CROSS_INPATIENT, INPATIENT, REHABILITATION
from injury.sandbox.lines import RUN_OUT
from injury.sandbox.models import Filing, Injury, Line, State, Stay
from portal.codes import code_list
from portal.gateway.sandbox.plays import Call, plays

UNAUDITED, AUDITED = "0", "1"
OTHER = "3"


@plays(ApproveFees)
def approve_fees(request: ApproveFees, call: Call) -> Approval:
    """The sums of all that was uploaded, rejected or not; may be asked again and again until discharge."""
    open_centre(call)
    stay = stay_of(call.party, request.akc190, locked=True)
    if stay is None or stay.is_cross != (request.rolltype == "1"):
        raise no("91003")
    if stay.state == State.AUDITED:
        raise no("91005")
    if stay.state != State.ADMITTED:
        raise no("91004")
    sums = sums_by_category(stay)
    if not sums:
        raise no("91006")
    total = _approved(stay)
    rows = [CategorySum(aka063=name, alc407=money(amount)) for name, amount in sums.items()]
    return Approval(akc190=stay.akc190, alc407=total, collections=CategorySums(collection=rows))


@plays(FindUploaded)
def find_uploaded(request: FindUploaded, call: Call) -> UploadedPeople:
    """Stays of the own province; those that were entered this month when nothing is asked; 230003 for none."""
    open_centre(call)
    asked = request.model_dump(exclude_none=True)
    found = Stay.objects.filter(_asked(asked), party=call.party, is_cross=False).exclude(state=State.UNDONE)
    stays = list(found.select_related("person").order_by("entered_at", "pk"))
    regions = _regions(stays)
    if area := asked.get("aaa027"):
        stays = [one for one in stays if regions.get(one.pk, "")[:4] == area[:4]]
    if not stays:
        raise no("230003")
    return UploadedPeople(
        detailcolls=UploadedNode(detailData=[_uploaded(one, regions.get(one.pk, "")) for one in stays])
    )


@plays(FetchSheet)
def fetch_sheet(request: FetchSheet, call: Call) -> Sheet:
    """The sheet with what the automatic audit keeps back, or after the agency's audit what it finally does.

    It approves the fees as 4.12 does. Days, diagnosis and meal subsidy of discharge are empty before it.
    """
    open_centre(call)
    stay = stay_of(call.party, request.akc190, locked=True)
    if stay is None or stay.is_cross != (request.rolltype == "1"):
        raise no("240002")
    total = _approved(stay) if stay.state == State.ADMITTED else total_of(stay)
    rejected = rejected_items(stay)
    kept_back = sum((one.alc408 or ZERO for one in rejected), ZERO)
    paid, meal = total - kept_back, meal_subsidy(stay)
    person, injured = stay.person, _injured(stay)
    left = stay.state != State.ADMITTED
    return Sheet(
        kc21dto=SheetRecord(
            akc190=stay.akc190,
            akb020name=str(call.party.institution.get("name", ""))[:100],
            aac003=person.name,
            aac002=person.id_no,
            aac004=person.sex,
            **injured,
            aka130=stay.aka130,
            akc191=stay.akc191,
            akc192=str(stay.admitted_on),
            akc194=str(stay.discharged_on) if left else "",
            alc028=stay.alc028,
            akc196=stay.akc196 if left else "",
            alc407sum=total,
            alc408sum=money(kept_back, 2),
            jsdate=datetime.now(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S"),
            jjin=money(paid),
            aac001=person.id_no,
            ylaccounts=money(paid + meal),
            hsfbtje=money(meal),
            akc666=stay.akc666,
            akc667=AUDITED if stay.state == State.AUDITED else UNAUDITED,
            kc22dtos=RejectedItems(kc22dto=rejected),
        )
    )


@plays(FetchDrugShare)
def fetch_drug_share(request: FetchDrugShare, call: Call) -> DrugShare:
    """The share of drugs so far, as text with a percent sign."""
    open_centre(call)
    stay = stay_of(call.party, request.akc190)
    if stay is None:
        raise no("240002")
    total, drugs = total_of(stay), drugs_of(stay)
    person = stay.person
    return DrugShare(
        akc190=stay.akc190,
        aac003=person.name,
        aac002=person.id_no,
        aac004=person.sex,
        aka130=stay.aka130,
        akc191=stay.akc191,
        akc192=str(stay.admitted_on),
        akc194=str(stay.discharged_on or ""),
        alc407sum=total,
        alc407med=drugs,
        alc407per=_percent(drugs, total),
    )


def sums_by_category(stay: Stay) -> dict[str, Decimal]:
    """Category → sum of everything uploaded for the stay."""
    found = stay.lines.values_list("aka063").annotate(amount=Sum("amount")).order_by("aka063")
    return {name: money(amount) for name, amount in found}


def total_of(stay: Stay) -> Decimal:
    return money(stay.lines.aggregate(amount=Sum("amount"))["amount"] or ZERO)


def drugs_of(stay: Stay) -> Decimal:
    return money(stay.lines.filter(kind=DRUG).aggregate(amount=Sum("amount"))["amount"] or ZERO)


def outdated(stay: Stay) -> set[tuple[str, str]]:
    """(code, version) of uploaded items whose version is not the centre's any more, or has run out."""
    used = set(stay.lines.exclude(version="").values_list("code", "version").distinct())
    now, on = current(stay.party, today(), {code for code, _ in used}), today()
    return {
        (code, version)
        for code, version in used
        if code in now and (version != str(now[code].version) or not now[code].is_valid(on))
    }


def meal_subsidy(stay: Stay) -> Decimal:
    """So many yuan a day in hospital, once discharged."""
    if stay.state == State.ADMITTED or stay.aka130 not in (INPATIENT, CROSS_INPATIENT):
        return ZERO
    return options_of(stay.party).meal * stay.days


def rejected_items(stay: Stay) -> list[RejectedItem]:
    """Line by line what is kept back and why (AKA073); after the agency's audit with its own and the drugs' share."""
    old = outdated(stay)
    lines = stay.lines.filter(Q(rejected__lt=0) | Q(rejected__gt=0) | Q(code__in={code for code, _ in old}))
    found = [_rejected(one, is_old=(one.code, one.version) in old) for one in lines.order_by("pk")]
    found = [one for one in found if one.alc408]
    return found + _of_the_audit(stay) if stay.state == State.AUDITED else found


def _rejected(line: Line, *, is_old: bool) -> RejectedItem:
    return RejectedItem(
        alc403=line.name,
        alc405=money(line.price),
        alc406=line.quantity,
        alc407=line.amount,
        alc408=line.amount if is_old else line.rejected,
        marktype=RUN_OUT if is_old else line.reason,
    )


def _of_the_audit(stay: Stay) -> list[RejectedItem]:
    found = [
        RejectedItem(
            alc403=one["name"],
            alc405=Decimal(one["price"]),
            alc406=Decimal(one["quantity"]),
            alc407=Decimal(one["amount"]),
            alc408=Decimal(one["rejected"]),
            marktype=one["reason"],
        )
        for one in stay.deductions
    ]
    total, drugs = total_of(stay), drugs_of(stay)
    beyond = money(drugs - total * options_of(stay.party).drug_limit, 2)
    if stay.akc191 == REHABILITATION and beyond > 0:
        label = code_list("injury.aka063").label("99")
        amounts = {"alc405": beyond, "alc406": Decimal(1), "alc407": beyond, "alc408": beyond}
        found.append(RejectedItem(alc403=label, marktype=OTHER, **amounts))
    return found


def _approved(stay: Stay) -> Decimal:
    stay.approved_total = total_of(stay)
    stay.save(update_fields=["approved_total"])
    return stay.approved_total


def _asked(asked: dict[str, Any]) -> Q:
    if not asked:
        return Q(entered_at__gte=_midnight(str(today().replace(day=1))))
    wanted = Q()
    for name, field in (("akc192", "admitted_on"), ("akc194", "discharged_on")):
        for end, sign in (("s", "gte"), ("e", "lte")):
            if value := asked.get(name + end):
                wanted &= Q(**{f"{field}__{sign}": day(value)})
    if value := asked.get("aae036s"):
        wanted &= Q(entered_at__gte=_midnight(value))
    if value := asked.get("aae036e"):
        wanted &= Q(entered_at__lt=_midnight(value) + timedelta(days=1))
    for name, field in (("akc190", "akc190"), ("aac002", "person__id_no"), ("aac003", "person__name")):
        if value := asked.get(name):
            wanted &= Q(**{field: value})
    return wanted


def _midnight(value: str) -> datetime:
    on = day(value) or today()
    return datetime(on.year, on.month, on.day, tzinfo=SHANGHAI)


def _uploaded(stay: Stay, region: str) -> Uploaded:
    total, drugs = total_of(stay), drugs_of(stay)
    person = stay.person
    kept_back = sum((one.alc408 or ZERO for one in rejected_items(stay)), ZERO)
    return Uploaded(
        aac001=person.number,
        aac003=person.name,
        aac002=person.id_no,
        aab001=person.employer,
        akc190=stay.akc190,
        alca02=stay.alca02,
        alca18=str(stay.number),
        alc407=total,
        alc408=money(kept_back, 2),
        auditlevel=code_list("injury.akc667").label(AUDITED if stay.state == State.AUDITED else UNAUDITED),
        akc192=str(stay.admitted_on),
        akc194=str(stay.discharged_on or ""),
        aab301name=_region_name(region),
        aka130=stay.aka130,
        alc029=stay.alc028,
        aae036=stay.entered_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S"),
        akc191=stay.akc191,
        alc407med=drugs,
        alc407per=_percent(drugs, total),
    )


def _regions(stays: list[Stay]) -> dict[int, str]:
    """Stay → region of its injury."""
    injuries: QuerySet[Injury] = Injury.objects.filter(pk__in=[one.detail.get("injury") for one in stays])
    by_injury = dict(injuries.values_list("pk", "aab301"))
    return {one.pk: by_injury.get(one.detail.get("injury"), "") for one in stays}


def _injured(stay: Stay) -> dict[str, str]:
    """Part, place and day of the injury as far as this centre knows them."""
    if stay.is_cross:
        filing = Filing.objects.filter(pk=stay.detail.get("filing")).first()
        return {"alc022": filing.part if filing else ""}
    injury = Injury.objects.filter(pk=stay.detail.get("injury")).first()
    if injury is None:
        return {}
    return {
        "alc022": injury.part,
        "aab301name": _region_name(injury.aab301),
        "alc020": f"{injury.happened_on} 00:00:00",
    }


def _region_name(code: str) -> str:
    return code_list("injury.aab301").label(code) if code else ""


def _percent(part: Decimal, whole: Decimal) -> str:
    return f"{money(part * 100 / whole, 2) if whole else Decimal('0.00')}%"
