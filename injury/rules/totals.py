"""What the centre's sums prove about a message whose reply was lost (design 3.4): pure, exact, by fee category.

A message has amounts of one sign only, and none of zero: no part of it, and nothing but the whole of it, adds up to the
whole. That is why sums can prove anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import Enum

ZERO = Decimal(0)
CENT = Decimal("0.01")
#: Yuan by category (AKA063); a category that is missing is zero.
Amounts = Mapping[str, Decimal]


class Seen(Enum):
    """What the centre's sums are equal to."""

    WITH = "with"
    WITHOUT = "without"
    NEITHER = "neither"
    #: Both, to the cent: the message is too small to be seen.
    BOTH = "both"


def is_same(ours: Decimal, centre: Decimal) -> bool:
    """To the cent: exactly, or ours rounded where the centre gives only two places (4.12)."""
    return ours == centre or (centre == centre.quantize(CENT) and ours.quantize(CENT) == centre)


def are_same(ours: Amounts, centre: Amounts) -> bool:
    """The total and every category."""
    mine, theirs = sum(ours.values(), ZERO), sum(centre.values(), ZERO)
    return is_same(mine, theirs) and all(
        is_same(ours.get(category, ZERO), centre.get(category, ZERO)) for category in {*ours, *centre}
    )


def add_up(parts: Iterable[Mapping[str, Decimal | str]]) -> dict[str, Decimal]:
    """Sums by category, added; categories that come to nothing are left out."""
    total: dict[str, Decimal] = {}
    for part in parts:
        for category, amount in part.items():
            total[category] = total.get(category, ZERO) + Decimal(amount)
    return {category: amount for category, amount in total.items() if amount}


def judge(centre: Amounts, *, without: Amounts, with_: Amounts) -> Seen:
    """What a settled reading says: `without` was known before the message, `with_` is that and the message."""
    has, has_not = are_same(with_, centre), are_same(without, centre)
    if has and has_not:
        return Seen.BOTH
    return Seen.WITH if has else Seen.WITHOUT if has_not else Seen.NEITHER


def surplus(ours: Amounts, centre: Amounts) -> dict[str, Decimal]:
    """What the centre has more than we know, by category; negative where it has less."""
    return add_up([centre, {category: -amount for category, amount in ours.items()}])


def only_sorted_differently(ours: Amounts, centre: Amounts) -> bool:
    """The same money in other categories: no message is missing or doubled, the mappings differ."""
    total = is_same(sum(ours.values(), ZERO), sum(centre.values(), ZERO))
    return total and not are_same(ours, centre)


def explained(more: Amounts, messages: Iterable[tuple[str, Amounts]]) -> str:
    """The message that the centre has once more (or once less) than we know; empty when no single one explains it."""
    for name, sums in messages:
        if sums and (are_same(sums, more) or are_same(add_up([{c: -a for c, a in sums.items()}]), more)):
            return name
    return ""
