"""Settlements of the national interface as entries: each settlement, and each taking back as an entry of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from portal.gateway.journal import Attempt, Operation, State, approve
from portal.gateway.journal.states import DOUBTFUL
from portal.gateway.national import NATIONAL
from portal.ledger.facts import ZERO, EntryFacts, Source, Span, Standing
from portal.ledger.registry import Case, Done, NotPossible, book, remedy
from portal.ledger.remedies import NOBODY, adopt_doubtful, doubt_obstacle, operation_of, resend_doubtful
from settlement.models import Settlement, SettlementState
from settlement.services.settling.reversal import NUMBER as REVERSAL
from settlement.services.settling.reversal import propose_reversal, reversal_obstacle
from settlement.services.settling.undoing import undo, undo_obstacle

SOURCE = str(Source.SETTLEMENT)
PAGE = "settlement:settlement-detail"
#: Rows are found by when they were made, which is when they were settled but for the doubt between the two.
DOUBTED = timedelta(days=3)
#: What the centre has, had, or may have. What 2601 reversed never was.
TOLD = (*SettlementState.holding(), SettlementState.UNDONE)
READ = (
    *("institution", "environment", "number", "kind", "state", "setl_id", "msgid", "settled_at", "undone_at"),
    *("undo_setl_id", "total", "fund", "account", "cash", "shown", "clr_type", "clr_optins", "operation"),
    *("undone_by", "visit", "visit__institution", "visit__number", "visit__person_no", "visit__name_masked"),
    *("visit__insurance", "visit__mdtrt_id"),
)
AMOUNTS = ("total", "fund", "account", "cash")


@book(SOURCE)
def entries(span: Span, numbers: Collection[str] | None = None) -> Iterator[EntryFacts]:
    """Settlements by the platform's time, what takes them back by the time of that; doubts by when they were sent."""
    rows = settlements(span.environment)
    if numbers is not None:
        for one in rows.filter(number__in=numbers).iterator(chunk_size=1_000):
            yield settled(one)
            if is_taken_back(one):
                yield taken_back(one)
        return
    around = Q(created_at__gte=span.begins_at - DOUBTED, created_at__lt=span.ends_at + DOUBTED)
    begun = Q(settled_at=None, sent_at__gte=span.begins_at, sent_at__lt=span.ends_at)
    done = Q(settled_at__gte=span.begins_at, settled_at__lt=span.ends_at)
    for one in rows.filter(around, begun | done).iterator(chunk_size=1_000):
        yield settled(one)
    begun = Q(undone_at=None, undo_sent_at__gte=span.begins_at, undo_sent_at__lt=span.ends_at)
    done = Q(undone_at__gte=span.begins_at, undone_at__lt=span.ends_at)
    for one in rows.filter(begun | done, undone_by__isnull=False).iterator(chunk_size=1_000):
        if is_taken_back(one):
            yield taken_back(one)


def settlements(environment: str) -> QuerySet[Settlement]:
    """Everything the book is told of, with the message that won, or may have."""
    messages = Attempt.objects.filter(operation=OuterRef("operation"), n=OuterRef("operation__attempts"))
    undoing = Attempt.objects.filter(operation=OuterRef("undone_by"), n=OuterRef("undone_by__attempts"))
    return (
        Settlement.objects.filter(environment=environment, state__in=TOLD)
        .select_related("visit")
        .only(*READ)
        .annotate(
            sent_as=Subquery(messages.values("msgid")[:1]),
            sent_at=F("operation__created_at"),
            operation_state=F("operation__state"),
            undo_sent_as=Subquery(undoing.values("msgid")[:1]),
            undo_sent_at=F("undone_by__created_at"),
            undo_state=F("undone_by__state"),
            undo_kind=F("undone_by__kind"),
        )
        .order_by("pk")
    )


