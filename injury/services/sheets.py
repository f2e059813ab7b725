"""Settlement sheets: asked for once the fees agree, kept reading by reading, laid beside our fee items (4.16)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum
from django.utils import timezone

from injury.actions import SHEET_REQUESTED, SHEET_TAKEN
from injury.messages import FetchSheet, Sheet
from injury.models import (
    Admission,
    AdmissionState,
    Enquiry,
    FeeItem,
    FeeState,
    LineMatch,
    SettlementSheet,
    SheetLine,
)
from injury.rules import path
from injury.rules.sheet import OurItem, Sums, TheirLine, differences, matched
from injury.rules.totals import ZERO
from injury.services.enquiries import enquire, latest, taking
from injury.services.refusals import Refused
from injury.services.standing import fee_standing
from injury.services.steps import locked
from portal.access.member import Member
from portal.audit import record


def sheet_obstacle(admission: Admission) -> str:
    """Why the sheet cannot be asked for now, in a sentence; empty when it can (I7)."""
    is_open = admission.state in (AdmissionState.ADMITTED, AdmissionState.LEAVING)
    return path.sheet_obstacle(admission.state, fee_standing(admission).gate if is_open else "")


def request_sheet(admission: Admission, *, by: Member) -> Enquiry:
    """Have the worker ask for the settlement sheet; joins the question on its way. Refused while fees are unsettled."""
    obstacle = sheet_obstacle(admission)
    if obstacle:
        raise Refused(obstacle)
    params = {"akc190": admission.number, "rolltype": admission.roll}
    enquiry = enquire(FetchSheet, params, by=by, about=admission, label=admission.number)
    record(SHEET_REQUESTED, admission, by=by, number=admission.number)
    return enquiry


def asked(admission: Admission) -> Enquiry | None:
    """The newest question for this admission's sheet."""
    return latest(FetchSheet, admission)


def current_sheet(admission: Admission) -> SettlementSheet | None:
    """The newest reading; None while there is none."""
    return SettlementSheet.objects.filter(admission=admission, is_current=True).first()


def has_sheet(admission: Admission) -> bool:
    return SettlementSheet.objects.filter(admission=admission, is_current=True).exists()


@taking(FetchSheet)
def take_sheet(enquiry: Enquiry, reply: Sheet) -> int:
    """Keep the reading, and what it says about each fee item; returns how many items are struck out."""
    number = enquiry.params.reveal()["akc190"]
    found = Admission.objects.filter(environment=enquiry.environment, number=number)
    admission = found.exclude(state=AdmissionState.UNDONE).first()
    if admission is None:
        return 0
    admission = locked(admission)
    lines = _lines(reply)
    items = _our_items(admission)
    keys = matched([line for line, _ in lines], items)
    sheet = _kept(admission, enquiry, reply, lines)
    rows = [
        _row(sheet, place, line, reason, key)
        for place, ((line, reason), key) in enumerate(zip(lines, keys, strict=True), 1)
    ]
    SheetLine.objects.bulk_create(rows, batch_size=500)
    sheet.unmatched = sum(row.match == LineMatch.NONE for row in rows)
    if sheet.unmatched:
        sheet.findings = [*sheet.findings, f"{sheet.unmatched:,} 个自付项目在本院已上传的费用中没有对应的明细"]
    sheet.save(update_fields=["unmatched", "findings"])
    _tell_items(admission, rows)
    record(
        SHEET_TAKEN,
        sheet,
        by=None,
        number=admission.number,
        state=sheet.audit_label,
        total=f"{sheet.total:,.2f}",
        own=f"{sheet.self_paid:,.2f}",
    )
    return len(rows)


def _lines(reply: Sheet) -> list[tuple[TheirLine, str]]:
    listed = reply.kc21dto.kc22dtos.kc22dto
    # A template line without name and money is how some replies say "none".
    real = [one for one in listed if one.alc403.strip() or one.alc408]
    return [
        (
            TheirLine(one.alc403, one.alc405 or ZERO, one.alc406 or ZERO, one.alc407 or ZERO, one.alc408 or ZERO),
            one.marktype.strip()[:10],
        )
        for one in real
    ]


def _our_items(admission: Admission) -> list[OurItem]:
    rows = uploaded(admission).values_list(
        "pk", "centre_name", "own_name", "common_name", "price", "quantity", "amount"
    )
    return [OurItem(pk, (centre, own, common), *money) for pk, centre, own, common, *money in rows.iterator()]


def uploaded(admission: Admission) -> QuerySet[FeeItem]:
    """The fee items that are proven to be at the centre."""
    return FeeItem.objects.filter(admission=admission, state=FeeState.UPLOADED).order_by("prescribed_on", "line_id")


def _kept(admission: Admission, enquiry: Enquiry, reply: Sheet, lines: list[tuple[TheirLine, str]]) -> SettlementSheet:
    said = reply.kc21dto
    ours = uploaded(admission).aggregate(sum=Sum("amount", default=ZERO))["sum"]
    sums = Sums(said.alc407sum, said.alc408sum, said.jjin)
    SettlementSheet.objects.filter(admission=admission, is_current=True).update(is_current=False)
    sheet = SettlementSheet(
        environment=admission.environment,
        admission=admission,
        total=said.alc407sum or ZERO,
        self_paid=said.alc408sum or ZERO,
        fund_paid=said.jjin or ZERO,
        settled=said.ylaccounts or ZERO,
        meal_subsidy=said.hsfbtje or ZERO,
        self_pay_by=said.akc666.strip()[:3],
        audit_state=said.akc667.strip()[:10],
        settled_at=said.jsdate.strip()[:19],
        content=said.model_dump(mode="json", by_alias=True),
        line_count=len(lines),
        findings=differences(sums, [line for line, _ in lines], ours=ours),
        read_at=enquiry.answered_at or timezone.now(),
        read_as=enquiry.asked_as,
    )
    sheet.save(force_insert=True)
    return sheet


def _row(sheet: SettlementSheet, place: int, line: TheirLine, reason: str, key: Any) -> SheetLine:
    match = LineMatch.CENTRE if line.is_made_by_centre else LineMatch.ONE if key else LineMatch.NONE
    return SheetLine(
        environment=sheet.environment,
        sheet=sheet,
        admission=sheet.admission,
        position=place,
        name=line.name[:100],
        price=line.price,
        quantity=line.quantity,
        amount=line.amount,
        rejected=line.rejected,
        reason=reason,
        match=match,
        fee_item_id=key,
    )


def _tell_items(admission: Admission, rows: list[SheetLine]) -> None:
    """What is on the sheet was struck out; what was uploaded and is not on it is paid in full."""
    uploaded(admission).update(rejected=Decimal(0), rejected_because="")
    told = [
        FeeItem(pk=row.fee_item_id, rejected=row.rejected, rejected_because=row.reason[:3])
        for row in rows
        if row.fee_item_id
    ]
    FeeItem.objects.bulk_update(told, ["rejected", "rejected_because"], batch_size=500)
