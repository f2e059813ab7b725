"""A stay's charges here beside the centre's (5204): by kind of charge, by day, and line by line. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from settlement.rules.amounts import ZERO


@dataclass(frozen=True)
class Charged:
    """One line as either side has it; `day` as yyyy-MM-dd, `there` whether we believe that the centre has it."""

    number: str
    amount: Decimal
    category: str
    day: str
    there: bool = True


@dataclass
class Sum:
    """Counts and sums of one kind or day: all of ours, those that were sent, and the centre's."""

    key: str
    lines: int = 0
    amount: Decimal = ZERO
    sent_lines: int = 0
    sent: Decimal = ZERO
    centre_lines: int = 0
    centre: Decimal = ZERO

    @property
    def difference(self) -> Decimal:
        """The centre's less what we sent, in yuan."""
        return self.centre - self.sent


@dataclass(frozen=True)
class Beside:
    """Both sides; `missing` should be at the centre and are not, `extra` are there and not ours, `differing` have
    another amount there."""

    by_category: tuple[Sum, ...]
    by_day: tuple[Sum, ...]
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()
    whole: Sum = field(default_factory=lambda: Sum(""))

    @property
    def agrees(self) -> bool:
        return not (self.missing or self.extra or self.differing)


def beside(ours: Iterable[Charged], theirs: Iterable[Charged]) -> Beside:
    """Both sides by the same keys: a line's kind is the centre's where it has one, else ours."""
    mine = {one.number: one for one in ours}
    centre = {one.number: one for one in theirs}
    kinds: dict[str, Sum] = {}
    days: dict[str, Sum] = {}
    whole = Sum("")
    for number in mine.keys() | centre.keys():
        here, there = mine.get(number), centre.get(number)
        known = there or here
        assert known is not None
        kind = (there.category if there else "") or (here.category if here else "")
        on = here.day if here else known.day
        for row in (kinds.setdefault(kind, Sum(kind)), days.setdefault(on, Sum(on)), whole):
            _add(row, here, there)
    should = {number for number, one in mine.items() if one.there}
    return Beside(
        by_category=tuple(kinds[key] for key in sorted(kinds)),
        by_day=tuple(days[key] for key in sorted(days)),
        missing=tuple(sorted(should - centre.keys())),
        extra=tuple(sorted(centre.keys() - should)),
        differing=tuple(sorted(one for one in should & centre.keys() if mine[one].amount != centre[one].amount)),
        whole=whole,
    )


def _add(row: Sum, here: Charged | None, there: Charged | None) -> None:
    if here is not None:
        row.lines, row.amount = row.lines + 1, row.amount + here.amount
        if here.there:
            row.sent_lines, row.sent = row.sent_lines + 1, row.sent + here.amount
    if there is not None:
        row.centre_lines, row.centre = row.centre_lines + 1, row.centre + there.amount
