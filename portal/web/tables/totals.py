"""Count and sums over the whole filter, by SQL, in one query."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum

from portal.web.tables.columns import Column

#: More matching rows than this are counted after the page is shown, not before (design 6: a page stays O(page)).
AT_ONCE = 20_000


@dataclass(frozen=True)
class Totals:
    """Number of rows and sums by column name; `known` is False when there were too many to count at once."""

    count: int
    sums: dict[str, Decimal | int] = field(default_factory=dict)
    known: bool = True


def totals_of(rows: QuerySet[Any], columns: tuple[Column, ...], *, at_once: int | None = AT_ONCE) -> Totals:
    """Totals of every column declared with total=True; with `at_once`, gives up beyond that many rows."""
    summed = {f"sum_{column.name}": Sum(column.name) for column in columns if column.total}
    bare = rows.order_by()
    if at_once is not None:
        bare = bare[: at_once + 1]
    found = bare.aggregate(row_count=Count("pk"), **summed)
    count = found.pop("row_count")
    if at_once is not None and count > at_once:
        return Totals(at_once, known=False)
    return Totals(count, {name.removeprefix("sum_"): value or Decimal() for name, value in found.items()})
