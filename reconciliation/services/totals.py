"""对总账 (3201): our sums of a scope beside the centre's."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from portal.gateway.errors import NotSent, Rejected, Unknown
from portal.gateway.journal import Ask
from portal.gateway.messages import Request
from portal.gateway.national import current_edition
from portal.gateway.national.editions import Edition
from portal.gateway.national.questions import question
from portal.ledger.reading import ScopeSums
from reconciliation.models import Run, Total, TotalState
from reconciliation.services.scopes import is_askable, key_of
from reconciliation.services.spans import is_whole

Door = Callable[[], AbstractContextManager[Any]]
NUMBER = "3201"
LACKING = "这些结算缺少险种、清算类别或清算经办机构，无法对总账，请在结算账中补全"


@dataclass(frozen=True)
class Means:
    """What a run works with: a way to ask and to fetch outside transactions, and the door to rows."""

    institution_id: int
    environment: str
    ask: Ask
    fetch: Callable[..., int]
    door: Door
    told: Callable[[int, int, str], None]
    medins_code: str = ""


def content_of(sums: ScopeSums, begin: date, end: date) -> dict[str, Any]:
    """The nodes of 3201. The wire's last day belongs to the span; a refund is a row of its own with negative sums.

    `fixmedins_refd_setl_flag` says whether there are refunds among them; `refd_setl_flag` stays empty: all of them.
    """
    return {
        "data": {
            "insutype": sums.insutype,
            "clr_type": sums.clr_type,
            "setl_optins": sums.clr_optins,
            "stmt_begndate": f"{begin:%Y-%m-%d}",
            "stmt_enddate": f"{end - timedelta(days=1):%Y-%m-%d}",
            "medfee_sumamt": sums.total,
            "fund_pay_sumamt": sums.fund,
            "acct_pay": sums.account,
            "fixmedins_setl_cnt": sums.count,
            "fixmedins_refd_setl_flag": "1" if sums.refunds else "0",
        }
    }


def harmless(sums: ScopeSums, begin: date, end: date, edition: Edition) -> Request[Any]:
    """The question about a span that no application can follow from; ValueError for whole months."""
    if is_whole(begin, end):
        raise ValueError("a whole month is an application for clearing, not a question")
    return question(NUMBER, edition).model_validate(content_of(sums, begin, end))


def ask_total(run: Run, sums: ScopeSums, begin: date, end: date, *, step: int, means: Means) -> Total:
    """Ask about one scope, and keep the question with its answer whatever it is."""
    with means.door():
        total = begun(run, sums, begin, end, step=step)
        edition = current_edition(run.environment)
    if total.state == TotalState.UNASKABLE:
        return total
    try:
        reply = means.ask(harmless(sums, begin, end, edition))
    except Rejected as refusal:
        return ended(total, means, TotalState.REFUSED, said=refusal.sentence)
    except (NotSent, Unknown) as error:
        return ended(total, means, TotalState.UNANSWERED, said=error.sentence)
    state, code, words = judged(reply, edition)
    return ended(total, means, state, code=code, said=words, refmsgid=str(getattr(reply, "inf_refmsgid", "")))


def begun(run: Run, sums: ScopeSums, begin: date, end: date, *, step: int, **more: Any) -> Total:
    """The row of a question; one that cannot be asked is answered already."""
    can = is_askable(key_of(sums))
    return Total.objects.create(
        environment=run.environment,
        run=run,
        round=run.round,
        step=step,
        begin=begin,
        end=end,
        insutype=sums.insutype,
        clr_type=sums.clr_type,
        clr_optins=sums.clr_optins,
        count=sums.count,
        refunds=sums.refunds,
        total=sums.total,
        fund=sums.fund,
        account=sums.account,
        cash=sums.cash,
        state=TotalState.ASKING if can else TotalState.UNASKABLE,
        said="" if can else LACKING,
        **more,
    )


def ended(total: Total, means: Means, state: str, **changes: Any) -> Total:
    """Write the answer down, unless another runner was first."""
    with means.door():
        return answered(total, state, **changes)


def answered(total: Total, state: str, *, code: str = "", said: str = "", refmsgid: str = "") -> Total:
    """The same inside the door."""
    total.state, total.code, total.said = state, code[:20], said[:500]
    total.refmsgid, total.answered_at = refmsgid[:60], timezone.now()
    total.save(update_fields=["state", "code", "said", "refmsgid", "answered_at"])
    return total


def judged(reply: Any, edition: Edition) -> tuple[TotalState, str, str]:
    """State, code and words of an answer; which codes mean that the books agree is the edition's."""
    told = getattr(reply, "stmtinfo", None)
    code = str(getattr(told, "stmt_rslt", "") or "").strip()
    words = str(getattr(told, "stmt_rslt_dscr", "") or "").strip()
    if not code:
        return TotalState.UNANSWERED, "", "答复中没有对账结果"
    return (TotalState.BALANCED if code in edition.balanced else TotalState.DIFFERENT), code, words


def latest(run_id: UUID, round_: int) -> list[Total]:
    """The last question about each scope and span of a round, applications among them."""
    rows = Total.objects.filter(run=run_id, round=round_).order_by("id")
    newest = {(one.insutype, one.clr_type, one.clr_optins, one.begin, one.end): one for one in rows}
    return list(newest.values())
