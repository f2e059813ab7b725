"""What the platform says about a recharge or a refund whose answer was lost (hop.trade.query), and what it proves.

In this order: the answer that the desk's bridge kept, then the query by our own number. succ with the same amount is
done; ing and everything unclear is asked again; fail and closed came to nothing; notfound is believed only the second
time, a quiet period after the first: then it may be sent again, under the same number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from portal.access.door import tenant_tx
from portal.gateway.desk.spooled import stored_answer
from portal.gateway.journal import Applied, Ask, Declined, Evidence, NotApplied, Operation, StillUnknown, Verdict, pace
from portal.gateway.journal.doubt import kind_of
from portal.gateway.messages import Record
from portal.gateway.wire import Outcome
from settlement.messages.onetrans import QueryTrade, Trade
from settlement.models import PrepaidAccount
from settlement.rules.trades import standing
from settlement.services.cashier.asking import made

RECHARGE, REFUND = "hop.trade.recharge", "hop.trade.refund"
#: How evidence of a first notfound begins: the second look finds it by this.
NOT_FOUND = "平台没有这笔交易"


@dataclass(frozen=True)
class Wanted:
    """What is asked about: read inside the door, used outside. `agrees`: None when the answer tells no amount."""

    query: QueryTrade
    agrees: Callable[[Trade], bool | None]
    reply: Callable[[Trade], Record]
    what: str


def query_of(trade_type: str, number: str, account: PrepaidAccount, desk: Any, trace_no: str = "") -> QueryTrade:
    """The query by our own number; by the platform's where that is known."""
    return made(
        QueryTrade,
        {
            "desk": str(desk or ""),
            "cardType": account.card_type,
            "cardNo": account.card_no.reveal(),
            "accountType": account.account_type,
            "tradeType": trade_type,
            "isRefund": "1" if trade_type == REFUND else "",
            "outTradeNo": number,
            "traceNo": trace_no,
        },
    )


def look(operation: Operation, ask: Ask, wanted: Wanted) -> Verdict:
    """Whether the platform has it; errors of `ask` pass through."""
    if (kept := kept_answer(operation)) is not None:
        return kept
    trade = ask(wanted.query)
    said = f"交易查询 {wanted.what}：{trade.result} {trade.resultDesc}".strip()
    found = standing(trade.result)
    if found == "done":
        if wanted.agrees(trade) is False:
            return StillUnknown(f"{said}，但金额与提交的不符，须人工核对", for_people=True)
        return Applied(wanted.reply(trade), said)
    if found == "failed":
        return Declined(said)
    if found == "absent":
        return not_found(operation, said)
    return StillUnknown(f"{said}，尚未结束")


def kept_answer(operation: Operation) -> Verdict | None:
    """What the bridge kept of the last attempt; None when it knows nothing or cannot be reached."""
    kept = stored_answer(operation)
    if kept is None:
        return None
    if kept.outcome == Outcome.OK and kept.reply is not None and finished(kept.reply):
        return Applied(kept.reply, "终端保存了动态库的答复")
    if kept.outcome == Outcome.NOT_SENT:
        return NotApplied("终端证明这条报文没有交给动态库")
    return None


def finished(reply: Any) -> bool:
    """The third judgement: whether an answer of code 000000 also says that the trade is over and done.

    An answer without a state (the specification's own sample) counts when it names the time of success.
    """
    result = str(getattr(reply, "result", ""))
    return standing(result) == "done" if result else True


def not_found(operation: Operation, said: str) -> Verdict:
    """Twice, a quiet period apart: what is on its way may still arrive after the first."""
    with tenant_tx(operation.institution_pk):
        rows = Evidence.objects.filter(operation=operation, attempt__n=operation.attempts, note__startswith=NOT_FOUND)
        first = rows.order_by("at").values_list("at", flat=True).first()
    if first is not None and timezone.now() - first >= pace.quiet(kind_of(operation)):
        return NotApplied(f"{NOT_FOUND}（第二次查询，与第一次相隔一个静默期；{said}）")
    return StillUnknown(f"{NOT_FOUND}（第一次查询；{said}），再过一个静默期仍没有才会用同一单号重新提交")
