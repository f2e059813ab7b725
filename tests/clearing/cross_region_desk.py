"""A desk of hospital A that clears a month of cross-region settlements over the real national wire."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from clearing.models import CrossRegionBatch, CrossRegionMonth, CrossRegionRow
from clearing.services.cross_region import confirm_month, decide, month_of, request_fetch
from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.gateway.journal import Operation, State, approve, resolve, send_queued
from portal.jobs import Job
from portal.jobs.models import JobState
from portal.jobs.tasks import run_job

YEAR, MONTH = 2025, 10
#: Seconds: a look that comes later than this is not waited for in one round.
LONGEST = 0.35
PERIOD = "2025-10"
REASON = "非本院结算，已电话核实"


def wait_for_quiet(doubtful: Sequence[Operation]) -> None:
    """Until the first of them may be looked into; at the tests' pace that is a fraction of a second."""
    whens = [one.quiet_until if one.state == State.IN_DOUBT else one.next_look_at for one in doubtful]
    left = min(((when - timezone.now()).total_seconds() for when in whens if when), default=0.0)
    if left > 0:
        time.sleep(min(left + 0.005, LONGEST))


@dataclass
class CrossDesk:
    """Alice prepares, bob approves; `party` is what the other side knows of us."""

    alice: Member
    bob: Member
    party: Any

    def tx(self) -> Any:
        return tenant_tx(self.alice.institution_id)

    def do(self, act: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """One service in a transaction of its own."""
        with self.tx():
            return act(*args, by=more.pop("by", self.alice), **more)

    def approve(self, operation: Operation) -> None:
        with self.tx():
            approve(Operation.objects.get(pk=operation.pk), by=self.bob)

    def work(self, rounds: int = 8) -> None:
        """What a worker does until nothing is left that it can do: send, look into doubts, run jobs."""
        for _ in range(rounds):
            send_queued(self.alice.institution_id, "national")
            with self.tx():
                doubtful = list(Operation.objects.filter(state__in=[State.IN_DOUBT, State.RESOLVING]))
                jobs = list(Job.objects.filter(state=JobState.QUEUED))
                waiting = Operation.objects.filter(state=State.QUEUED).exists()
            if not doubtful and not jobs and not waiting:
                return
            wait_for_quiet(doubtful)
            for operation in doubtful:
                resolve(self.alice.institution_id, operation.pk)
            for job in jobs:
                run_job(self.alice.institution_id, str(job.pk))

    def month(self) -> CrossRegionMonth:
        with self.tx():
            return month_of(self.alice, YEAR, MONTH)

    def fetch(self) -> "CrossDesk":
        self.do(request_fetch, YEAR, MONTH)
        self.work()
        return self

    def rows(self, **conditions: Any) -> list[CrossRegionRow]:
        with self.tx():
            return list(CrossRegionRow.objects.filter(**conditions).order_by("sequence"))

    def decide(self, decision: str, reason: str = "", **conditions: Any) -> int:
        with self.tx():
            return decide(CrossRegionRow.objects.filter(**conditions), decision, reason, by=self.alice)

    def decide_all(self, declined: int = 2) -> "CrossDesk":
        """The first rows are declined, the others confirmed."""
        self.decide("decline", REASON, sequence__lte=declined)
        self.decide("confirm", sequence__gt=declined)
        return self

    def confirm(self) -> list[CrossRegionBatch]:
        return list(self.do(confirm_month, self.month()))

    def batches(self) -> list[CrossRegionBatch]:
        with self.tx():
            found = CrossRegionBatch.objects.select_related("month", "operation", "rollback")
            return list(found.order_by("number"))

    def states(self) -> list[str]:
        return [batch.state for batch in self.batches()]

    def standings(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for row in self.rows():
            found[row.standing] = found.get(row.standing, 0) + 1
        return found

    def operation(self, batch: CrossRegionBatch) -> Operation:
        with self.tx():
            assert batch.operation_id
            return Operation.objects.get(pk=batch.operation_id)

    def centre(self) -> dict[str, Any]:
        """What the centre holds of our month."""
        months = self.party.truth()["state"][self.party.app_code]["months"]
        return next(one for one in months if one["month"] == PERIOD)

    def live(self) -> list[str]:
        """Message ids of the confirmations that the centre holds."""
        held = self.party.truth()["state"][self.party.app_code]["confirmations"]
        return [one["inf_refmsgid"] for one in held if one["live"]]
