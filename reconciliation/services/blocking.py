"""What keeps a month from its end: open differences, and settlements of which nobody knows whether they happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.urls import reverse

from portal.ledger.facts import Span, Standing
from portal.ledger.models import Entry
from portal.ledger.reading import entries_between
from reconciliation.models import Difference, DifferenceKind, DifferenceState

#: Rows of the list; the counts are of all.
MOST = 200


@dataclass(frozen=True)
class Blocking:
    """One row that has to be dealt with first."""

    what: str
    number: str
    day: date
    person: str
    amount: Decimal
    tone: str
    url: str

    @property
    def sentence(self) -> str:
        return f"{self.day:%m-%d} {self.number} {self.what}"


def open_differences(environment: str, family: str, begin: date, end: date) -> QuerySet[Difference]:
    """Live differences of these days, those included that a run within them saw last."""
    mine = Difference.objects.filter(environment=environment, family=family, state__in=DifferenceState.live())
    here = Q(day__gte=begin, day__lt=end) | Q(last_run__begin__gte=begin, last_run__end__lte=end)
    return mine.filter(here).exclude(kind=DifferenceKind.PENDING).order_by("day", "id")


def open_entries(environment: str, family: str, begin: date, end: date) -> QuerySet[Entry]:
    """Entries that are under way or in doubt."""
    rows = entries_between(Span(environment, begin, end), family=family)
    return rows.exclude(standing=Standing.SETTLED).order_by("day", "pk")


def blocking(environment: str, family: str, begin: date, end: date, *, most: int = MOST) -> list[Blocking]:
    """The first of them, differences before doubts; inside the door."""
    found = [
        Blocking(
            f"差异：{one.get_kind_display()}（{one.get_state_display()}）",
            one.number or one.setl_id or one.msgid,
            one.day,
            one.person,
            one.total_gap,
            one.tone,
            reverse("reconciliation:difference-detail", args=[one.pk]),
        )
        for one in open_differences(environment, family, begin, end)[:most]
    ]
    for entry in open_entries(environment, family, begin, end)[: most - len(found)]:
        url = reverse("reconciliation:entry-detail", args=[entry.pk])
        what = f"结算{entry.get_standing_display()}"
        found.append(Blocking(what, entry.number, entry.day, entry.person, entry.total, "doubt", url))
    return found


def blocked_by(environment: str, family: str, begin: date, end: date) -> int:
    """How many there are."""
    differences = open_differences(environment, family, begin, end).count()
    return differences + open_entries(environment, family, begin, end).count()
