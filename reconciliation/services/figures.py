"""Counts and amounts of differences by kind, and how long they have been open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, Max, Min, Q, QuerySet, Sum, Value, When
from django.utils import timezone

from reconciliation.models import Difference, DifferenceKind, DifferenceState, Sighting

ZERO = Decimal("0.00")
#: Days after which a difference counts as older: the last has no end.
AGES = ((0, "1 天内"), (1, "1–3 天"), (3, "3–7 天"), (7, "7–30 天"), (30, "30 天以上"))


@dataclass(frozen=True)
class KindFigures:
    """One kind of difference: how many, how many open, and what they do to the sums (ours minus theirs, yuan)."""

    kind: str
    label: str
    count: int
    open: int
    total: Decimal
    fund: Decimal
    oldest: datetime | None


def by_kind(rows: QuerySet[Difference]) -> list[KindFigures]:
    """In the order of the kinds; only those that occur."""
    return _figures(rows.annotate(told=F("kind")), "")


def by_kind_seen(rows: QuerySet[Sighting]) -> list[KindFigures]:
    """The same of what a run saw, with the run's own figures; what was only under way then is still told as that."""
    under_way = When(kind=DifferenceKind.PENDING, then=Value(str(DifferenceKind.PENDING)))
    return _figures(rows.annotate(told=Case(under_way, default=F("difference__kind"))), "difference__")


def _figures(rows: QuerySet[Any], about: str) -> list[KindFigures]:
    is_open = Q(**{f"{about}state__in": DifferenceState.live()})
    found = {
        row["told"]: row
        for row in rows.order_by()
        .values("told")
        .annotate(
            n=Count("pk"),
            live=Count("pk", filter=is_open),
            total_sum=Sum("total_gap"),
            fund_sum=Sum("fund_gap"),
            oldest=Min(f"{about}found_at", filter=is_open),
        )
    }
    return [
        KindFigures(
            kind,
            str(DifferenceKind(kind).label),
            found[kind]["n"],
            found[kind]["live"],
            found[kind]["total_sum"] or ZERO,
            found[kind]["fund_sum"] or ZERO,
            found[kind]["oldest"],
        )
        for kind in DifferenceKind.values
        if kind in found
    ]


@dataclass(frozen=True)
class Age:
    """Open differences found within some days."""

    label: str
    count: int
    total: Decimal
    since: int


def ages(rows: QuerySet[Difference], now: datetime | None = None) -> list[Age]:
    """Open exceptions by how long ago they were found, the youngest first; one query."""
    now = now or timezone.now()
    mine = rows.filter(state__in=DifferenceState.live()).exclude(kind=DifferenceKind.PENDING).order_by()
    asked: dict[str, Any] = {}
    for place, (days, _) in enumerate(AGES):
        within = Q(found_at__lte=now - timedelta(days=days)) if days else Q()
        if place + 1 < len(AGES):
            within &= Q(found_at__gt=now - timedelta(days=AGES[place + 1][0]))
        asked |= {f"n{place}": Count("pk", filter=within), f"sum{place}": Sum("total_gap", filter=within)}
    found = mine.aggregate(**asked)
    return [
        Age(label, found[f"n{place}"], found[f"sum{place}"] or ZERO, days) for place, (days, label) in enumerate(AGES)
    ]


def newest(rows: QuerySet[Difference]) -> datetime | None:
    """When the last of them was seen."""
    found: datetime | None = rows.order_by().aggregate(at=Max("seen_at"))["at"]
    return found
