"""Asking the platform how finished movements stand, day by day; what it tells is kept for reconciliation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from portal.access.member import Member
from portal.gateway.errors import GatewayError
from portal.gateway.journal import Ask
from portal.jobs import Job, start
from portal.ledger.facts import Span
from settlement.messages.onetrans import QueryTrade, Trade
from settlement.models import Recharge, RechargeState, Refund, RefundState
from settlement.rules.money import ZERO, first
from settlement.rules.trades import standing
from settlement.services.cards.reading import Door
from settlement.services.cashier.looking import RECHARGE, REFUND, query_of

CHECK = "settlement.cashier.check"
#: Movements that one job asks about at most, and in one piece.
MOST, PIECE = 2000, 50
Asked = tuple[type[Recharge] | type[Refund], UUID, QueryTrade]


def start_check(environment: str, day: date, *, by: Member | None) -> Job:
    """Have every movement of the day asked about; joined when it is being done already."""
    params = {"environment": environment, "day": day.isoformat()}
    return start(CHECK, f"{environment}/{day}", by=by, title=f"核对收费台 {day}", params=params)


def check_day(environment: str, day: date, *, ask: Ask, door: Door, progress: Callable[..., Any]) -> str:
    """Ask and keep; called by the job, outside any transaction. Its closing note."""
    with door():
        wanted = list(of_day(environment, day))[:MOST]
    told = unanswered = 0
    for begin in range(0, len(wanted), PIECE):
        answers = []
        for kind, pk, query in wanted[begin : begin + PIECE]:
            try:
                answers.append((kind, pk, ask(query)))
            except GatewayError:
                unanswered += 1
        with door():
            for kind, pk, trade in answers:
                keep(kind, pk, trade)
        told += len(answers)
        progress(min(begin + PIECE, len(wanted)), len(wanted))
    return f"核对 {told} 笔" + (f"，{unanswered} 笔没有得到答复" if unanswered else "")


def of_day(environment: str, day: date) -> Iterator[Asked]:
    """Movements that moved money that day, with their queries."""
    span = Span.of_day(environment, day)
    around = {"created_at__gte": span.begins_at - timedelta(days=1), "created_at__lt": span.ends_at}
    paid = Recharge.objects.filter(environment=environment, state=RechargeState.PAID, **around)
    for one in paid.select_related("account").order_by("id"):
        yield Recharge, one.pk, query_of(RECHARGE, one.number, one.account, one.desk)
    gone = Refund.objects.filter(environment=environment, state=RefundState.REFUNDED, **around)
    for back in gone.select_related("account").order_by("id"):
        yield Refund, back.pk, query_of(REFUND, back.number, back.account, back.desk)


def keep(kind: type[Recharge] | type[Refund], pk: UUID, trade: Trade) -> None:
    """What the platform said, as it said it: the result, and the amount where it tells one."""
    amount = amount_told(trade, is_refund=kind is Refund)
    told = {
        "result": trade.result,
        "standing": standing(trade.result),
        "amount": None if amount is None else f"{amount:.2f}",
        "trace": first(trade.origTraceNo, trade.traceNo)[:64],
        "time": trade.origTraceTime[:32],
        "desc": trade.resultDesc[:60],
    }
    kind.objects.filter(pk=pk).update(told=told, told_at=timezone.now())


def amount_told(trade: Trade, *, is_refund: bool) -> Decimal | None:
    """Its amount in yuan, where the platform tells it: of a recharge, the sum of its parts."""
    if is_refund:
        return None if trade.refundedAmt is None else abs(trade.refundedAmt)
    if trade.canRrefundAmt is None:
        return None
    return trade.canRrefundAmt + (trade.refundedAmt or ZERO) + (trade.refundingAmt or ZERO)
