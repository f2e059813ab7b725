"""The centre's lists, kept row by row: applications for treatment (4.5), accident reports (4.7)."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from injury.messages import BatchReports, BatchTreatments, FindReportsBetween, FindTreatmentsBetween
from injury.models import CentreReport, CentreTreatment, Enquiry
from injury.rules.approval import day
from injury.services.enquiries import enquire, taking
from portal.access.member import Member
from portal.gateway.messages import Request, item_of
from portal.vault import mask_identity, mask_name


def ask_treatments(given: dict[str, Any], *, by: Member) -> Enquiry:
    """Ask for applications by person or days; nothing given means this month (4.5). Refused names wrong items."""
    said = _said(given)
    return enquire(FindTreatmentsBetween, said, by=by, label=conditions(FindTreatmentsBetween, said))


def ask_reports(given: dict[str, Any], *, by: Member) -> Enquiry:
    """Ask for accident reports by person or days (4.7)."""
    said = _said(given)
    return enquire(FindReportsBetween, said, by=by, label=conditions(FindReportsBetween, said))


def _said(given: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) for name, value in given.items() if value}


def conditions(kind: type[Request[Any]], said: dict[str, str]) -> str:
    """The conditions as lists show them, by the items' own labels; people masked. 本月 when there are none."""
    masks = {"aac002": mask_identity, "aac003": mask_name}
    words = [
        f"{item_of(kind, name).label} {masks[name](value) if name in masks else value}" for name, value in said.items()
    ]
    return "、".join(words)[:200] or "本月"


def person_columns(enquiry: Enquiry, row: Any) -> dict[str, Any]:
    """What every row of a list says about its person: sealed, and masked for the screen."""
    return {
        "environment": enquiry.environment,
        "enquiry": enquiry,
        "person_no": row.aac001[:30],
        "identity": row.aac002,
        "identity_masked": mask_identity(row.aac002)[:20],
        "name": row.aac003,
        "name_masked": mask_name(row.aac003)[:60],
        "injury_no": row.alca02[:100],
    }


@taking(FindTreatmentsBetween)
def take_treatments(enquiry: Enquiry, reply: BatchTreatments) -> int:
    """Keep the applications; 4.5 calls two items the other way round than 4.4, which its declaration says."""
    rows = reply.lkb7s.lkb7
    CentreTreatment.objects.bulk_create(
        CentreTreatment(
            **person_columns(enquiry, row),
            treatment_no=row.aae073[:20],
            state=row.akc175[:3],
            way=row.jxzl[:3],
            kind=row.ale021[:3],
            applied_on=day(row.akc176),
            approved_on=day(row.aae034),
            starts_on=day(row.akc173),
            ends_on=day(row.aae031),
            doctor=row.cka039[:60],
            diagnosis=row.akc174,
            employer_opinion=row.akc177,
            agency_opinion=row.akc192,
            project=row.akc178,
        )
        for row in rows
    )
    return len(rows)


@taking(FindReportsBetween)
def take_reports(enquiry: Enquiry, reply: BatchReports) -> int:
    """Keep the reports."""
    rows = reply.ldch
    CentreReport.objects.bulk_create(
        CentreReport(
            **person_columns(enquiry, row),
            employer_no=row.aab001[:30],
            handled_on=day(row.aae036),
            injured_on=day(row.alc020),
            reported_on=day(row.alc026),
            step=row.clc004[:20],
            recognised=row.alc029[:20],
            injured_part=row.alc022[:255],
            place=row.alc023,
            diagnosis=row.aaea06,
            hospital=row.akb001[:255],
        )
        for row in rows
    )
    return len(rows)


def this_month() -> tuple[Any, Any]:
    """The first day of this month, and today."""
    today = timezone.localdate()
    return today.replace(day=1), today
