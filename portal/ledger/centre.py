"""The other side's book, where a centre is asked settlement by settlement: businesses say here how it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from portal.gateway.journal import Ask
from portal.ledger.facts import Span


@dataclass(frozen=True, slots=True)
class CentreFacts:
    """One settlement or refund as the centre shows it. Amounts it does not tell are None and are not compared.

    `number` is our number where the centre knows it; otherwise `setl_id` and `msgid` find the entry. `is_missing`: the
    centre was asked about this number and has none. `pending`: it is still at work on it, which is no difference.
    `told` says in words where the facts come from, e.g. "医疗费用总额查询（4.12）".
    """

    family: str
    number: str = ""
    total: Decimal | None = None
    fund: Decimal | None = None
    account: Decimal | None = None
    cash: Decimal | None = None
    is_refund: bool = False
    setl_id: str = ""
    mdtrt_id: str = ""
    msgid: str = ""
    settled_at: datetime | None = None
    is_missing: bool = False
    pending: bool = False
    told: str = ""
    person: str = ""
    insutype: str = ""
    clr_type: str = ""
    clr_optins: str = ""


@dataclass(frozen=True)
class Asking:
    """What a centre's book works with: the institution, a way to ask (outside any transaction) and the door to rows.

    Entries of the span that our book has are read by `portal.ledger.reading.entries_between` inside `door()`.
    """

    institution: int
    environment: str
    ask: Ask
    door: Callable[[], AbstractContextManager[Any]]


#: Outside any transaction; GatewayErrors may pass through: the run then says that the centre could not be asked.
CentreBook = Callable[[Span, Asking], Iterator[CentreFacts]]
_books: dict[str, CentreBook] = {}
C = TypeVar("C", bound=CentreBook)


def centre_book(family: str) -> Callable[[C], C]:
    """Register how the centre's side of a gateway is read: `def theirs(span, asking) -> Iterator[CentreFacts]`."""

    def declare(tell: C) -> C:
        if family in _books:
            raise TypeError(f"{family} has a centre's book already")
        _books[family] = tell
        return tell

    return declare


def centre_book_of(family: str) -> CentreBook | None:
    return _books.get(family)


def centre_families() -> tuple[str, ...]:
    """Gateways whose other side is read settlement by settlement."""
    return tuple(sorted(_books))
