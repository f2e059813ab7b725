"""Taking a charge of the cashier's window back (chs.common.outpatient.settle.cancel)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.audit import record
from portal.gateway.journal import Applied, Ask, Handler, NotApplied, Operation, StillUnknown, Verdict, outcome
from portal.gateway.messages import Record
from portal.gateway.models import Desk
from settlement.actions import CASHIER_CANCELLED, CASHIER_CANCELLING, NOT_CASHIER_CANCELLED
from settlement.messages import onetrans
from settlement.models import CashierCharge, ChargeState
from settlement.services.cashier.asking import made
from settlement.services.cashier.charging import ASK_PEOPLE, NOBODY, cut, refuse_uncharged
from settlement.services.cashier.looking import kept_answer
from settlement.services.cashier.proving import Centre, settlements_at
from settlement.services.channel import onetrans_settings
from settlement.services.refusals import Refused
from settlement.services.steps import needs_second, opened


@dataclass(frozen=True)
class Cancelled:
    """What names the settlement at the centre; taken from the charge where it is known."""

    mdtrt_id: str
    setl_id: str
    reason: str
    person_no: str = ""


def cancel(row: CashierCharge, wanted: Cancelled, *, desk: Desk, by: Member) -> Operation:
    """Take the charge back; with four eyes a reviewer lets it go. A second call returns the running operation."""
    row = (
        CashierCharge.objects.select_for_update(of=("self",)).select_related("cancelled_by", "operation").get(pk=row.pk)
    )
    if row.state == ChargeState.CANCELLING and row.cancelled_by:
        return row.cancelled_by
    refuse_uncharged(row)
    person_no = wanted.person_no or (row.person_no.reveal() if row.person_no else "")
    faults = [("setl_id", "请填写结算ID")] if not wanted.setl_id.strip() else []
    faults += [("mdtrt_id", "请填写就诊ID")] if not wanted.mdtrt_id.strip() else []
    faults += [("reason", "请填写撤销原因")] if not wanted.reason.strip() else []
    faults += [("person_no", "请填写人员编号")] if not person_no else []
    if faults:
        raise Refused.of(faults)
    settings = onetrans_settings(row.environment)
    values = {
        "desk": str(desk.pk),
        "insuplc_admdvs": row.insured_at,
        "mdtrtarea_admvs": settings.region,
        "fixmedins_code": settings.medins_code,
        "fixmedins_name": cut(settings.medins_name or str(by.institution)),
        "mdtrt_id": wanted.mdtrt_id.strip(),
        "setl_id": wanted.setl_id.strip(),
        "psn_no": person_no,
    }
    operation = opened(
        made(onetrans.CancelCharge, values),
        key=wanted.setl_id.strip(),
        by=by,
        title=f"撤销收费台收费：{row.name_masked}，结算 {wanted.setl_id.strip()}",
        needs_second=needs_second(by),
        expected={"reason": wanted.reason.strip()[:200]},
        subject=row,
    )
    row.mdtrt_id, row.setl_id = wanted.mdtrt_id.strip(), wanted.setl_id.strip()
    row.cancelled_by, row.state, row.note = operation, ChargeState.CANCELLING, ""
    row.cancel_reason = wanted.reason.strip()[:200]
    row.save()
    record(CASHIER_CANCELLING, row, by=by, number=row.number, setl_id=row.setl_id, reason=row.cancel_reason)
    return operation


@outcome(onetrans.CancelCharge)
class Cancelling(Handler):
    """The centre took it back, or it stands."""

    four_eyes = True
    labels = {"reason": "撤销原因"}
    consequence = "复核通过后立即在医保中心撤销结算，医保基金和个人账户退回"

    def approvable(self, operation: Operation) -> str:
        row = CashierCharge.objects.filter(cancelled_by=operation).first()
        return "" if row and row.state == ChargeState.CANCELLING else "这笔收费已有变动"

    def applied(self, operation: Operation, reply: Record | None) -> None:
        row = undone(operation)
        if row is None:
            return
        told: Any = reply.setlinfo if isinstance(reply, onetrans.CancelledCharge) else None
        row.state, row.note, row.cancelled_at = ChargeState.CANCELLED, "", timezone.now()
        if told is not None:
            row.cancel_setl_id = told.setl_id[:30]
            row.total, row.fund = size(told.medfee_sumamt), size(told.fund_pay_sumamt)
            row.account, row.cash = size(told.acct_pay), size(told.psn_cash_pay)
        row.reply = reply.model_dump(mode="json", by_alias=True) if reply is not None else None
        row.save()
        account, cash = f"{row.account or 0:.2f}", f"{row.cash or 0:.2f}"
        record(CASHIER_CANCELLED, row, by=None, number=row.number, setl_id=row.setl_id, account=account, cash=cash)

    def rejected(self, operation: Operation) -> None:
        row = undone(operation)
        if row is not None:
            row.state, row.cancelled_by = ChargeState.CHARGED, None
            row.note = f"没有撤销：{operation.message}"[:400]
            row.save(update_fields=["state", "cancelled_by", "note"])
            record(NOT_CASHIER_CANCELLED, row, by=None, number=row.number, reason=operation.message or "未说明")

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        if (kept := kept_answer(operation)) is not None:
            return kept
        with tenant_tx(operation.institution_pk):
            row = CashierCharge.objects.filter(cancelled_by=operation).first()
            if row is None:
                return StillUnknown(NOBODY, for_people=True)
            centre, setl_id = Centre.of(row, operation), row.setl_id
        if not centre.person_no:
            return StillUnknown(ASK_PEOPLE, for_people=True)
        if any(one.setl_id == setl_id for one in settlements_at(centre, ask)):
            return NotApplied(f"医保中心（5203）的结算 {setl_id} 仍然有效")
        return Applied(None, f"医保中心（5203）已没有结算 {setl_id}")


def undone(operation: Operation) -> CashierCharge | None:
    """The charge that this operation takes back, locked."""
    rows = CashierCharge.objects.select_for_update(of=("self",))
    return rows.filter(cancelled_by=operation, state=ChargeState.CANCELLING).first()


def size(amount: Decimal | None) -> Decimal | None:
    """What went back, without the sign that some centres write."""
    return None if amount is None else abs(amount)
