"""Sending a bill (2204): all lines of its batch in one message, answered line by line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.transaction import atomic
from django.utils import timezone

from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.gateway.journal import (
    Applied,
    Ask,
    Handler,
    Moot,
    NotApplied,
    Operation,
    StillUnknown,
    Verdict,
    outcome,
)
from portal.gateway.messages import Record
from portal.gateway.national import transaction
from settlement.models import Bill, BillState, FeeLine, LineState, Visit
from settlement.rules.amounts import charge_faults
from settlement.rules.outpatient import needs_disease, why_not_send
from settlement.services.outpatient.bills import held, lines_of
from settlement.services.outpatient.centre import LineThere, lines_there
from settlement.services.outpatient.registration import NOBODY
from settlement.services.outpatient.scenes import refuse
from settlement.services.refusals import Refused
from settlement.services.settling.answers import cuts_of, plain
from settlement.services.settling.arrival import keep_line_cuts
from settlement.services.settling.messages import request_for, said
from settlement.services.settling.ways import charges_of
from settlement.services.steps import locked, move, moved_by, opened


@atomic
def send_bill(bill: Bill, *, by: Member) -> Operation:
    """Send the bill's lines; a second call while it runs returns the running operation. Refused with every fault."""
    visit = locked(bill.visit)
    bill = held(bill, visit)
    if bill.state == BillState.SENDING and visit.operation:
        return visit.operation
    refuse(why_not_send, visit, bill)
    if needs_disease(visit.med_type) and not bill.disease_code:
        raise Refused("这类门诊的收费批次须填写病种编码", field="disease_code")
    lines = list(lines_of(bill))
    if faults := charge_faults(charges_of(lines_of(bill)), bill.total):
        raise Refused.of([(fault.field, fault.sentence) for fault in faults])
    operation = opened(
        request_for("2204", {"feedetail": [row_of(line, visit, bill) for line in lines]}, visit),
        key=key_of(visit, bill),
        by=by,
        title=f"上传门诊费用明细：{visit.number}，批次 {bill.number}，{len(lines)} 条，{bill.total:,.2f} 元",
        expected={"lines": str(len(lines)), "total": f"{bill.total:.2f}"},
        subject=visit,
    )
    bill.state, bill.note = BillState.SENDING, ""
    bill.save(update_fields=["state", "note"])
    FeeLine.objects.filter(bill=bill).update(state=LineState.SENDING, sent_by=operation.pk)
    move(visit, visit.state, operation)
    return operation


def key_of(visit: Visit, bill: Bill) -> str:
    return f"{visit.number}/{bill.number}"


def row_of(line: FeeLine, visit: Visit, bill: Bill) -> dict[str, Any]:
    """One row of feedetail; department and doctor are the visit's where the line names none."""
    return {
        "feedetl_sn": line.number,
        "mdtrt_id": visit.mdtrt_id,
        "psn_no": visit.person_no.reveal(),
        "chrg_bchno": bill.number,
        "dise_codg": bill.disease_code,
        "rxno": line.prescription,
        "rx_circ_flag": "1" if line.outside_prescription else "0",
        "fee_ocur_time": said(line.occurred_at),
        "med_list_codg": line.item_code,
        "medins_list_codg": line.own_code,
        "det_item_fee_sumamt": line.amount,
        "cnt": line.quantity,
        "pric": line.price,
        "sin_dos_dscr": line.single_dose,
        "used_frqu_dscr": line.frequency,
        "prd_days": line.period_days,
        "medc_way_dscr": line.route,
        "bilg_dept_codg": line.department_code or visit.department_code,
        "bilg_dept_name": line.department_name or visit.department_name,
        "bilg_dr_codg": line.doctor_code or visit.doctor_code,
        "bilg_dr_name": line.doctor_name or visit.doctor_name,
        "acord_dept_codg": line.executing_department_code,
        "acord_dept_name": line.executing_department_name,
        "orders_dr_code": line.executing_doctor_code,
        "orders_dr_name": line.executing_doctor_name,
        "hosp_appr_flag": "0",
        "tcmdrug_used_way": line.tcm_use,
        **line.more,
    }


@outcome(transaction("2204"))
class Uploading(Handler):
    """The centre has every line of the batch, or none; a part is nothing that can be settled."""

    labels = {"lines": "明细（条）", "total": "金额（元）"}
    consequence = "发送后医保中心保存这个收费批次的费用明细，尚未扣款"

    def applied(self, operation: Operation, reply: Record | None) -> None:
        visit, bill = sent_by(operation)
        if visit is None or bill is None:
            return
        told = cuts_of(plain(reply).get("result"))
        keep_line_cuts(visit, told)
        lines, now = FeeLine.objects.filter(bill=bill), timezone.now()
        lines.update(state=LineState.SENT, sent_at=now)
        if told:  # a line that the centre does not answer for is not there, whatever the reply says of itself
            lines.exclude(number__in=[one.number for one in told]).update(state=LineState.DRAFT, sent_at=None)
        missing = lines.filter(state=LineState.DRAFT).count()
        note = f"医保中心没有接收其中 {missing} 条明细，请撤销上传后更正" if missing else ""
        bill.state, bill.sent_at, bill.note = BillState.SENT, now, note
        bill.save(update_fields=["state", "sent_at", "note"])
        move(visit, visit.state, None, note=note)

    def rejected(self, operation: Operation) -> None:
        visit, bill = sent_by(operation)
        if visit is None or bill is None:
            return
        bill.state, bill.note = BillState.DRAFT, f"没有上传：{operation.message}"[:400]
        bill.save(update_fields=["state", "note"])
        FeeLine.objects.filter(bill=bill).update(state=LineState.DRAFT, sent_by=None)
        move(visit, visit.state, None, note=bill.note)

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        """5204 lists every line of the visit."""
        with tenant_tx(operation.institution_pk):
            lines = list(FeeLine.objects.filter(sent_by=operation.pk).select_related("bill", "visit"))
        if not lines or lines[0].bill is None:
            return StillUnknown(NOBODY, for_people=True)
        if lines[0].bill.state == BillState.REMOVED:
            return Moot(f"收费批次 {lines[0].bill.number} 之后已全部撤销，这次上传是否生效已无影响")
        return verdict(lines, lines_there(lines[0].visit, ask))


def verdict(mine: Sequence[FeeLine], there: Sequence[LineThere]) -> Verdict:
    """What the centre's lines say about an upload of ours: all, none, or a part, which nobody can settle."""
    amounts = {line.number: line.amount for line in mine}
    found = [one for one in there if one.number in amounts]
    equal = [one for one in found if one.amount == amounts[one.number]]
    if len(equal) == len(amounts):
        rows = [{name: value for name, value in one.raw.items() if value not in (None, "")} for one in equal]
        reply: Record = transaction("2204").reply().model_validate({"result": rows})
        return Applied(reply, f"医保中心（5204）有全部 {len(equal)} 条明细，金额一致")
    if not found:
        return NotApplied(f"医保中心（5204）没有这 {len(amounts)} 条明细")
    return StillUnknown(
        f"医保中心（5204）只有 {len(equal)} 条一致的明细，应有 {len(amounts)} 条；可以撤销这个批次后重新上传"
    )


def sent_by(operation: Operation) -> tuple[Visit | None, Bill | None]:
    """The visit that this upload moves, locked, and the bill it carries."""
    visit = moved_by(operation)
    if visit is None:
        return None, None
    line = FeeLine.objects.filter(visit=visit, sent_by=operation.pk).select_related("bill").first()
    return visit, line.bill if line else None
