"""Bills: lines that are charged and settled together under one batch number (chrg_bchno)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum
from django.db.transaction import atomic

from portal.access.member import Member
from portal.audit import record
from settlement.actions import BILL_DROPPED, BILL_SAVED
from settlement.models import Bill, BillState, FeeLine, LineState, Visit, VisitState
from settlement.rules.amounts import CENT
from settlement.rules.outpatient import (
    MOST_LINES,
    needs_disease,
    why_not_add_bill,
    why_not_change_bill,
)
from settlement.services.lines import LineGiven, as_given, store_lines
from settlement.services.numbers import drawn, save_numbered
from settlement.services.outpatient.scenes import refuse
from settlement.services.refusals import Refused
from settlement.services.steps import locked

#: What a bill says that another one has taken the place of, before that one's number.
CORRECTED = "已更正为批次 "


@atomic
def begin_bill(
    visit: Visit,
    lines: Sequence[LineGiven],
    *,
    by: Member,
    number: str = "",
    disease_code: str = "",
    disease_name: str = "",
) -> Bill:
    """A new bill with its lines, not sent yet; without a number it gets one. Refused with every fault, keeping nothing.

    A bill of a chronic visit is for one disease: its own, or the visit's.
    """
    visit = locked(visit)
    refuse(why_not_add_bill, visit)
    bill = Bill(
        environment=visit.environment,
        visit=visit,
        created_as=by.label[:100],
    )
    save_numbered(bill, number.strip(), drawn, constraint="one_bill_a_number", what="收费批次号")
    _filled(bill, visit, lines, disease_code, disease_name, by)
    if visit.state == VisitState.SETTLED:  # there is something to settle again
        visit.state = VisitState.OPEN
        visit.save(update_fields=["state"])
    return bill


@atomic
def change_bill(
    bill: Bill, lines: Sequence[LineGiven], *, by: Member, disease_code: str = "", disease_name: str = ""
) -> Bill:
    """The bill with these lines instead, while nothing of it was sent."""
    visit = locked(bill.visit)
    bill = held(bill, visit)
    refuse(why_not_change_bill, visit, bill)
    _filled(bill, visit, lines, disease_code, disease_name, by)
    return bill


@atomic
def drop_bill(bill: Bill, *, by: Member) -> None:
    """Delete a bill of which nothing was sent."""
    visit = locked(bill.visit)
    bill = held(bill, visit)
    refuse(why_not_change_bill, visit, bill)
    record(BILL_DROPPED, bill, by=by, number=bill.number, visit=visit.number)
    bill.lines.all().delete()
    bill.delete()


@atomic
def correct_bill(bill: Bill, *, by: Member) -> Bill:
    """A new bill with the lines of one whose upload was taken back; batch and line numbers are never used again."""
    visit = locked(bill.visit)
    bill = held(bill, visit)
    if reason := why_not_correct(bill):
        raise Refused(reason)
    lines = [LineGiven(**as_given(line) | {"number": ""}) for line in bill.lines.order_by("number")]
    anew = begin_bill(visit, lines, by=by, disease_code=bill.disease_code, disease_name=bill.disease_name)
    bill.note = f"{CORRECTED}{anew.number}"
    bill.save(update_fields=["note"])
    return anew


def why_not_correct(bill: Bill) -> str:
    """Why a bill cannot be corrected now: it stands at the centre, or another one has its lines already."""
    if bill.state != BillState.REMOVED:
        return "撤销上传后才能更正为新的收费批次"
    if not bill.note.startswith(CORRECTED):
        return ""
    anew = Bill.objects.filter(visit=bill.visit_id, number=bill.note.removeprefix(CORRECTED))
    return f"{bill.note}，不能重复更正" if anew.exclude(state=BillState.REMOVED).exists() else ""


def held(bill: Bill, visit: Visit) -> Bill:
    """The bill as it is now, with its visit, which is locked already."""
    found = Bill.objects.get(pk=bill.pk, visit=visit)
    found.visit = visit
    return found


def lines_of(bill: Bill) -> Any:
    """The lines that are charged with it, in a fixed order."""
    return FeeLine.objects.filter(bill=bill).order_by("number")


def _filled(
    bill: Bill, visit: Visit, lines: Sequence[LineGiven], disease_code: str, disease_name: str, by: Member
) -> None:
    if len(lines) > MOST_LINES:
        raise Refused(f"一个收费批次最多 {MOST_LINES} 条明细，请分为几个收费批次", field="lines")
    chronic = needs_disease(visit.med_type)
    bill.disease_code = disease_code or (visit.disease_code if chronic else "")
    bill.disease_name = disease_name or (visit.disease_name if chronic else "")
    store_lines(visit, bill, lines, replace=True)
    sums = FeeLine.objects.filter(bill=bill).exclude(state=LineState.REMOVED).aggregate(n=Count("pk"), of=Sum("amount"))
    bill.lines_count, bill.total, bill.note = sums["n"], sums["of"] or Decimal(0), ""
    bill.save(update_fields=["disease_code", "disease_name", "lines_count", "total", "note"])
    total = bill.total.quantize(CENT)
    record(BILL_SAVED, bill, by=by, number=bill.number, visit=visit.number, lines=bill.lines_count, total=f"{total}")
