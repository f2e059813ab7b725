"""What clearing publishes to the book of settled money: one entry for each application that the centre holds.

`total` is the medical fee, `fund` what the fund owes for it; insurance and agency stand where other gateways have
insurance and office. An application has the centre's number; one in doubt that of its scope, until it is known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.db.models import Q

from clearing.messages.gateway import CLEARING
from clearing.models import Application, ApplicationState
from clearing.services import centre_book  # noqa: F401  registers itself
from clearing.services.applications import cancel_application
from portal.gateway.journal import Operation, State, approve
from portal.gateway.journal.states import DOUBTFUL
from portal.ledger.facts import ZERO, EntryFacts, Source, Span, Standing
from portal.ledger.registry import Case, Done, NotPossible, book, remedy
from portal.ledger.remedies import NOBODY, adopt_doubtful, doubt_obstacle, resend_doubtful

SOURCE = str(Source.CLEARING)
PAGE = "clearing:application-list"


@book(SOURCE)
def entries(span: Span, numbers: Collection[str] | None = None) -> Iterator[EntryFacts]:
    """Applications by when the centre took them; one on its way by when it was submitted."""
    rows = Application.objects.filter(environment=span.environment, state__in=ApplicationState.live())
    rows = rows.select_related("operation", "cancellation").order_by("pk")
    rows = rows.defer("operation__request", "operation__reply", "cancellation__request", "cancellation__reply")
    if numbers is not None:
        told = (_facts(one) for one in rows)  # at most one a year, insurance and agency
        yield from (one for one in told if one.number in numbers)
        return
    done = Q(applied_at__gte=span.begins_at, applied_at__lt=span.ends_at)
    sent = Q(applied_at=None, submitted_at__gte=span.begins_at, submitted_at__lt=span.ends_at)
    yield from map(_facts, rows.filter(done | sent))


def _facts(one: Application) -> EntryFacts:
    return EntryFacts(
        family=CLEARING.name,
        number=one.application_no or one.scope.key,
        settled_at=one.applied_at or one.submitted_at,
        total=one.medical_fee,
        fund=one.fund_due,
        cash=ZERO,
        standing=_standing(one),
        setl_id=one.application_no,
        insutype=one.insurance,
        clr_optins=one.agency,
        about=one.scope.key,
        page=PAGE,
        operation=one.cancellation_id or one.operation_id,
    )


def _standing(one: Application) -> str:
    moving: Operation | None = one.cancellation if one.state == ApplicationState.CANCELLING else one.operation
    if one.state in (ApplicationState.CANCELLING, ApplicationState.SUBMITTING) and moving is not None:
        return Standing.DOUBTFUL if moving.state in DOUBTFUL else Standing.PENDING
    return Standing.SETTLED


# --- what can be done about a difference

remedy(SOURCE, "adopt", "采用医保中心的结果", moves_money=True, obstacle=doubt_obstacle)(adopt_doubtful)
remedy(SOURCE, "resend", "重新发送", moves_money=True, obstacle=doubt_obstacle)(resend_doubtful)


def _application(case: Case) -> Application | None:
    if case.entry is None or not case.entry.setl_id:
        return None
    held = Application.objects.filter(environment=case.entry.environment, application_no=case.entry.setl_id)
    return held.filter(state__in=ApplicationState.held()).first()


def reverse_obstacle(case: Case) -> str:
    """Why the application cannot be cancelled now, in a sentence; empty when it can be tried."""
    found = _application(case)
    if found is None:
        return NOBODY
    return "" if found.state != ApplicationState.CANCELLING else f"清算申请{found.shown_state}"


@remedy(SOURCE, "reverse", "撤销清算申请", moves_money=True, obstacle=reverse_obstacle)
def reverse(case: Case) -> Done:
    """Cancel the application, so that it can be checked and submitted anew."""
    found = _application(case)
    if found is None or case.by is None:
        raise NotPossible(NOBODY)
    begun = cancel_application(found, by=case.by)
    if begun.state == State.DRAFT and case.approved_by is not None:
        approve(begun, by=case.approved_by)
    return Done(f"{begun.title}：{begun.sentence}", begun)
