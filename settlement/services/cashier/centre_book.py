"""The platform's side of the cashier's movements, order by order: hop.trade.query (there is no list to ask for).

Of charges that were taken back, the cancellation's own answer is what the centre has told (setlinfo).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from portal.ledger.centre import Asking, CentreFacts, centre_book
from portal.ledger.facts import Span
from settlement.messages.onetrans import Trade
from settlement.models import CashierCharge, ChargeState, Recharge, RechargeState, Refund, RefundState
from settlement.rules.money import ZERO, first, moment
from settlement.rules.trades import standing
from settlement.services.cashier.checking import PIECE, Asked, amount_told, keep
from settlement.services.cashier.looking import RECHARGE, REFUND, query_of

FAMILY = "onetrans"


@centre_book("onetrans")
def theirs(span: Span, asking: Asking) -> Iterator[CentreFacts]:
    """What the platform says of every movement of the span. Outside any transaction; errors pass through."""
    with asking.door():
        wanted = list(movements(span))
        yielded = list(charges(span))
    for begin in range(0, len(wanted), PIECE):
        answers = [(number, kind, pk, asking.ask(query)) for number, (kind, pk, query) in wanted[begin : begin + PIECE]]
        with asking.door():
            for _, kind, pk, trade in answers:
                keep(kind, pk, trade)
        for number, kind, _, trade in answers:
            yield facts(number, kind is Refund, trade)
    yield from yielded


def movements(span: Span) -> Iterator[tuple[str, Asked]]:
    """Those that our book has in the span: by the platform's time, or by ours while there is none."""
    paid = Recharge.objects.filter(environment=span.environment).exclude(state=RechargeState.REJECTED)
    for one in within(paid, span, "paid_at").select_related("account").order_by("id"):
        yield one.number, (Recharge, one.pk, query_of(RECHARGE, one.number, one.account, one.desk))
    gone = Refund.objects.filter(environment=span.environment)
    gone = gone.exclude(state__in=[RefundState.REJECTED, RefundState.WITHDRAWN])
    for back in within(gone, span, "refunded_at").select_related("account").order_by("id"):
        yield back.number, (Refund, back.pk, query_of(REFUND, back.number, back.account, back.desk))


def within(rows: QuerySet[Any], span: Span, happened: str) -> QuerySet[Any]:
    settled = Q(**{f"{happened}__gte": span.begins_at, f"{happened}__lt": span.ends_at})
    submitted = Q(**{f"{happened}__isnull": True}, created_at__gte=span.begins_at, created_at__lt=span.ends_at)
    return rows.filter(settled | submitted)


def facts(number: str, is_refund: bool, told: Trade) -> CentreFacts:
    """One movement as the platform tells it; an amount that it does not tell is not compared."""
    found = standing(told.result)
    amount = amount_told(told, is_refund=is_refund) if found == "done" else None
    return CentreFacts(
        family=FAMILY,
        number=number,
        total=None if amount is None else -amount if is_refund else amount,
        is_refund=is_refund,
        setl_id=first(told.origTraceNo, told.traceNo)[:30],
        settled_at=moment(told.origTraceTime),
        is_missing=found in ("absent", "failed"),
        pending=found in ("waiting", "unknown"),
        told=f"交易结果查询（hop.trade.query）：{told.result} {told.resultDesc}".strip(),
    )


def charges(span: Span) -> Iterator[CentreFacts]:
    """Both halves of what was charged and taken back; without a query, in the words of the cancellation."""
    rows = CashierCharge.objects.filter(environment=span.environment, state=ChargeState.CANCELLED, total__isnull=False)
    for row in rows.filter(cancelled_at__gte=span.begins_at, cancelled_at__lt=span.ends_at):
        amounts: dict[str, Any] = {name: getattr(row, name) or ZERO for name in ("total", "fund", "account", "cash")}
        told = "撤销答复（chs.common.outpatient.settle.cancel）"
        known: dict[str, Any] = {"family": FAMILY, "number": row.number, "mdtrt_id": row.mdtrt_id, "told": told}
        yield CentreFacts(**known, **amounts, setl_id=row.setl_id, settled_at=row.charged_at)
        turned: dict[str, Any] = {name: Decimal(0) - value for name, value in amounts.items()}
        yield CentreFacts(**known, **turned, setl_id=row.cancel_setl_id, settled_at=row.cancelled_at, is_refund=True)
