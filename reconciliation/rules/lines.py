"""A line of one of the two books, and what two lines differ by; pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

ZERO = Decimal("0.00")
#: What is compared, where both sides tell it, and what people call it.
AMOUNTS = {"total": "医疗费总额", "fund": "基金支付", "account": "个人账户支付", "cash": "现金支付"}
SETTLED, PENDING, DOUBTFUL = "settled", "pending", "doubtful"
#: Why a line is not one of the days and scopes compared: it stands under another day, or another scope.
OTHER_DAY, OTHER_SCOPE = "day", "scope"


class Line(NamedTuple):
    """One settlement or refund in one book. Amounts are yuan with their own sign; None is not told.

    `ref` leads back to where it comes from. `number` is the institution's own number, `msgid` the message and `setl_id`
    the number the centre knows it by: lines that share one of them, and the sign, are about the same settlement.
    `verdict` is what the centre itself says ("agrees", "differs" or nothing). `is_echo`: the centre only repeats our
    line and says that it has none. `outside`: the line is our book's, but not of the days or scopes compared.
    `sibling`: our settlement of the same visit with the same amount, where there is one.
    """

    ref: Any = None
    number: str = ""
    setl_id: str = ""
    msgid: str = ""
    mdtrt_id: str = ""
    about: str = ""
    person: str = ""
    insutype: str = ""
    clr_type: str = ""
    clr_optins: str = ""
    settled_at: datetime | None = None
    day: date | None = None
    is_refund: bool = False
    total: Decimal | None = None
    fund: Decimal | None = None
    account: Decimal | None = None
    cash: Decimal | None = None
    standing: str = SETTLED
    verdict: str = ""
    memo: str = ""
    is_echo: bool = False
    outside: str = ""
    sibling: str = ""

    @property
    def names(self) -> list[tuple[str, str, bool]]:
        """What it is linked by: each name with its kind and the sign."""
        told = (("msgid", self.msgid), ("setl_id", self.setl_id), ("number", self.number))
        return [(kind, name, self.is_refund) for kind, name in told if name]

    @property
    def counts(self) -> bool:
        """Whether its amounts are in its book's sums of the days and scopes compared."""
        return self.standing == SETTLED and not self.outside and not self.is_echo


class Gap(NamedTuple):
    """Ours minus theirs, yuan."""

    total: Decimal = ZERO
    fund: Decimal = ZERO
    account: Decimal = ZERO

    def plus(self, other: Gap) -> Gap:
        return Gap(*(one + more for one, more in zip(self, other, strict=True)))


class FieldGap(NamedTuple):
    """One thing that differs: both values as text, and the difference where they are amounts."""

    field: str
    label: str
    ours: str
    theirs: str
    difference: Decimal | None = None

    def as_json(self) -> dict[str, str | None]:
        return self._asdict() | {"difference": None if self.difference is None else f"{self.difference:.2f}"}


def gap_between(ours: Iterable[Line], theirs: Iterable[Line]) -> Gap:
    """The sums of our lines minus those of theirs; an amount that one side does not tell is taken as the other's."""
    mine, other = [one for one in ours if one.counts], [one for one in theirs if one.counts]
    return Gap(*(_gap(mine, other, name) for name in Gap._fields))


def _gap(ours: list[Line], theirs: list[Line], name: str) -> Decimal:
    if ours and theirs and any(getattr(one, name) is None for one in (*ours, *theirs)):
        return ZERO
    return sum_of(ours, name) - sum_of(theirs, name)


def on_any_day(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The same lines as if all days were compared: what another day's book has counts as well."""
    return tuple(one._replace(outside="") if one.outside == OTHER_DAY else one for one in lines)


def told_total(lines: Iterable[Line]) -> Decimal | None:
    """What a book's sums have of these lines; None when it has nothing, or does not tell an amount."""
    counted = [one.total for one in lines if one.counts]
    return sum_of(lines, "total") if counted and None not in counted else None


def sum_of(lines: Iterable[Line], name: str) -> Decimal:
    """Of the lines that count; yuan."""
    return sum((getattr(one, name) or ZERO for one in lines if one.counts), ZERO)


def amount_gaps(ours: Line, theirs: Line) -> tuple[FieldGap, ...]:
    """Every amount that both tell and that is not the same to the cent."""
    found = []
    for name, label in AMOUNTS.items():
        mine, other = getattr(ours, name), getattr(theirs, name)
        if mine is not None and other is not None and mine != other:
            found.append(FieldGap(name, label, f"{mine:.2f}", f"{other:.2f}", mine - other))
    return tuple(found)
