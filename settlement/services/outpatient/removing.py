"""Taking uploaded lines back (2205): one batch, or with 0000 everything that is not settled."""

from __future__ import annotations

from django.db.models import QuerySet
from django.db.transaction import atomic

from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.audit import record
from portal.gateway.journal import (
    Applied,
    Ask,
    Handler,
    NotApplied,
    Operation,
    StillUnknown,
    Verdict,
    look_soon,
    outcome,
)
from portal.gateway.journal.states import State
from portal.gateway.messages import Record
from portal.gateway.national import transaction
from settlement.actions import LINES_REMOVED
from settlement.models import Bill, BillState, FeeLine, LineState, Visit
from settlement.rules.outpatient import why_not_remove, why_not_remove_all
from settlement.services.outpatient.bills import held
from settlement.services.outpatient.centre import lines_there
from settlement.services.outpatient.registration import NOBODY
from settlement.services.outpatient.scenes import refuse
from settlement.services.outpatient.sending import key_of
from settlement.services.refusals import Refused
from settlement.services.settling.messages import request_for
from settlement.services.settling.previews import expire_previews
from settlement.services.steps import locked, move, moved_by, needs_second, opened

#: chrg_bchno that means all unsettled lines.
ALL = "0000"


@atomic
def remove_bill(bill: Bill, *, by: Member) -> Operation:
    """Take the lines of one batch back; the running operation while it runs."""
    visit = locked(bill.visit)
    bill = held(bill, visit)
    if bill.state == BillState.REMOVING and visit.operation:
        return visit.operation
    refuse(why_not_remove, visit, bill)
    return _remove(visit, [bill], bill.number, key_of(visit, bill), by)


@atomic
def remove_all(visit: Visit, *, by: Member) -> Operation:
    """Take back every line that is not settled, also what the centre has beyond what we know."""
    visit = locked(visit)
    refuse(why_not_remove_all, visit)
    bills = list(visit.bills.filter(state=BillState.SENT))
    return _remove(visit, bills, ALL, visit.number, by)


@atomic
def clear_upload(bill: Bill, *, by: Member) -> Operation:
    """Take back an upload whose result is in doubt, when queries show a part of it; with four eyes a second agrees.

    Only after the quiet period. When nothing is left of the batch, the doubtful upload ends by itself.
    """
    visit = locked(bill.visit)
    bill = held(bill, visit)
    if reason := why_not_clear(bill):
        raise Refused(reason)
    return _remove(visit, [bill], bill.number, key_of(visit, bill), by, doubtful=True)


def why_not_clear(bill: Bill) -> str:
    """Why a doubtful upload cannot be taken back now; empty when it can."""
    doubt = bill.visit.operation
    if bill.state != BillState.SENDING or doubt is None or doubt.kind != "2204":
        return "这个收费批次没有结果待确认的上传"
    return "" if doubt.state in (State.RESOLVING, State.MANUAL) else "静默期未满或已有结果，现在不能撤销"


def _remove(visit: Visit, bills: list[Bill], batch: str, key: str, by: Member, *, doubtful: bool = False) -> Operation:
    total = sum((bill.total for bill in bills), start=bills[0].total * 0)
    count = sum(bill.lines_count for bill in bills)
    what = f"批次 {batch}" if batch != ALL else f"{len(bills)} 个未结算的批次"
    data = {"mdtrt_id": visit.mdtrt_id, "chrg_bchno": batch, "psn_no": visit.person_no.reveal()}
    operation = opened(
        request_for("2205", {"data": data}, visit),
        key=key,
        by=by,
        title=f"撤销门诊费用明细：{visit.number}，{what}，{count} 条，{total:,.2f} 元",
        needs_second=doubtful and needs_second(by),
        expected={"lines": str(count), "total": f"{total:.2f}"},
        subject=visit,
    )
    for bill in bills:
        expire_previews(visit, bill, "费用明细正在撤销")
    Bill.objects.filter(pk__in=[bill.pk for bill in bills]).update(state=BillState.REMOVING)
    FeeLine.objects.filter(bill__in=bills).update(state=LineState.REMOVING)
    move(visit, visit.state, operation)
    return operation


@outcome(transaction("2205"))
class Removing(Handler):
    """The lines are gone at the centre, or they stand."""

    labels = {"lines": "明细（条）", "total": "金额（元）"}
    consequence = "发送后医保中心删除这些未结算的费用明细"

    def applied(self, operation: Operation, reply: Record | None) -> None:
        visit, bills = removed_by(operation)
        if visit is None:
            return
        for bill in bills:
            record(LINES_REMOVED, bill, by=None, number=bill.number, visit=visit.number, count=bill.lines_count)
            for upload in uploads_of(bill):
                look_soon(upload)
        FeeLine.objects.filter(bill__in=bills).update(state=LineState.REMOVED)
        bills.update(state=BillState.REMOVED, note="")
        move(visit, visit.state, None)

    def rejected(self, operation: Operation) -> None:
        visit, bills = removed_by(operation)
        if visit is None:
            return
        note = f"明细没有撤销：{operation.message}"[:400]
        doubt = next((one for bill in bills for one in uploads_of(bill) if one.is_live), None)
        bill_state, line_state = BillState.SENT, LineState.SENT
        if doubt is not None:  # the upload is in doubt as before
            bill_state, line_state = BillState.SENDING, LineState.SENDING
        FeeLine.objects.filter(bill__in=bills).update(state=line_state)
        bills.update(state=bill_state, note=note)
        move(visit, visit.state, doubt, note=note)

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        """5204 lists what is left; what is left of a batch can be taken back once more."""
        with tenant_tx(operation.institution_pk):
            visit = Visit.objects.filter(operation=operation).first()
            gone = FeeLine.objects.filter(visit=visit, state=LineState.REMOVING) if visit else FeeLine.objects.none()
            numbers = set(gone.values_list("number", flat=True))
        if visit is None or not numbers:
            return StillUnknown(NOBODY, for_people=True)
        left = [one for one in lines_there(visit, ask) if one.number in numbers]
        if left:
            return NotApplied(f"医保中心（5204）还有其中 {len(left)} 条明细，共 {len(numbers)} 条")
        return Applied(None, f"医保中心（5204）已没有这 {len(numbers)} 条明细")


def removed_by(operation: Operation) -> tuple[Visit | None, QuerySet[Bill]]:
    """The visit that this moves, locked, and the bills it takes back."""
    visit = moved_by(operation)
    if visit is None:
        return None, Bill.objects.none()
    pks = list(Bill.objects.filter(visit=visit, state=BillState.REMOVING).values_list("pk", flat=True))
    return visit, Bill.objects.filter(pk__in=pks)


def uploads_of(bill: Bill) -> list[Operation]:
    """The upload that carried the bill (2204), when it is not over."""
    carried = FeeLine.objects.filter(bill=bill).exclude(sent_by=None).values_list("sent_by", flat=True)
    rows = Operation.objects.filter(pk__in=set(carried)).defer("request", "reply")
    return [one for one in rows if one.is_live]
