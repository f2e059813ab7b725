"""Lines that are about the same settlement, and what was found about them; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from reconciliation.models import DifferenceKind, Proposal
from reconciliation.rules.lines import FieldGap, Gap, Line, gap_between, on_any_day, told_total


class Group(NamedTuple):
    """What both books have of one settlement (or one refund); `begins_at` and `ends_at` bound the days compared."""

    ours: tuple[Line, ...]
    theirs: tuple[Line, ...]
    begins_at: datetime | None = None
    ends_at: datetime | None = None

    @property
    def held(self) -> tuple[Line, ...]:
        """What the centre really has: without lines that only repeat ours."""
        return tuple(one for one in self.theirs if not one.is_echo)

    @property
    def lines(self) -> tuple[Line, ...]:
        return (*self.ours, *self.held)

    @property
    def memo(self) -> str:
        """What the centre says of it."""
        return next((one.memo for one in self.theirs if one.memo), "")


class Found(NamedTuple):
    """One difference. `gap` is what it does to the sums of the days compared; `fields` what differs, foremost first."""

    kind: DifferenceKind
    ours: tuple[Line, ...]
    theirs: tuple[Line, ...]
    fields: tuple[FieldGap, ...]
    gap: Gap
    proposal: Proposal
    note: str = ""

    @property
    def key(self) -> str:
        """The best name of the settlement: the message if one side knows it, or the centre's number, or ours."""
        lines = (*self.ours, *self.theirs)
        for name in ("msgid", "setl_id", "number"):
            told = sorted({getattr(one, name) for one in lines} - {""})
            if told:
                return str(told[0])
        return f"line {self.theirs[0].ref}" if self.theirs else ""

    @property
    def lasting_gap(self) -> Gap:
        """What is left of it when all days are taken together: of the same amounts on two days, nothing."""
        return gap_between(on_any_day(self.ours), on_any_day(self.theirs))

    @property
    def totals(self) -> tuple[Decimal | None, Decimal | None]:
        """What the sums of the days compared have of it, ours and theirs."""
        return told_total(self.ours), told_total(self.theirs)

    @property
    def is_refund(self) -> bool:
        return (*self.ours, *self.theirs)[0].is_refund


def grouped(
    ours: Iterable[Line],
    theirs: Iterable[Line],
    begins_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Iterator[Group]:
    """Lines of both books that are linked by a name, directly or through another line; each line is in one group.

    In the order of the first line of each. A line without any name is a group of its own.
    """
    lines = [(0, one) for one in ours] + [(1, one) for one in theirs]
    parent = list(range(len(lines)))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    first: dict[tuple[str, str, bool], int] = {}
    for place, (_, line) in enumerate(lines):
        for name in line.names:
            other = first.setdefault(name, place)
            low, high = sorted((root(other), root(place)))
            parent[high] = low
    found: dict[int, tuple[list[Line], list[Line]]] = {}
    for place, (side, line) in enumerate(lines):
        found.setdefault(root(place), ([], []))[side].append(line)
    for mine, held in found.values():
        yield Group(tuple(mine), tuple(held), begins_at, ends_at)
