"""Asking the centre for everything about a scope, page by page; nothing is stored here."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from clearing import messages as wire
from clearing.messages import PAGE, QueryClearing, QueryVerification
from clearing.models import Scope
from portal.codes import code_list
from portal.gateway.journal import Ask

#: More pages than this are no answer but a fault of the other side.
PAGES = 10_000


@dataclass(frozen=True)
class Page:
    """One page of rows, when it was asked for, and how many rows there are in all."""

    number: int
    rows: list[wire.ClearingRow]
    total: int
    asked_at: datetime


def pages(ask: Ask, scope: Scope, *, size: int = PAGE) -> Iterator[Page]:
    """Every page of the scope's rows (5.3); ends at the total of the last answer, or at an empty page."""
    seen = 0
    for number in range(1, PAGES):
        asked_at = timezone.now()
        answer = ask(
            QueryClearing(
                year=str(scope.year), aka080=scope.insurance, qsjg00=scope.agency or None, page=number, size=size
            )
        )
        yield Page(number, answer.rows, answer.total, asked_at)
        seen += len(answer.rows)
        if seen >= answer.total or not answer.rows:
            return


def row_ids(ask: Ask, scope: Scope) -> set[str]:
    """Ids of all rows that the centre holds for the scope."""
    return {row.row_id for page in pages(ask, scope) for row in page.rows}


def ids_by_verification(ask: Ask, scope: Scope, state: str) -> set[str]:
    """Ids of the scope's rows with that verification state, 000 or 001 (7.1)."""
    found: set[str] = set()
    seen = 0
    for number in range(1, PAGES):
        answer = ask(
            QueryVerification(
                year=str(scope.year), aka080=scope.insurance, hdzt00=state, qsjg00=scope.agency, page=number
            )
        )
        found.update(row.row_id for row in answer.rows)
        seen += len(answer.rows)
        if seen >= answer.total or not answer.rows:
            break
    return found


def agencies(scope: Scope) -> list[str]:
    """The agencies that the scope means."""
    return [scope.agency] if scope.agency else [code for code, _ in code_list("clearing.qsjg00").choices()]
