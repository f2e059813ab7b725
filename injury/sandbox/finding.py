"""What an institution can ask about people: injuries, approvals, reports, filings (4.3 to 4.7, 4.21)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from injury.messages import (
    Ack,
    BatchReports,
    BatchTreatments,
    Filings,
    FindFilings,
    FindInjuries,
    FindReports,
    FindReportsBetween,
    FindTreatments,
    FindTreatmentsBetween,
    Injuries,
    Reports,
    Treatments,
)
from injury.messages.cross_province import Filing as FilingRecord
from injury.messages.people import BatchReport, BatchTreatment, BatchTreatmentNode, InjuryNode, TreatmentNode
from injury.messages.people import Injury as InjuryRecord
from injury.messages.people import Report as ReportRecord
from injury.messages.people import Treatment as TreatmentRecord
from injury.sandbox.centre import day, no, open_centre, today
from injury.sandbox.models import Filing, Injury, Report, Treatment
from portal.gateway.messages import item
from portal.gateway.sandbox.plays import Call, plays


class OneReport(Ack):
    """A single report stands in the answer as an object, several as a list (4.6)."""

    ldc1: ReportRecord = item("工伤事故备案")


@plays(FindInjuries)
def find_injuries(request: FindInjuries, call: Call) -> Injuries:
    """Recognised injuries and new ones, whose number is empty; nothing for those insured elsewhere."""
    open_centre(call)
    found = Injury.objects.filter(person__party=call.party, person__id_no=request.aac002, person__name=request.aac003)
    rows = [
        InjuryRecord(
            aac001=one.person.number,
            alca02=one.alca02,
            aab009=one.person.employer,
            aab001=one.aab001,
            aab301=one.aab301,
            aac002=one.person.id_no,
            aac003=one.person.name,
            aac004=one.person.sex,
            aaea06=one.diagnosis,
            akb020=str(call.party.institution.get("code", "")),
            alc020=str(one.happened_on),
            alc021=one.alc021,
            alc022=one.part,
            alc023=one.place,
            alc027=one.alc027,
            alc060=one.alc060,
            ala040=one.ala040,
            alc084="1" if one.alca02 else "0",
            aae116=one.aae116,
        )
        for one in found.select_related("person").order_by("happened_on")
    ]
    return Injuries(counts=len(rows), lc01s=InjuryNode(lc01=rows))


@plays(FindTreatments)
def find_treatments(request: FindTreatments, call: Call) -> Treatments:
    """Applications of every state for one recognised injury; 190002 when there is none."""
    open_centre(call)
    found = _treatments(call).filter(injury__alca02=request.alca02)
    rows = [
        TreatmentRecord(**_treatment(one), akc178=_told(one), akc192=one.special_item)
        for one in found.order_by("-applied_on", "pk")
    ]
    if not rows:
        raise no("190002")
    return Treatments(lkb7s=TreatmentNode(lkb7=rows))


@plays(FindTreatmentsBetween)
def find_treatments_between(request: FindTreatmentsBetween, call: Call) -> BatchTreatments:
    """By person, days of decision and of application; without any, this month's applications."""
    open_centre(call)
    found = _of_person(_treatments(call), request.aac002, request.aac003)
    found = _between(found, "decided_on", request.aae035, request.aae037)
    found = _between(found, "applied_on", request.akc176s, request.akc176e)
    if not request.model_dump(exclude_none=True):
        found = found.filter(applied_on__gte=today().replace(day=1))
    rows = [
        BatchTreatment(**_treatment(one), akc192=_told(one), akc178=one.special_item)
        for one in found.order_by("-applied_on", "pk")
    ]
    return BatchTreatments(lkb7s=BatchTreatmentNode(lkb7=rows))


@plays(FindReports)
def find_reports(request: FindReports, call: Call) -> Reports | OneReport:
    """Accident reports of one person, of recognised injuries too; may still be missing for a new one."""
    open_centre(call)
    found = _reports(call).filter(injury__person__number=request.aac001).order_by("reported_on", "pk")
    rows = [
        ReportRecord(
            clc004=one.clc004,
            aac001=one.injury.person.number,
            aac002=one.injury.person.id_no,
            aac003=one.injury.person.name,
            alca02=one.number,
            aab301=one.injury.aab301,
            alc022=one.injury.part,
            alc020=str(one.injury.happened_on),
            alc023=one.injury.place,
            aaea06=one.injury.diagnosis,
            alc029=one.alc029,
            aab001=one.injury.aab001,
        )
        for one in found
    ]
    return OneReport(ldc1=rows[0]) if len(rows) == 1 else Reports(ldc1=rows)


