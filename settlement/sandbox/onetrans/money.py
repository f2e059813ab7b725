"""Prepaid accounts: recharging at the cashier's window, refunds, and how either stands (3.1.3.3 to 3.1.3.5).

A number that comes again gives the first answer, unless the party asked for a platform that carries it out again; then
the effect is marked as a duplicate. Of a refund that failed, the same number may come again.
"""

from __future__ import annotations

from decimal import Decimal

from django.db.models import QuerySet, Sum

from portal.gateway.sandbox.models import Effect, Party
from portal.gateway.sandbox.plays import Call, Refused, plays
from settlement.messages.onetrans import QueryTrade, Recharge, Recharged, Refunded, RefundTrade
from settlement.messages.onetrans import Trade as Standing
from settlement.sandbox.centre import SHANGHAI
from settlement.sandbox.models import Trade
from settlement.sandbox.onetrans.desk import (
    CANCELLED,
    NO_TRADE,
    NOT_PAID,
    OPEN_WINDOW,
    OTHER_TRADE,
    TOO_MUCH,
    no,
    purse_of,
    trace_number,
)
from settlement.sandbox.onetrans.options import Options

ZERO = Decimal("0.00")
CHANNEL = "WX_BAR"
SUCCEEDED, FAILED, UNDER_WAY, CLOSED, NOT_FOUND = "succ", "fail", "ing", "closed", "notfound"
SAID = {
    SUCCEEDED: "交易成功",
    FAILED: "交易失败",
    UNDER_WAY: "正在交易",
    CLOSED: "交易关闭",
    NOT_FOUND: "交易记录不存在",
}


@plays(Recharge)
def recharge(request: Recharge, call: Call) -> Recharged | Refused:
    """The patient pays at once, leaves the window open or cancels, as the party's options say."""
    options = Options.of(call.party)
    purse = purse_of(call.party, request.hisCustId, request.accountType)
    first = _of(call.party, Trade.Kind.RECHARGE, request.outChargeNo).first()
    if first is not None and (first.amount != request.amount or first.purse_id != purse.pk):  # type: ignore[attr-defined]
        raise no(OTHER_TRADE, "这个商户充值业务流水已用于另一笔充值")
    if first is not None and (options.duplicates == "deduplicate" or first.result == UNDER_WAY):
        return _recharged(first)
    trade = Trade(
        party=call.party,
        purse=purse,
        kind=Trade.Kind.RECHARGE,
        number=request.outChargeNo,
        trace_no=trace_number(call.party, request.outChargeNo, call.nonce),
        amount=request.amount,
        result=CLOSED if options.cashier == "cancels" else UNDER_WAY,
        way=request.depositType or CHANNEL,
        msgid=call.nonce,
    )
    trade.save()
    if options.cashier == "pays":
        settle(trade, duplicate=first is not None)
    return _recharged(trade)


def _recharged(trade: Trade) -> Recharged | Refused:
    if trade.result == CLOSED:
        return Refused(code=CANCELLED, message="患者取消了支付")
    if trade.result == UNDER_WAY:
        return Refused(code=OPEN_WINDOW, message="收银台还没有结束，支付结果请查询")
    return Recharged(
        chargeNo=trade.trace_no,
        traceNo=trade.trace_no,
        traceTime=_stamp(trade),
        balance=trade.purse.balance,
        qrcode="",
    )


@plays(RefundTrade)
def refund(request: RefundTrade, call: Call) -> Refunded:
    """Money back of one recharge, never more than was paid; its number stands for it for ever."""
    options = Options.of(call.party)
    original = _original(request, call)
    purse_of(call.party, original.purse.patient, original.purse.account_type)
    original.purse.refresh_from_db()
    first = _of(call.party, Trade.Kind.REFUND, request.outRefundNo).first()
    if first is not None and (first.amount != request.amount or first.original_id != original.pk):  # type: ignore[attr-defined]
        raise no(OTHER_TRADE, "这个商户退款订单号已用于另一笔退款")
    if first is not None and first.result == FAILED:
        first.msgid = call.nonce
        settle(first)
        return _refunded(first)
    if first is not None and (options.duplicates == "deduplicate" or first.result == UNDER_WAY):
        return _refunded(first)
    if not options.over_refund and given_back(original) + request.amount > original.amount:
        raise no(TOO_MUCH, "退款金额超过原充值的可退金额")
    trade = Trade(
        party=call.party,
        purse=original.purse,
        kind=Trade.Kind.REFUND,
        number=request.outRefundNo,
        trace_no=trace_number(call.party, request.outRefundNo, call.nonce),
        original=original,
        amount=request.amount,
        result=FAILED if options.refund == "fails_once" and first is None else UNDER_WAY,
        way=request.withdrawMode,
        msgid=call.nonce,
    )
    trade.save()
    if options.refund == "at_once" or first is not None:
        settle(trade, duplicate=first is not None)
    return _refunded(trade)


