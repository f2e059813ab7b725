"""An admission's fees by category: how far each is, and what the centre has of it. Yuan."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum

from injury.models import Admission, FeeItem, FeeState
from injury.models.upload import category_label
from injury.services.standing import FeeStanding

ZERO = Decimal()


@dataclass(frozen=True, slots=True)
class CategoryTotal:
    """One category; `uploaded` is what is proven to be at the centre, `centre` None while nothing valid was read."""

    category: str
    count: int
    total: Decimal
    waiting: Decimal
    held: Decimal
    uploaded: Decimal
    centre: Decimal | None
    difference: Decimal | None

    @property
    def label(self) -> str:
        return category_label(self.category)


def totals_of(admission: Admission, standing: FeeStanding) -> list[CategoryTotal]:
    """By category code; one statement. What was dropped does not count."""
    rows = FeeItem.objects.filter(admission=admission).exclude(state=FeeState.DROPPED).order_by().values("category")
    ours = {
        row["category"]: row
        for row in rows.annotate(
            count=Count("pk"),
            total=Sum("amount"),
            waiting=Sum("amount", filter=Q(state=FeeState.WAITING), default=ZERO),
            held=Sum("amount", filter=Q(state=FeeState.HELD), default=ZERO),
        )
    }
    known = {one.category: one for one in standing.categories}
    found = []
    for category in sorted(set(ours) | set(known)):
        row: Any = ours.get(category, {"count": 0, "total": ZERO, "waiting": ZERO, "held": ZERO})
        one = known.get(category)
        found.append(
            CategoryTotal(
                category,
                row["count"],
                row["total"],
                row["waiting"],
                row["held"],
                one.ours if one else ZERO,
                one.centre if one else (ZERO if standing.centre is not None else None),
                one.difference if one else (ZERO if standing.centre is not None else None),
            )
        )
    return found


def sums_of(totals: list[CategoryTotal]) -> dict[str, Any]:
    """The figures of all categories together."""
    return {name: sum(getattr(one, name) for one in totals) for name in ("count", "total", "waiting", "held")}
