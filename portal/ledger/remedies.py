"""What every business can do about an entry whose operation is in doubt: hear from the centre again, or let two decide.

Reconciliation has seen the centre's book, which is the evidence that two people go by where no query proves anything.
"""

from __future__ import annotations

from portal.gateway.journal import Finding, Operation, State, decide_manually, look_now
from portal.ledger.facts import Standing
from portal.ledger.models import Entry
from portal.ledger.registry import Case, Done, NotPossible

NOBODY = "本机构没有这笔业务，无法由门户办理"
SETTLED = "这笔业务已有结果"


def operation_of(entry: Entry | None) -> Operation | None:
    """The operation that settled the entry, or is settling it."""
    if entry is None or entry.operation is None:
        return None
    return Operation.objects.filter(pk=entry.operation).defer("request", "reply").first()


def doubt_obstacle(case: Case) -> str:
    """Why the entry's doubt cannot be ended now, in a sentence; empty when it can."""
    if case.entry is None:
        return NOBODY
    operation = operation_of(case.entry)
    if operation is None or case.entry.standing not in (Standing.DOUBTFUL, Standing.PENDING):
        return SETTLED
    if operation.state == State.IN_DOUBT:
        return "静默期未满，系统会在静默期后自动核实"
    return "" if operation.is_doubtful else f"“{operation.title}”{operation.sentence}，请等待结果"


def adopt_doubtful(case: Case) -> Done:
    """The centre holds it: it is looked for at once, or both people who decided say so."""
    return _ended(case, Finding.APPLIED, again=False)


def resend_doubtful(case: Case) -> Done:
    """The centre does not hold it: the same message goes again once a query, or both people, say so."""
    return _ended(case, Finding.NOT_APPLIED, again=True)


def _ended(case: Case, verdict: Finding, *, again: bool) -> Done:
    operation = operation_of(case.entry)
    if operation is None or case.by is None:
        raise NotPossible(NOBODY)
    if operation.state != State.MANUAL:
        look_now(operation, by=case.by)
        return Done("已要求立即向医保中心核实，核实后自动处理", operation)
    if case.approved_by is None:
        raise NotPossible("须由两人认定")
    for person in (case.by, case.approved_by):
        operation = decide_manually(operation, verdict, by=person, reason=case.reason, again=again)
    return Done(
        "两人已认定为已生效，按医保中心入账" if verdict == Finding.APPLIED else "两人已认定未生效，将重新发送",
        operation,
    )
