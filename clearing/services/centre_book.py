"""What the clearing centre shows of applications (8.3), and what their rows' months add up to (6.2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from django.db.models import Q, Sum
from django.utils import timezone

from clearing.messages import ApplicationRow, QueryApplication
from clearing.messages.gateway import CLEARING
from clearing.models import Application, ClearingRow, Scope
from clearing.services.month_check import compared
from portal.codes import code_list
from portal.gateway.errors import Rejected
from portal.ledger.centre import Asking, CentreFacts, centre_book
from portal.ledger.facts import Span
from portal.ledger.models import Entry
from portal.ledger.reading import entries_between

#: qssqzt 清算申请状态: applied for.
APPLIED = "001"


@centre_book(CLEARING.name)
def theirs(span: Span, asking: Asking) -> Iterator[CentreFacts]:
    """The applications of every scope of the span's year and the one before, those that our book has or lacks."""
    with asking.door():
        entries = {one.number: one for one in entries_between(span, family=CLEARING.name)}
        asked = Q(applied_at__gte=span.begins_at, applied_at__lt=span.ends_at) | Q(applied_at=None)
        mine = Application.objects.filter(asked, environment=span.environment)
        ours = {one.scope for one in mine}
    for scope in sorted(ours | set(_usual(span)), key=lambda one: one.key):
        for row in _held(scope, asking, must_answer=scope in ours):
            at = _moment(row.applied_at)
            if row.application_no in entries or scope.key in entries or (at is not None and at in span):
                yield _facts(row, at, entries, scope, asking)


def _usual(span: Span) -> Iterator[Scope]:
    """Where an application of the span would be: this year's and last year's clearing."""
    for year in (span.begin.year - 1, span.begin.year):
        for insurance in code_list("clearing.aka080").codes:
            for agency in code_list("clearing.qsjg00").codes:
                yield Scope(span.environment, year, insurance, agency)


def _held(scope: Scope, asking: Asking, *, must_answer: bool) -> list[ApplicationRow]:
    """The centre may refuse a year that it does not clear; not where we applied."""
    try:
        answer = asking.ask(QueryApplication(year=str(scope.year), aka080=scope.insurance, qsjg00=scope.agency))
    except Rejected:
        if must_answer:
            raise
        return []
    return [one for one in answer.rows if one.qssqzt == APPLIED and one.application_no]


def _facts(
    row: ApplicationRow, at: datetime | None, entries: dict[str, Entry], scope: Scope, asking: Asking
) -> CentreFacts:
    due, told = row.fund_due_amt, "清算申请（8.3）"
    with asking.door():
        months = _months_of(row.application_no, scope)
    if months is not None and months != due:
        told = f"{told}，申请的基金应付为 {due:,.2f}，各月应付合计（6.2）为 {months:,.2f}"
        due = months
    return CentreFacts(
        CLEARING.name,
        row.application_no if row.application_no in entries or scope.key not in entries else scope.key,
        total=row.medfee_sumamt,
        fund=due,
        setl_id=row.application_no,
        settled_at=at,
        insutype=row.aka080,
        clr_optins=row.qsjg00,
        told=told,
    )


def _months_of(number: str, scope: Scope) -> Decimal | None:
    """What the months of an application's rows add up to; None while one of them has not been read."""
    rows = compared(ClearingRow.objects.filter(**scope.fields(), application__application_no=number))
    if not rows.exists() or rows.filter(result="unread").exists():
        return None
    sums = rows.aggregate(sum=Sum("months_fund_due"))
    return Decimal(sums["sum"])


def _moment(text: str) -> datetime | None:
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        return None
    return told if told.tzinfo else timezone.make_aware(told)
