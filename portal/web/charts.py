"""Charts with their data beside them: one declaration, drawn by chart.js, readable as a table without it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal
from zlib import crc32

from django.utils.functional import cached_property

#: bar: columns side by side; stacked: one on the other; horizontal: bars to the right, for long names; progress: parts
#: of one bar to the right; line: a course.
Kind = Literal["bar", "stacked", "horizontal", "progress", "line"]
Value = Decimal | int | None
NOTHING = "—"
#: As many as tokens of chart.css name colours for.
MOST_SERIES = 6


@dataclass(frozen=True)
class Series:
    """One row of values, one for each category; None is a gap. `total` says whether their sum means anything."""

    name: str
    values: Sequence[Value]
    total: bool = True


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    name: str
    url: str
    cells: list[str]


@dataclass(frozen=True)
class Chart:
    """What is drawn, and the table that says the same: `{% include "web/parts/chart.html" with chart=… %}`.

    `unit` is that of all values ("元": two places, otherwise whole numbers). `links` lead from the table's lines to
    what they are made of; "" for none. Titles of one page differ. Raises ValueError when values do not fit the
    categories.
    """

    title: str
    kind: Kind
    categories: Sequence[str]
    series: Sequence[Series]
    unit: str = "元"
    #: Heading of the table's first column.
    head: str = "项目"
    links: Sequence[str] = ()
    note: str = ""

    def __post_init__(self) -> None:
        if not 0 < len(self.series) <= MOST_SERIES:
            raise ValueError(f"a chart has 1 to {MOST_SERIES} series")
        if any(len(one.values) != len(self.categories) for one in self.series):
            raise ValueError(f"chart {self.title!r}: every series has one value for each category")
        if self.links and len(self.links) != len(self.categories):
            raise ValueError(f"chart {self.title!r}: one link for each category")

    @cached_property
    def key(self) -> str:
        """The element's id."""
        return f"chart-{crc32(self.title.encode()):08x}"

    @property
    def data_key(self) -> str:
        return f"{self.key}-data"

    @property
    def is_empty(self) -> bool:
        """Nothing but gaps and zeros: there is nothing to draw."""
        return not any(value for one in self.series for value in one.values)

    @property
    def description(self) -> str:
        """What a screen reader hears instead of the drawing."""
        sums = [f"{one.name}合计 {self.text(self._sum(one))} {self.unit}" for one in self.series if one.total]
        return f"{self.title}，{len(self.categories)} 项；{'；'.join(sums)}。数字见表格。"

    @property
    def lines(self) -> list[Line]:
        """The table's lines, in the order of the categories."""
        links = self.links or [""] * len(self.categories)
        return [
            Line(name, links[at], [self.text(one.values[at]) for one in self.series])
            for at, name in enumerate(self.categories)
        ]

    @property
    def has_totals(self) -> bool:
        return len(self.categories) > 1 and any(one.total for one in self.series)

    @property
    def totals(self) -> list[str]:
        return [self.text(self._sum(one)) if one.total else "" for one in self.series]

    @property
    def data(self) -> dict[str, Any]:
        """What chart.js draws; the texts are those of the table, so that no digit is lost on the way."""
        return {
            "kind": self.kind,
            "unit": self.unit,
            "categories": list(self.categories),
            "series": [
                {
                    "name": one.name,
                    "values": [None if value is None else float(value) for value in one.values],
                    "texts": [self.text(value) for value in one.values],
                }
                for one in self.series
            ],
        }

    def text(self, value: Value) -> str:
        if value is None:
            return NOTHING
        return f"{value:,.2f}" if isinstance(value, Decimal) else f"{value:,}"

    @staticmethod
    def _sum(one: Series) -> Value:
        known = [value for value in one.values if value is not None]
        return sum(known) if known else None