def settled(one: Any) -> EntryFacts:
    """The settlement. One under way, and one whose answer nobody could read, has the amounts shown before it."""
    known, visit = one.total is not None and one.state != SettlementState.SETTLING, one.visit
    shown = {} if known else {name: Decimal(str(one.shown.get(name) or 0)) for name in AMOUNTS}
    amounts: dict[str, Any] = {name: (getattr(one, name) if known else shown[name]) or ZERO for name in AMOUNTS}
    return EntryFacts(
        family=NATIONAL.name,
        number=one.number,
        settled_at=one.settled_at or one.sent_at,
        standing=_standing(one, known),
        setl_id=one.setl_id,
        mdtrt_id=visit.mdtrt_id,
        msgid=one.msgid or one.sent_as or "",
        person_no=visit.person_no.reveal(),
        person=visit.name_masked,
        insutype=visit.insurance,
        clr_type=one.clr_type,
        clr_optins=one.clr_optins,
        about=visit.number,
        page=PAGE,
        page_key=str(one.pk),
        operation=one.operation_id,
        **amounts,
    )


def _standing(one: Any, known: bool) -> str:
    if one.state == SettlementState.SETTLING:
        return _moving(one.operation_state)
    return Standing.SETTLED if known else Standing.DOUBTFUL


def _moving(state: str | None) -> str:
    return Standing.DOUBTFUL if state in DOUBTFUL else Standing.PENDING


def is_taken_back(one: Any) -> bool:
    """Whether it has, or may have, a refund of its own: 2103, 2208 or 2305, not 2601."""
    if one.undo_kind == REVERSAL:
        return False
    return bool(one.state in (SettlementState.UNDOING, SettlementState.UNDONE) and one.undone_by_id)


def taken_back(one: Any) -> EntryFacts:
    """What takes the settlement back, under the centre's number of the taking back."""
    return settled(one).negative(
        settled_at=one.undone_at or one.undo_sent_at,
        standing=Standing.SETTLED if one.state == SettlementState.UNDONE else _moving(one.undo_state),
        setl_id=one.undo_setl_id,
        msgid=one.undo_sent_as or "",
        operation=one.undone_by_id,
    )


# --- what can be done about a difference

remedy(SOURCE, "adopt", "采用医保中心的结果", moves_money=True, obstacle=doubt_obstacle)(adopt_doubtful)
remedy(SOURCE, "resend", "重新发送", moves_money=True, obstacle=doubt_obstacle)(resend_doubtful)


def _settlement(case: Case) -> Settlement | None:
    if case.entry is None or case.entry.is_refund or not case.entry.page_key:
        return None
    return Settlement.objects.select_related("visit", "bill", "undone_by").filter(pk=case.entry.page_key).first()


def reverse_obstacle(case: Case) -> str:
    """Why it cannot be taken back at the centre now, in a sentence; empty when it can."""
    found, operation = _settlement(case), operation_of(case.entry)
    if found is None:
        return "退费不能再撤销" if case.entry is not None and case.entry.is_refund else NOBODY
    if found.state == SettlementState.SETTLING and operation is not None:
        return reversal_obstacle(operation)
    return undo_obstacle(found)


@remedy(SOURCE, "reverse", "在医保中心撤销或冲正", moves_money=True, obstacle=reverse_obstacle)
def reverse(case: Case) -> Done:
    """Take a settlement back (2103, 2208, 2305), or reverse one in doubt (2601); the two who decided let it go."""
    found, operation = _settlement(case), operation_of(case.entry)
    if found is None or case.by is None:
        raise NotPossible(NOBODY)
    if found.state == SettlementState.SETTLING and operation is not None:
        begun = propose_reversal(operation, by=case.by, reason=case.reason)
    else:
        begun = undo(found, by=case.by)
    return Done(f"{begun.title}：{_let_go(begun, case)}", begun)


def _let_go(begun: Operation, case: Case) -> str:
    if begun.state == State.DRAFT and case.approved_by is not None:
        approve(begun, by=case.approved_by)
    return begun.sentence
