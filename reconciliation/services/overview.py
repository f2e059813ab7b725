"""One day at a glance: every gateway that an institution uses, whether its books agree, and the days before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Q, Sum

from portal.ledger.facts import ZERO, Span, Standing
from portal.ledger.reading import entries_between
from reconciliation.models import Difference, DifferenceKind, DifferenceState, Run, RunKind, RunState
from reconciliation.services.families import families_of, family_title

#: Days that the strip beside a gateway shows, the chosen one last.
DAYS = 7


@dataclass(frozen=True)
class Book:
    """What our book has of a gateway and day; yuan. `unsure`: under way or in doubt, not counted in the sums."""

    count: int = 0
    unsure: int = 0
    total: Decimal = ZERO
    fund: Decimal = ZERO


@dataclass(frozen=True)
class KindCount:
    kind: str
    count: int

    @property
    def label(self) -> str:
        return str(DifferenceKind(self.kind).label)


@dataclass(frozen=True)
class Light:
    """One day of one gateway: its run, if there is one, and what it means in a word."""

    day: date
    run: Run | None
    is_expected: bool

    @property
    def tone(self) -> str:
        """Green is only what a run found to agree; without anything to reconcile there is no colour."""
        if self.run is not None:
            return self.run.tone
        return "warn" if self.is_expected else ""

    @property
    def label(self) -> str:
        if self.run is not None:
            return str(self.run.get_state_display())
        return "没有对账" if self.is_expected else "没有结算"


@dataclass(frozen=True)
class FamilyDay:
    """One gateway on the chosen day."""

    family: str
    title: str
    light: Light
    book: Book
    kinds: list[KindCount] = field(default_factory=list)
    strip: list[Light] = field(default_factory=list)

    @property
    def open(self) -> int:
        return sum(one.count for one in self.kinds)

    @property
    def run(self) -> Run | None:
        return self.light.run


def overview(environment: str, day: date) -> list[FamilyDay]:
    """Every gateway in use, on that day; inside the door. What it asks does not grow with the rows shown."""
    families = families_of(environment)
    first = day - timedelta(days=DAYS - 1)
    span = Span(environment, first, day + timedelta(days=1))
    books, runs, kinds = _books(span), _runs(span), _kinds(environment, day)
    days = [first + timedelta(days=place) for place in range(DAYS)]
    found = []
    for family in families:
        strip = [Light(one, _run_of(runs[family], one), (family, one) in books) for one in days]
        book = books.get((family, day), Book())
        found.append(FamilyDay(family, family_title(family), strip[-1], book, kinds[family], strip))
    return found


def _books(span: Span) -> dict[tuple[str, date], Book]:
    settled = Q(standing=Standing.SETTLED)
    rows = (
        entries_between(span)
        .order_by()
        .values("family", "day")
        .annotate(
            n=Count("pk", filter=settled),
            unsure=Count("pk", filter=~settled),
            total_sum=Sum("total", filter=settled, default=ZERO),
            fund_sum=Sum("fund", filter=settled, default=ZERO),
        )
    )
    return {
        (one["family"], one["day"]): Book(one["n"], one["unsure"], one["total_sum"], one["fund_sum"]) for one in rows
    }


def _runs(span: Span) -> dict[str, list[Run]]:
    rows = Run.objects.filter(environment=span.environment, begin__lt=span.end, end__gt=span.begin)
    found: dict[str, list[Run]] = defaultdict(list)
    for one in rows.defer("rounds", "counts"):
        found[one.family].append(one)
    return found


def _run_of(runs: Sequence[Run], day: date) -> Run | None:
    """The day's own run, otherwise the shortest that covers it."""
    covering = [one for one in runs if one.begin <= day < one.end]
    return min(covering, key=lambda one: (one.kind != RunKind.DAY, one.end - one.begin), default=None)


def _kinds(environment: str, day: date) -> dict[str, list[KindCount]]:
    """Open differences of the day by kind; what is only under way is none."""
    rows = Difference.objects.filter(environment=environment, day=day, state__in=DifferenceState.live())
    counted = rows.exclude(kind=DifferenceKind.PENDING).order_by().values("family", "kind").annotate(n=Count("pk"))
    found: dict[str, list[KindCount]] = defaultdict(list)
    for one in sorted(counted, key=lambda row: DifferenceKind.values.index(row["kind"])):
        found[one["family"]].append(KindCount(one["kind"], one["n"]))
    return found


def verdict(rows: Sequence[FamilyDay]) -> tuple[str, str]:
    """The day in one sentence, and its colour: green only when every gateway that had anything is."""
    if not rows:
        return "还没有启用需要对账的接口", ""
    states = [one.run.state if one.run else None for one in rows if one.run or one.light.is_expected]
    if not states:
        return "当天没有结算，不需要对账", ""
    wrong = [one.title for one in rows if one.open or (one.run and one.run.state == RunState.DIFFERENT)]
    broken = [one.title for one in rows if one.run and one.run.state == RunState.FAILED and one.title not in wrong]
    if wrong or broken:
        told = [f"{'、'.join(wrong)}不平，请处理" if wrong else "", f"{'、'.join(broken)}没有对完" if broken else ""]
        return "；".join(filter(None, told)), "bad"
    if any(one is None for one in states):
        return "有接口还没有对账", "warn"
    if all(one == RunState.BALANCED for one in states):
        return "所有接口都平", "good"
    return "对账还没有结束", "brand"
