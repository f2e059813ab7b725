"""Money back out of a recharge (hop.trade.refund): never more than was paid, never under a second number."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.audit import record
from portal.gateway.journal import Ask, Handler, Operation, StillUnknown, Verdict, outcome
from portal.gateway.messages import Record
from portal.gateway.models import Desk
from settlement.actions import NOT_REFUNDED, REFUND_AGAIN, REFUNDED, REFUNDING
from settlement.messages import onetrans
from settlement.models import Recharge, RechargeState, Refund, RefundState
from settlement.rules.money import ZERO, first, moment, refund_fault, refunded_agrees
from settlement.services.cashier.asking import made, new_number
from settlement.services.cashier.looking import REFUND, Wanted, look, query_of
from settlement.services.cashier.recharging import last_msgid
from settlement.services.refusals import Refused
from settlement.services.steps import needs_second, opened

#: The channel type that a refund of a card payment names.
POS = "02"


@dataclass(frozen=True)
class Return:
    """What goes back, how, and why."""

    amount: Decimal
    mode: str
    flow: str
    reason: str
    his_order_no: str = ""
    is_pos: bool = False


def refund(source: Recharge, wanted: Return, *, desk: Desk, by: Member) -> Refund:
    """Give money of this recharge back; with four eyes a reviewer lets it go.

    The recharge is locked, and what is asked for is held in the same transaction: two who ask at once never get more
    than was paid. Raises Refused for too much, and when the same refund was rejected before: that one is submitted
    again, under its number.
    """
    source = locked(source)
    if obstacle := refund_obstacle(source):
        raise Refused(obstacle)
    faults = [("amount", fault)] if (fault := refund_fault(wanted.amount, source.refundable)) else []
    if not wanted.reason.strip():
        faults.append(("reason", "请填写退款原因"))
    if faults:
        live = Refund.objects.filter(recharge=source, state=RefundState.REFUNDING).order_by("-created_at")
        raise Refused.of(faults).behind(live.values_list("operation_id", flat=True).first() if fault else None)
    earlier = Refund.objects.filter(recharge=source, state=RefundState.REJECTED, amount=wanted.amount).first()
    if earlier is not None:
        raise Refused(f"退款 {earlier.number} 没有成功，请在那一笔上重新提交，不要另开退款单")
    row = Refund(
        environment=source.environment,
        desk=desk.pk,
        desk_name=desk.name,
        number=new_number("TK"),
        recharge=source,
        account=source.account,
        amount=wanted.amount,
        mode=wanted.mode,
        flow=wanted.flow,
        channel_type=POS if wanted.is_pos else "",
        his_order_no=wanted.his_order_no,
        reason=wanted.reason.strip()[:200],
        created_by=by.user,
        created_as=by.label[:100],
    )
    request = made(onetrans.RefundTrade, content(row))
    row.save(force_insert=True)
    submit(row, request, by)
    record(REFUNDING, row, by=by, number=row.number, amount=f"{row.amount:.2f}", source=source.number, why=row.reason)
    return row


def refund_again(row: Refund, *, by: Member, desk: Desk | None = None) -> Operation:
    """Submit a refund once more that came to nothing: the same amount, the same number."""
    source = locked(row.recharge)
    row = Refund.objects.select_for_update(of=("self",)).select_related("operation", "account").get(pk=row.pk)
    row.recharge = source
    if row.state == RefundState.REFUNDING and row.operation and row.operation.is_live:
        return row.operation
    if row.state not in (RefundState.REJECTED, RefundState.WITHDRAWN):
        raise Refused(f"这笔退款{row.shown_state}，不能重新提交")
    if fault := refund_fault(row.amount, source.refundable):
        raise Refused(fault)
    if desk is not None:
        row.desk, row.desk_name = desk.pk, desk.name
    row.state, row.note, row.submitted = RefundState.REFUNDING, "", row.submitted + 1
    operation = submit(row, made(onetrans.RefundTrade, content(row)), by)
    record(REFUND_AGAIN, row, by=by, number=row.number, amount=f"{row.amount:.2f}")
    return operation


def submit(row: Refund, request: onetrans.RefundTrade, by: Member) -> Operation:
    """Hold the amount and open the operation; the recharge is locked."""
    hold(row.recharge, row.amount)
    row.operation = opened(
        request,
        key=row.number,
        by=by,
        title=f"预交金退款：{row.account.name_masked}，{row.amount:,.2f} 元（{row.get_mode_display()}）",
        needs_second=needs_second(by),
        expected={
            "amount": f"{row.amount:.2f}",
            "paid": f"{row.recharge.amount:.2f}",
            "left": f"{row.recharge.refundable:.2f}",
            "reason": row.reason,
        },
        subject=row,
    )
    row.save()
    return row.operation


def refund_obstacle(source: Recharge) -> str:
    """Why nothing can go back out of this recharge now; empty when something can."""
    if source.state != RechargeState.PAID:
        return f"这笔充值{source.shown_state}，不能退款"
    return "" if source.refundable > 0 else "这笔充值已全部退回或正在退款"


def locked(source: Recharge) -> Recharge:
    """The recharge as it is now, locked until the transaction ends: every refund of it waits its turn."""
    return Recharge.objects.select_for_update(of=("self",)).select_related("account", "operation").get(pk=source.pk)


def hold(source: Recharge, amount: Decimal) -> None:
    """Take so much of it (or, negative, give it back); the database refuses more than was paid."""
    source.held += amount
    source.save(update_fields=["held"])


def content(row: Refund) -> dict[str, Any]:
    """Under the names of hop.trade.refund."""
    account = row.account
    return {
        "desk": str(row.desk),
        "cardType": account.card_type,
        "cardNo": account.card_no.reveal(),
        "accountType": account.account_type,
        "idNo": account.document.reveal() if account.document else "",
        "userName": account.name.reveal(),
        "amount": row.amount,
        "withdrawMode": row.mode,
        "refundType": row.flow,
        "traceNo": row.recharge.trace_no,
        "outChargeNo": row.recharge.number,
        "hisOrderNo": row.his_order_no,
        "outRefundNo": row.number,
        "hisCustId": account.patient_id,
        "channelType": row.channel_type,
    }


@outcome(onetrans.RefundTrade)
class Refunding(Handler):
    """The platform gave it back, or it did not."""

    four_eyes = True
    labels = {
        "amount": "退款金额（元）",
        "paid": "原充值金额（元）",
        "left": "退后可退余额（元）",
        "reason": "退款原因",
    }
    consequence = "复核通过后立即退款，退出的钱不能追回"

    def approvable(self, operation: Operation) -> str:
        row = Refund.objects.filter(operation=operation).first()
        return "" if row and row.state == RefundState.REFUNDING else "这笔退款已有变动"

    def applied(self, operation: Operation, reply: Record | None) -> None:
        row = moved(operation)
        if row is None:
            return
        told: Any = reply or onetrans.Refunded()
        agrees = refunded_agrees(row.amount, told.refundedAmt, others(row))
        row.state = RefundState.REFUNDED if agrees is not False else RefundState.ODD
        row.note = "" if agrees is not False else f"平台答复已退 {told.refundedAmt} 元，与退款金额不符，请与平台核对"
        row.trace_no = told.traceNo[:64]
        row.channel = first(told.channel, told.tradeMode)[:32]
        row.external_no = (told.extra.externalNo if told.extra else "")[:128]
        row.refunded_at = moment(told.traceTime) or timezone.now()
        row.msgid = last_msgid(operation)
        row.save()
        record(REFUNDED, row, by=None, number=row.number, amount=f"{row.amount:.2f}", trace=row.trace_no or "未说明")

    def rejected(self, operation: Operation) -> None:
        self._given_back(operation, RefundState.REJECTED, f"没有退款：{operation.message}")

    def withdrawn(self, operation: Operation) -> None:
        self._given_back(operation, RefundState.WITHDRAWN, operation.message)

    def _given_back(self, operation: Operation, state: str, note: str) -> None:
        row = moved(operation)
        if row is None or row.state != RefundState.REFUNDING:
            return
        hold(row.recharge, -row.amount)
        row.state, row.note = state, note[:400]
        row.save(update_fields=["state", "note"])
        record(NOT_REFUNDED, row, by=None, number=row.number, reason=operation.message or "未说明")

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        with tenant_tx(operation.institution_pk):
            row = Refund.objects.select_related("account", "recharge").filter(operation=operation).first()
            if row is None:
                return StillUnknown("没有对应的退款记录，须人工处理", for_people=True)
            wanted = wanted_of(row)
        return look(operation, ask, wanted)


def wanted_of(row: Refund) -> Wanted:
    before = others(row)
    return Wanted(
        query=query_of(REFUND, row.number, row.account, row.desk),
        agrees=lambda told: refunded_agrees(row.amount, told.refundedAmt, before),
        reply=lambda told: as_refunded(row.number, told),
        what=row.number,
    )


def as_refunded(number: str, told: onetrans.Trade) -> onetrans.Refunded:
    """What the lost answer would have said, as far as the query knows it."""
    known = {
        "outRefundNo": number,
        "result": told.result,
        "traceNo": first(told.origTraceNo, told.traceNo),
        "traceTime": told.origTraceTime,
        "channel": told.channel,
        "refundedAmt": told.refundedAmt,
    }
    return onetrans.Refunded.model_validate({name: value for name, value in known.items() if value is not None})


def others(row: Refund) -> Decimal:
    """What other refunds of the same recharge have given back, or may have."""
    rest = Refund.objects.filter(recharge=row.recharge_id, state__in=RefundState.holding()).exclude(pk=row.pk)
    return rest.aggregate(sum=Sum("amount"))["sum"] or ZERO


def moved(operation: Operation) -> Refund | None:
    """The refund that this operation makes, its recharge locked first."""
    found = Refund.objects.filter(operation=operation).values_list("pk", "recharge").first()
    if found is None:
        return None
    source = Recharge.objects.select_for_update(of=("self",)).select_related("account").get(pk=found[1])
    row = Refund.objects.select_for_update(of=("self",)).select_related("account").get(pk=found[0])
    row.recharge = source
    return row


def accept_odd(row: Refund, *, by: Member, reason: str) -> None:
    """A reviewer says after speaking with the platform that the refund's own amount went back."""
    row = Refund.objects.select_for_update().get(pk=row.pk)
    if row.state != RefundState.ODD:
        raise Refused(f"这笔退款{row.shown_state}，没有要核对的金额")
    if by.user is None or by.is_user(row.created_by_id):
        raise Refused("不能核对自己办理的退款，请由另一位复核人员办理")
    if not reason.strip():
        raise Refused("请填写核对结果", field="reason")
    row.state, row.note = RefundState.REFUNDED, f"{by.label}核对：{reason.strip()}"[:400]
    row.save(update_fields=["state", "note"])
    record(REFUNDED, row, by=by, number=row.number, amount=f"{row.amount:.2f}", trace=row.trace_no or "未说明")
