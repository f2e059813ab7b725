"""Records made of what the portal knows: settlement lists (4101A) of settlements, matchings (3301) of own items."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from portal.access.member import Member
from settlement.models import Diagnosis, OwnItem, Settlement, SettlementState, UploadRecord, Visit, VisitKind
from settlement.models.upload import Source
from settlement.rules.upload_content import INSURED_AT
from settlement.services.uploads.arrival import Given, take_records

LISTS, MATCHES = "4101A", "3301"
#: list_type by the first letter of a national code (1301 to 1308): X Western, Z Chinese patent, T herbal pieces,
#: C consumables, 00 services; P are herbal granules.
SORTS = {"X": "101", "Z": "101", "T": "102", "M": "104", "C": "301", "F": "201", "0": "201"}
FOREVER = "2099-12-31"


def without_list(environment: str) -> QuerySet[Settlement]:
    """Settlements that stand and have no list yet; pharmacies make none."""
    listed = UploadRecord.objects.filter(
        environment=environment, number__in=(LISTS, "4101"), is_current=True, setl_id=OuterRef("setl_id")
    )
    done = Settlement.objects.filter(environment=environment, state=SettlementState.DONE, is_interim=False)
    return done.exclude(kind=VisitKind.PHARMACY).exclude(setl_id="").exclude(Exists(listed)).select_related("visit")


def list_of(settlement: Settlement, *, by: Member) -> dict[str, Any]:
    """What is known of a settlement's list; the rest is completed by hand."""
    visit = settlement.visit
    inside = visit.kind == VisitKind.INPATIENT
    info: dict[str, Any] = {
        "psn_no": visit.person_no.reveal(),
        "mdtrt_id": visit.mdtrt_id,
        "setl_id": settlement.setl_id,
        "medcasno": visit.number,
        "dcla_time": _moment(timezone.now()),
        "ntly": "CHN",
        "adm_time": _moment(visit.started_at) if inside else "",
        "dscg_time": _moment(visit.ended_at) if inside else "",
        "opsp_mdtrt_date": "" if inside else _day(visit.started_at),
        "chfpdr_code": visit.doctor_code,
        "bill_no": settlement.invoice,
        "biz_sn": settlement.number,
        "setl_begn_date": _day(visit.started_at),
        "setl_end_date": _day(settlement.settled_at),
        "medins_fill_psn": by.label[:30],
    }
    made: dict[str, Any] = {"setlinfo": info, INSURED_AT: visit.insured_at}
    if diagnoses := _diagnoses(visit, inside):
        made["diseinfo"] = diagnoses
    return made


def _diagnoses(visit: Visit, inside: bool) -> list[dict[str, Any]]:
    rows = Diagnosis.objects.filter(visit=visit, is_valid=True)
    rows = rows.filter(moment="out") if inside and rows.filter(moment="out").exists() else rows
    return [
        {
            "diag_type": one.type,
            "diag_code": one.code,
            "diag_name": one.name,
            "adm_cond_type": one.condition[:3],
            "maindiag_flag": "1" if one.is_main else "0",
        }
        for one in rows
    ]


def _moment(value: Any) -> str:
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}" if value else ""


def _day(value: Any) -> str:
    return f"{timezone.localtime(value):%Y-%m-%d}" if value else ""


def make_lists(settlements: Iterable[Settlement], *, by: Member) -> list[Given]:
    """Keep a list for each of these settlements, with what has still to be filled in."""
    return take_records(LISTS, [list_of(one, by=by) for one in settlements], by=by, source=Source.MADE)


def match_of(item: OwnItem, today: date) -> dict[str, Any]:
    """The matching of an own item as it is charged."""
    return {
        "data": {
            "fixmedins_hilist_id": item.own_code[:30],
            "fixmedins_hilist_name": item.own_name,
            "list_type": SORTS.get(item.item_code[:1].upper(), ""),
            "med_list_codg": item.item_code,
            "begndate": f"{today:%Y-%m-%d}",
            "enddate": FOREVER,
            "prcunt": item.unit,
            "spec": item.spec[:100],
        }
    }


def make_matches(items: Iterable[OwnItem], *, by: Member) -> list[Given]:
    """Keep a matching for each of these own items; one that is the same as before changes nothing."""
    today = timezone.localdate()
    return take_records(MATCHES, [match_of(one, today) for one in items], by=by, source=Source.MADE)


def matched_codes(environment: str) -> QuerySet[UploadRecord]:
    """The newest matching of each own item that has one."""
    return UploadRecord.objects.filter(environment=environment, number=MATCHES, is_current=True)