@plays(FindReportsBetween)
def find_reports_between(request: FindReportsBetween, call: Call) -> BatchReports:
    """By person and days on which the agency handled them; without any, this month's."""
    open_centre(call)
    found = _of_person(_reports(call), request.aac002, request.aac003)
    found = _between(found, "handled_on", request.aae035, request.aae037)
    if not request.model_dump(exclude_none=True):
        found = found.filter(handled_on__gte=today().replace(day=1))
    return BatchReports(
        ldch=[
            BatchReport(
                aac001=one.injury.person.number,
                aac003=one.injury.person.name,
                aac002=one.injury.person.id_no,
                aae036=str(one.handled_on),
                aaea06=one.injury.diagnosis,
                akb001=one.first_aid,
                alc020=str(one.injury.happened_on),
                alc022=one.injury.part,
                alc023=one.injury.place,
                alc024=one.reporter,
                alc026=str(one.reported_on),
                alc029=one.alc029,
                alca02=one.number,
                clc004=one.clc004,
                aab001=one.injury.aab001,
            )
            for one in found.order_by("-handled_on", "pk")
        ]
    )


@plays(FindFilings)
def find_filings(request: FindFilings, call: Call) -> Filings:
    """Filings of one person to this institution, valid or not, or those that cover a day; 300004 when there is none."""
    open_centre(call)
    found = Filing.objects.filter(person__party=call.party, person__id_no=request.aac002, person__name=request.aac003)
    if admitted := day(request.aae030s):
        found = found.filter(starts_on__lte=admitted, ends_on__gte=admitted)
    rows = [
        FilingRecord(
            aac002=one.person.id_no,
            aac003=one.person.name,
            alc011=one.alc011,
            aae127=_short(one.applied_on),
            aae100=one.aae100,
            aae016=one.aae016,
            aae030=_short(one.starts_on),
            aae031=_short(one.ends_on),
            ala491=one.ala491,
            alc014=one.diagnosis,
        )
        for one in found.select_related("person").order_by("starts_on", "pk")
    ]
    if not rows:
        raise no("300004")
    return Filings(Bs001Gets=rows)


def _treatments(call: Call) -> QuerySet[Treatment]:
    return Treatment.objects.filter(injury__person__party=call.party).select_related("injury__person")


def _reports(call: Call) -> QuerySet[Report]:
    return Report.objects.filter(injury__person__party=call.party).select_related("injury__person")


def _of_person(found: QuerySet[Any], id_no: str | None, name: str | None) -> QuerySet[Any]:
    wanted = Q(injury__person__id_no=id_no) if id_no else Q()
    return found.filter(wanted & Q(injury__person__name=name) if name else wanted)


def _between(found: QuerySet[Any], field: str, first: str | None, last: str | None) -> QuerySet[Any]:
    limits = {f"{field}__gte": day(first), f"{field}__lte": day(last)}
    return found.filter(**{name: value for name, value in limits.items() if value})


def _treatment(one: Treatment) -> dict[str, str]:
    person = one.injury.person
    return {
        "aae073": one.aae073,
        "aac001": person.number,
        "alca02": one.injury.alca02,
        "akc176": str(one.applied_on),
        "akc175": one.akc175,
        "aac002": person.id_no,
        "aac003": person.name,
        "jxzl": one.jxzl,
        "ale021": one.ale021,
        "cka039": one.doctor,
        "aae014": one.chief,
        "akc173": str(one.starts_on),
        "aae031": str(one.ends_on),
        "akc174": one.injury.diagnosis,
        "akc177": "同意",
        "aae034": _decided(one.decided_on),
    }


def _decided(on: date | None) -> str:
    return str(on) if on else ""


def _told(one: Treatment) -> str:
    return f"{one.opinion} 复审意见：无" if one.opinion else ""


def _short(on: date) -> str:
    return f"{on:%Y%m%d}"
