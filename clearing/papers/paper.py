"""A gathered paper: everything that stands on it, in memory; nothing here asks the database."""

from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from clearing.models import Scope
from clearing.papers.kinds import PaperColumn, PaperKind, cells_of, sums_of
from portal.access.models import Institution
from portal.access.models.institution import Environment
from portal.papers import capitals

#: Amounts from here on are printed smaller, so that their column holds them.
WIDE = Decimal(10) ** 9
ZERO = Decimal("0.00")
SIGNS = ("经办人", "复核人", "单位负责人")


@dataclass
class Totals:
    """Sums of rows, in yuan; `visits` stays 0 on papers that do not count them."""

    summed: tuple[str, ...]
    count: int = 0
    visits: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.amounts = dict.fromkeys(self.summed, ZERO)

    def add(self, row: Any) -> None:
        self.count += 1
        self.visits += getattr(row, "visit_count", 0)
        for name in self.summed:
            self.amounts[name] += getattr(row, name)

    @property
    def is_wide(self) -> bool:
        return any(abs(amount) >= WIDE for amount in self.amounts.values())

    def sums(self) -> dict[str, Any]:
        """By column name."""
        return {"visit_count": self.visits, **self.amounts}


@dataclass(frozen=True)
class Line:
    """One row of the table, with its number on the paper."""

    number: int
    row: Any
    kind: PaperKind

    def __getattr__(self, name: str) -> Any:
        return getattr(self.row, name)

    @property
    def is_marked(self) -> bool:
        return bool(self.row.finding_count)

    @property
    def printed_name(self) -> str:
        return f"{self.row.provider_name} *" if self.is_marked else str(self.row.provider_name)

    @property
    def cells(self) -> list[tuple[str, str]]:
        cells = cells_of(self.kind, self)
        cells[self.kind.place("provider_name")] = ("", self.printed_name)
        return cells

    @property
    def is_wide(self) -> bool:
        return any(abs(getattr(self.row, name)) >= WIDE for name in self.kind.summed)


@dataclass
class Group:
    """The rows of one region."""

    code: str
    label: str
    kind: PaperKind
    totals: Totals
    lines: list[Line] = field(default_factory=list)

    @property
    def sums(self) -> list[tuple[str, str]]:
        return sums_of(self.kind, self.totals.sums(), self.span)

    @property
    def span(self) -> int:
        return span_of(self.kind)


@dataclass
class Paper:
    """A paper of one kind and scope: rows by region with sub-totals, totals, and the payable sum in capitals.

    `providers` holds the codes that it was restricted to, and is empty when it holds all of the scope.
    """

    kind: PaperKind
    scope: Scope
    institution: Institution
    subtitle: str
    facts: tuple[tuple[str, str], ...] = ()
    providers: tuple[str, ...] = ()
    printed_by: str = ""
    audit_mark: str = ""
    groups: list[Group] = field(default_factory=list)
    marked: int = 0
    #: Rows that somebody ticked: no paper of a scope.
    is_chosen: bool = False
    signs: tuple[str, ...] = SIGNS

    @cached_property
    def totals(self) -> Totals:
        return Totals(self.kind.summed)

    @property
    def count(self) -> int:
        return self.totals.count

    @property
    def payable(self) -> Decimal:
        """The sum that is written in capitals, in yuan."""
        return self.totals.amounts[self.kind.payable]

    @property
    def capitals(self) -> str:
        return capitals(self.payable)

    @property
    def period(self) -> str:
        """What the head of every page says, shorter than the subtitle."""
        words = [f"{self.scope.year} 年度", self.scope.insurance_label.removesuffix("基本医疗保险")]
        return "　".join([*words, self.scope.agency_label] if self.kind.by_agency else words)

    @property
    def is_test(self) -> bool:
        return self.scope.environment == Environment.TEST

    @property
    def columns(self) -> tuple[PaperColumn, ...]:
        return self.kind.columns

    @property
    def sums(self) -> list[tuple[str, str]]:
        return sums_of(self.kind, self.totals.sums(), self.span)

    @property
    def span(self) -> int:
        """How many columns the label of a row of sums covers."""
        return span_of(self.kind)

    def take(self, rows: Collection[Any], order: dict[str, int]) -> "Paper":
        """Put the rows on the paper, by region in that order; rows of one region as they come."""
        for row in sorted(rows, key=lambda row: (order.get(row.region, len(order)), row.region)):
            if not self.groups or self.groups[-1].code != row.region:
                self.groups.append(Group(row.region, row.region_label, self.kind, Totals(self.kind.summed)))
            group = self.groups[-1]
            self.totals.add(row)
            group.totals.add(row)
            group.lines.append(Line(self.totals.count, row, self.kind))
            self.marked += row.finding_count > 0
        return self


def span_of(kind: PaperKind) -> int:
    return next(
        place for place, column in enumerate(kind.columns) if column.name in kind.summed or column.name == "visit_count"
    )
