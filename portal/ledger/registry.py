"""Who tells of what: businesses register here what they publish, and portal.ledger and reconciliation read it.

Two registries, filled by the businesses' `ledger.py`: `@book(source)` what they settled, and `@remedy(source, action)`
what can be done about an entry that the two sides do not agree on. What centres show is portal.ledger.centre.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from portal.access.member import Member
from portal.access.services.refusals import NotAllowed
from portal.gateway import journal
from portal.gateway.journal import Operation
from portal.ledger.facts import EntryFacts, Source, Span
from portal.ledger.models import Entry


class Book(Protocol):
    """What a business settled, told inside the institution's door.

    Of the span: everything by `settled_at`; what is under way or in doubt by the time it was sent. With `numbers` only
    these, whatever their day: the book asks about entries that it has and did not hear of; what is not told then either
    did not happen after all.
    """

    def __call__(self, span: Span, numbers: Collection[str] | None = None) -> Iterable[EntryFacts]: ...


_books: dict[str, Book] = {}
B = TypeVar("B", bound=Book)


def book(source: str) -> Callable[[B], B]:
    """Register a business's book: `def entries(span, numbers=None) -> Iterable[EntryFacts]`."""
    name = str(Source(source))

    def declare(tell: B) -> B:
        if name in _books:
            raise TypeError(f"{name} has a book already")
        _books[name] = tell
        return tell

    return declare


def books() -> tuple[tuple[str, Book], ...]:
    return tuple(sorted(_books.items()))


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
    work: Callable[[Case], Done]
    obstacle: Callable[[Case], str]
    moves_money: bool

    def act(self, case: Case) -> Done:
        if said := self.obstacle(case):
            raise NotPossible(said)
        try:
            return self.work(case)
        except (NotAllowed, journal.NotAllowed, journal.AlreadyRunning) as refusal:
            raise NotPossible(str(refusal)) from refusal


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
    "Book",
    "Case",
    "Done",
    "NotPossible",
    "Remedy",
    "book",
    "books",
    "remedies_of",
    "remedy",
    "remedy_of",
]
