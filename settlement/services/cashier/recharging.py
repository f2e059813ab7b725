"""Money into a prepaid account through the cashier's window (hop.trade.recharge)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.transaction import atomic
from django.utils import timezone

from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.audit import record
from portal.gateway.journal import Ask, Handler, Operation, StillUnknown, Verdict, outcome
from portal.gateway.messages import Record
from portal.gateway.models import Desk
from settlement.actions import NOT_RECHARGED, RECHARGED, RECHARGING
from settlement.messages import onetrans
from settlement.models import PrepaidAccount, Recharge, RechargeState
from settlement.rules.money import amount_fault, first, moment, recharged_agrees
from settlement.services.cashier.accounts import Holder, balance_told, open_account
from settlement.services.cashier.asking import made, new_number
from settlement.services.cashier.looking import RECHARGE, Wanted, look, query_of
from settlement.services.refusals import Refused
from settlement.services.steps import opened

NOBODY = "没有对应的充值记录，须人工处理"


@dataclass(frozen=True)
class Payment:
    """What is paid in. `extra` has the specification's names: subject, ecToken, medicalContent, businessInfo …"""

    amount: Decimal
    pay_way: str = ""
    fee_type: str = ""
    his_order_no: str = ""
    notes: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


@atomic
def recharge_card(holder: Holder, paid: Payment, *, desk: Desk, by: Member) -> Recharge:
    """The same for a card, whose account is opened with its first recharge; refused, nothing is left of it."""
    return recharge(open_account(holder, by=by), paid, desk=desk, by=by)


def recharge(account: PrepaidAccount, paid: Payment, *, desk: Desk, by: Member) -> Recharge:
    """Open the cashier at this desk for the amount. The row and its number are committed before anything is sent.

    Raises Refused with every item at fault; nothing is sent then.
    """
    if fault := amount_fault(paid.amount):
        raise Refused(fault, field="amount")
    number = new_number("CZ")
    request = made(onetrans.Recharge, content(account, paid, number, desk))
    row = Recharge(
        environment=account.environment,
        desk=desk.pk,
        desk_name=desk.name,
        number=number,
        account=account,
        amount=paid.amount,
        pay_way=paid.pay_way,
        fee_type=paid.fee_type,
        his_order_no=paid.his_order_no,
        is_credit=bool(request.extra and request.extra.is_credit),
        content=dict(paid.extra) or None,
        created_by=by.user,
        created_as=by.label[:100],
    )
    row.save(force_insert=True)
    row.operation = opened(
        request,
        key=number,
        by=by,
        title=f"预交金充值：{account.name_masked}，{paid.amount:,.2f} 元",
        expected={"amount": f"{paid.amount:.2f}"},
        subject=row,
    )
    row.save(update_fields=["operation"])
    record(RECHARGING, row, by=by, number=number, amount=f"{paid.amount:.2f}", account=str(account))
    return row


def content(account: PrepaidAccount, paid: Payment, number: str, desk: Desk) -> dict[str, Any]:
    """Under the names of hop.trade.recharge."""
    return {
        "desk": str(desk.pk),
        "cardType": account.card_type,
        "cardNo": account.card_no.reveal(),
        "accountType": account.account_type,
        "hisCustId": account.patient_id,
        "idNo": account.document.reveal() if account.document else "",
        "userName": account.name.reveal(),
        "amount": paid.amount,
        "origBalance": account.balance,
        "outChargeNo": number,
        "depositType": paid.pay_way,
        "hisOrderNo": paid.his_order_no,
        "feeType": paid.fee_type,
        "notes": paid.notes,
        "extra": dict(paid.extra),
    }


@outcome(onetrans.Recharge)
class Recharging(Handler):
    """The patient has paid, or has not."""

    labels = {"amount": "充值金额（元）"}
    consequence = "打开收费台，由病人付款"

    def applied(self, operation: Operation, reply: Record | None) -> None:
        row = moved(operation)
        if row is None:
            return  # found in the spool after a restore: people decide
        told: Any = reply or onetrans.Recharged()
        row.state, row.note = RechargeState.PAID, ""
        row.charge_no, row.trace_no = told.chargeNo[:32], told.traceNo[:64]
        row.callsn, row.channel = first(told.callsn, said(told, "callsn"))[:32], said(told, "paytype")[:32]
        row.qrcode = told.qrcode or None
        row.paid_at = moment(told.traceTime) or timezone.now()
        row.msgid = last_msgid(operation)
        row.save()
        balance_told(row.account, told.balance)
        record(RECHARGED, row, by=None, number=row.number, amount=f"{row.amount:.2f}", trace=row.trace_no or "未说明")

    def rejected(self, operation: Operation) -> None:
        row = moved(operation)
        if row is not None:
            row.state, row.note = RechargeState.REJECTED, f"没有收款：{operation.message}"[:400]
            row.save(update_fields=["state", "note"])
            record(NOT_RECHARGED, row, by=None, number=row.number, reason=operation.message or "未说明")

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        with tenant_tx(operation.institution_pk):
            row = Recharge.objects.select_related("account").filter(operation=operation).first()
            if row is None:
                return StillUnknown(NOBODY, for_people=True)
            wanted = wanted_of(row)
        return look(operation, ask, wanted)


def said(told: Any, name: str) -> str:
    """An item of the answer's further facts (extra); empty when there are none."""
    return str(getattr(told.extra, name)) if told.extra else ""


def wanted_of(row: Recharge) -> Wanted:
    return Wanted(
        query=query_of(RECHARGE, row.number, row.account, row.desk),
        agrees=lambda told: recharged_agrees(row.amount, told.canRrefundAmt, told.refundedAmt, told.refundingAmt),
        reply=as_recharged,
        what=row.number,
    )


def as_recharged(told: onetrans.Trade) -> onetrans.Recharged:
    """What the lost answer would have said, as far as the query knows it."""
    known = {
        "chargeNo": told.chargeNo,
        "traceNo": first(told.origTraceNo, told.traceNo),
        "traceTime": told.origTraceTime,
        "extra": {"paytype": first(told.extra.paytype if told.extra else "", told.channel)},
    }
    return onetrans.Recharged.model_validate(known)


def moved(operation: Operation) -> Recharge | None:
    """The recharge that this operation makes, locked."""
    rows = Recharge.objects.select_for_update(of=("self",)).select_related("account")
    return rows.filter(operation=operation).first()


def last_msgid(operation: Operation) -> str:
    """The message that was sent last: the one that won."""
    return operation.attempt_rows.order_by("-n").values_list("msgid", flat=True).first() or ""