def _original(request: RefundTrade, call: Call) -> Trade:
    """The recharge by the platform's number, else by ours; refuses one that is not paid or another patient's."""
    named = {"trace_no": request.traceNo} if request.traceNo else {"number": request.outChargeNo}
    found = Trade.objects.filter(party=call.party, kind=Trade.Kind.RECHARGE, **named)
    original = found.select_related("purse", "party").order_by("pk").first()
    if original is None or original.purse.patient != request.hisCustId:
        raise no(NO_TRADE, "没有找到这个患者的原充值交易")
    if original.result != SUCCEEDED:
        raise no(NOT_PAID, "原充值交易没有成功，不能退款")
    return original


def _refunded(trade: Trade) -> Refunded:
    original = trade.original
    assert original is not None
    return Refunded(
        outRefundNo=trade.number,
        traceNo=trade.trace_no,
        traceTime=_stamp(trade),
        tradeMode=original.way,
        channel=original.way,
        result=trade.result,
        resultDesc=SAID[trade.result],
        origTraceNo=original.trace_no,
        origTraceTime=_stamp(original),
        chargeNo=original.trace_no,
        refundedAmt=given_back(original, SUCCEEDED),
        refundingAmt=given_back(original, UNDER_WAY),
        refundCount=refunds_of(original).count(),
    )


@plays(QueryTrade)
def query(request: QueryTrade, call: Call) -> Standing:
    """By the platform's number, else by ours; asking often enough ends what is under way (`ing_queries`)."""
    kind = Trade.Kind(request.tradeType)
    named = {"trace_no": request.traceNo} if request.traceNo else {"number": request.outTradeNo}
    trade = Trade.objects.select_for_update().filter(party=call.party, kind=kind, **named).order_by("pk").first()
    if trade is None:
        return Standing(result=NOT_FOUND, resultDesc=SAID[NOT_FOUND])
    options = Options.of(call.party)
    if trade.result == UNDER_WAY and options.ing_queries:
        trade.asked += 1
        trade.save(update_fields=["asked"])
        if trade.asked >= options.ing_queries:
            settle(trade)
    return _standing(trade, with_balance=request.isBalance == "1")


def _standing(trade: Trade, *, with_balance: bool) -> Standing:
    """Sums are the trade's own: what was refunded of a recharge, or the amount of a refund."""
    own = trade.original is not None
    done = trade.amount if own and trade.result == SUCCEEDED else ZERO if own else given_back(trade, SUCCEEDED)
    going = trade.amount if own and trade.result == UNDER_WAY else ZERO if own else given_back(trade, UNDER_WAY)
    paid = trade.amount if trade.result == SUCCEEDED else ZERO
    return Standing(
        result=trade.result,
        resultDesc=SAID[trade.result],
        tradeMode=trade.way,
        channel=trade.way,
        origTraceNo=trade.trace_no,
        origTraceTime=_stamp(trade),
        traceNo=trade.trace_no,
        chargeNo=trade.original.trace_no if trade.original is not None else trade.trace_no,
        refundedAmt=done,
        refundingAmt=going,
        refundCount=0 if own else refunds_of(trade).count(),
        canRrefundAmt=None if own else paid - given_back(trade),
        balance=trade.purse.balance if with_balance else None,
    )


def settle(trade: Trade, result: str = SUCCEEDED, *, duplicate: bool = False) -> Effect | None:
    """Bring a trade to its end; money moves, and is written into the ledger, when it succeeds."""
    trade.result = result
    trade.save(update_fields=["result", "msgid"])
    if result != SUCCEEDED:
        return None
    purse = purse_of(trade.party, trade.purse.patient, trade.purse.account_type)
    purse.balance += trade.amount if trade.kind == Trade.Kind.RECHARGE else -trade.amount
    purse.save(update_fields=["balance"])
    trade.purse = purse
    detail = {"trace_no": trade.trace_no, "patient": purse.patient, "way": trade.way}
    if trade.original is not None:
        detail["of"] = trade.original.number
    call = Call(trade.party, str(trade.kind), trade.msgid)
    return call.effect(trade.number, rows=1, duplicate=duplicate, detail=detail, amount=trade.amount)


def refunds_of(original: Trade) -> QuerySet[Trade]:
    """The refunds of a recharge that did not fail."""
    return Trade.objects.filter(original=original).exclude(result__in=(FAILED, CLOSED))


def given_back(original: Trade, result: str = "") -> Decimal:
    """How much of a recharge was or is being given back; of one result only, when it is named."""
    found = refunds_of(original)
    found = found.filter(result=result) if result else found
    return found.aggregate(sum=Sum("amount"))["sum"] or ZERO


def _of(party: Party, kind: Trade.Kind, number: str) -> QuerySet[Trade]:
    found = Trade.objects.filter(party=party, kind=kind, number=number)
    return found.select_related("purse", "party", "original").order_by("pk")


def _stamp(trade: Trade) -> str:
    return trade.at.astimezone(SHANGHAI).strftime("%Y%m%d%H%M%S")
