"""The centre's list of a month beside our own settlements: rules that return differences and write nothing."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

#: Amounts that are compared, with their names for people.
MONEY = {"medical_fee": "总费用", "agency_paid": "经办机构支付总额"}


@dataclass(frozen=True)
class Listed:
    """A settlement with its amounts in yuan, on either side."""

    settlement_no: str
    medical_fee: Decimal
    agency_paid: Decimal


@dataclass(frozen=True)
class Difference:
    """What is not the same: `field` is a name of MONEY or ""; `ours` and `theirs` are yuan, None where missing."""

    settlement_no: str
    rule: str
    field: str = ""
    ours: Decimal | None = None
    theirs: Decimal | None = None


Ours = Mapping[str, Listed]
Theirs = Iterable[Listed]
Rule = Callable[[Ours, list[Listed]], Iterator[Difference]]


def only_there(ours: Ours, theirs: list[Listed]) -> Iterator[Difference]:
    """The centre lists a settlement that we do not have."""
    for row in theirs:
        if row.settlement_no not in ours:
            yield Difference(row.settlement_no, "only_there", theirs=row.agency_paid)


def only_here(ours: Ours, theirs: list[Listed]) -> Iterator[Difference]:
    """We settled something that the centre does not list."""
    listed = {row.settlement_no for row in theirs}
    for number, own in ours.items():
        if number not in listed:
            yield Difference(number, "only_here", ours=own.agency_paid)


def amounts_differ(ours: Ours, theirs: list[Listed]) -> Iterator[Difference]:
    """Both have it, with other amounts."""
    for row in theirs:
        own = ours.get(row.settlement_no)
        for field in MONEY if own else ():
            if getattr(own, field) != getattr(row, field):
                yield Difference(row.settlement_no, "differs", field, getattr(own, field), getattr(row, field))


def listed_twice(ours: Ours, theirs: list[Listed]) -> Iterator[Difference]:
    """The centre lists one settlement more than once."""
    for number, count in Counter(row.settlement_no for row in theirs).items():
        if count > 1:
            paid = sum((row.agency_paid for row in theirs if row.settlement_no == number), Decimal())
            own = ours.get(number)
            yield Difference(number, "twice", "agency_paid", own.agency_paid if own else None, paid)


RULES: tuple[Rule, ...] = (only_there, only_here, amounts_differ, listed_twice)


def compare(ours: Ours, theirs: Theirs) -> list[Difference]:
    """Everything that differs, rule by rule."""
    listed = list(theirs)
    return [difference for rule in RULES for difference in rule(ours, listed)]
