"""Who tells of what: businesses register here what they publish, and portal.ledger and reconciliation read it.

Three registries, all filled by the businesses' `ledger.py`:
`@book(source)` our own settlements, `@centre_book(family)` what the centre holds, where it is asked entry by entry,
`@remedy(source, action)` what can be done about an entry that the two sides do not agree on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from portal.access.member import Member
from portal.gateway.journal import Ask, Operation
from portal.ledger.facts import ZERO, EntryFacts, Source, Span
from portal.ledger.models import Entry

#: Inside the institution's door: everything of the span, refunds, doubts and what proved not to have happened.
Book = Callable[[Span], Iterable[EntryFacts]]
_books: dict[str, Book] = {}
B = TypeVar("B", bound=Book)


def book(source: str) -> Callable[[B], B]:
    """Register what a business settled: `def entries(span: Span) -> Iterable[EntryFacts]`, read inside the door.

    A span is about `settled_at`; what is under way counts by the time it was sent.
    """
    name = str(Source(source))

    def declare(tell: B) -> B:
        if name in _books:
            raise TypeError(f"{name} has a book already")
        _books[name] = tell
        return tell

    return declare


def books() -> tuple[tuple[str, Book], ...]:
    return tuple(sorted(_books.items()))


# --- the other side's book


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

    Entries of the span that our book has are read by `portal.ledger.entries_between` inside `door()`.
    """

    institution: int
    environment: str
    ask: Ask
    door: Callable[[], AbstractContextManager[None]]


#: Outside any transaction; GatewayErrors may pass through: the run then says that the centre could not be asked.
CentreBook = Callable[[Span, Asking], Iterator[CentreFacts]]
_centre_books: dict[str, CentreBook] = {}
C = TypeVar("C", bound=CentreBook)


def centre_book(family: str) -> Callable[[C], C]:
    """Register how the centre's side of a gateway is read: `def theirs(span, asking) -> Iterator[CentreFacts]`."""

    def declare(tell: C) -> C:
        if family in _centre_books:
            raise TypeError(f"{family} has a centre's book already")
        _centre_books[family] = tell
        return tell

    return declare


def centre_book_of(family: str) -> CentreBook | None:
    return _centre_books.get(family)


def centre_families() -> tuple[str, ...]:
    """Gateways whose other side is read entry by entry."""
    return tuple(sorted(_centre_books))


# --- what can be done about a difference


class NotPossible(Exception):
    """The remedy cannot be used now; `sentence` says why, in a clerk's words. Nothing was changed."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Case:
    """One difference that somebody decided about. `entry` is our side, None where only the centre has it.

    `theirs` is the centre's row by our names: setl_id, mdtrt_id, msgid, total, fund, account, cash as text. Where money
    moves `approved_by` is the second person, who is not `by`.
    """

    entry: Entry | None
    theirs: dict[str, Any] = field(default_factory=dict)
    by: Member | None = None
    approved_by: Member | None = None
    reason: str = ""


@dataclass(frozen=True)
class Done:
    """What a remedy began: the operation that does it, if a gateway is called, and a sentence for the decision."""

    sentence: str
    operation: Operation | None = None


@dataclass(frozen=True)
class Remedy:
    """`act` does it inside the door, as part of the decision's transaction; `obstacle` says beforehand why it cannot.

    `act` raises NotPossible. With `moves_money` the decision takes two people.
    """

    source: str
    action: str
    title: str
    act: Callable[[Case], Done]
    obstacle: Callable[[Case], str]
    moves_money: bool


_remedies: dict[tuple[str, str], Remedy] = {}
#: The actions that reconciliation offers: adopt what the centre holds, take it back, send it again.
ACTIONS = ("adopt", "reverse", "resend")
A = TypeVar("A", bound=Callable[[Case], Done])


def _never(case: Case) -> str:
    return ""


def remedy(
    source: str, action: str, title: str, *, moves_money: bool, obstacle: Callable[[Case], str] = _never
) -> Callable[[A], A]:
    """Register what a business does about one of its entries: `@remedy("settlement", "reverse", "撤销这笔结算", …)`."""
    name = str(Source(source))
    if action not in ACTIONS:
        raise TypeError(f"{action} is no action: {', '.join(ACTIONS)}")

    def declare(act: A) -> A:
        if (name, action) in _remedies:
            raise TypeError(f"{name} has a remedy {action} already")
        _remedies[name, action] = Remedy(name, action, title, act, obstacle, moves_money)
        return act

    return declare


def remedy_of(source: str, action: str) -> Remedy | None:
    return _remedies.get((source, action))


def remedies_of(source: str) -> tuple[Remedy, ...]:
    """In the order of ACTIONS."""
    found = (_remedies.get((source, action)) for action in ACTIONS)
    return tuple(one for one in found if one is not None)


__all__ = [
    "ACTIONS",
    "ZERO",
    "Asking",
    "Book",
    "Case",
    "CentreBook",
    "CentreFacts",
    "Done",
    "NotPossible",
    "Remedy",
    "book",
    "books",
    "centre_book",
    "centre_book_of",
    "centre_families",
    "remedies_of",
    "remedy",
    "remedy_of",
]
