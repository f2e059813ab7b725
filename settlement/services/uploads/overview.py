"""What waits, what went and what is wrong, number by number; three statements however many records there are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count
from django.utils import timezone

from portal.gateway.national import current_edition
from settlement.models import UploadPlan, UploadRecord, UploadRun, UploadRunState, UploadState
from settlement.rules.uploads import KINDS, Kind
from settlement.services.uploads.plans import NIGHT


@dataclass(frozen=True)
class Queue:
    """One number's records."""

    kind: Kind
    plan: UploadPlan
    counts: Counter[str] = field(default_factory=Counter)
    sent_today: int = 0
    run: UploadRun | None = None

    @property
    def waiting(self) -> int:
        return self.counts[UploadState.WAITING]

    @property
    def blocked(self) -> int:
        return self.counts[UploadState.BLOCKED]

    @property
    def refused(self) -> int:
        return self.counts[UploadState.REFUSED]

    @property
    def doubtful(self) -> int:
        return self.counts[UploadState.DOUBTFUL]

    @property
    def sending(self) -> int:
        return self.counts[UploadState.SENDING]

    @property
    def is_running(self) -> bool:
        return self.run is not None and self.run.state == UploadRunState.RUNNING

    @property
    def percent(self) -> int:
        run = self.run
        return min(100, (run.sent + run.refused) * 100 // run.total) if run and run.total else 0


def queues(environment: str) -> list[Queue]:
    """Every number that the edition in use knows, in the order of the pages."""
    edition = current_edition(environment)
    counts = open_counts(environment)
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    sent = UploadRecord.objects.filter(environment=environment, state=UploadState.SENT, sent_at__gte=today).order_by()
    gone = dict(sent.values_list("number").annotate(Count("pk")))
    plans = {one.number: one for one in UploadPlan.objects.filter(environment=environment)}
    latest = UploadRun.objects.filter(environment=environment).order_by("number", "-id").distinct("number")
    runs = {one.number: one for one in latest}
    return [
        Queue(
            kind=kind,
            plan=plans.get(number) or UploadPlan(environment=environment, number=number, at=NIGHT),
            counts=counts.get(number, Counter()),
            sent_today=gone.get(number, 0),
            run=runs.get(number),
        )
        for number, kind in KINDS.items()
        if edition.has(number)
    ]


def open_counts(environment: str) -> dict[str, Counter[str]]:
    """How many of each number are in which open state; one small index."""
    rows = UploadRecord.objects.filter(environment=environment, state__in=UploadState.open()).order_by()
    found: dict[str, Counter[str]] = {}
    for number, state, count in rows.values_list("number", "state").annotate(Count("pk")):
        found.setdefault(number, Counter())[state] = count
    return found
