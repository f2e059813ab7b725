"""A desk of hospital A that clears a small city over the real wire: services here, the sandbox process there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from clearing.models import Application, ClearingRow, Generation, Scope
from clearing.services import accept_finding, request_generation, submit_application, verify_rows
from clearing.services.overview import OPEN_FINDING, live_rows
from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.gateway import client
from portal.gateway.journal import Operation, State, approve, resolve, send_queued
from portal.jobs import Job
from portal.jobs.models import JobState
from portal.jobs.tasks import run_job
from tests.clearing.cross_region_desk import CrossDesk, wait_for_quiet

REASON = "已与医保中心核实，按中心数据办理"


@dataclass
class Desk:
    """Alice prepares, bob approves; `party` is what the other side knows of us."""

    alice: Member
    bob: Member
    party: Any
    scope: Scope

    @property
    def institution_id(self) -> int:
        return self.alice.institution_id

    def tx(self) -> Any:
        return tenant_tx(self.institution_id)

    def do(self, act: Callable[..., Any], *args: Any, by: Member | None = None) -> Any:
        """One service in a transaction of its own."""
        with self.tx():
            return act(*args, by=by or self.alice)

    def approve(self, operation: Operation) -> None:
        with self.tx():
            approve(Operation.objects.get(pk=operation.pk), by=self.bob)

    def work(self, rounds: int = 8) -> None:
        """What a worker does until nothing is left: send, look into doubts, run jobs."""
        for _ in range(rounds):
            send_queued(self.institution_id, "clearing")
            with self.tx():
                doubtful = list(Operation.objects.filter(state__in=[State.IN_DOUBT, State.RESOLVING]))
                jobs = list(Job.objects.filter(state=JobState.QUEUED))
                waiting = Operation.objects.filter(state=State.QUEUED).exists()
            if not doubtful and not jobs and not waiting:
                return
            wait_for_quiet(doubtful)
            for operation in doubtful:
                resolve(self.institution_id, operation.pk)
            for job in jobs:
                run_job(self.institution_id, str(job.pk))

    def rows(self, **conditions: Any) -> list[ClearingRow]:
        with self.tx():
            return list(live_rows(self.scope).filter(**conditions).order_by("row_id"))

    def row(self, row: ClearingRow) -> ClearingRow:
        with self.tx():
            return ClearingRow.objects.get(pk=row.pk)

    def states(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for row in self.rows():
            found[row.state] = found.get(row.state, 0) + 1
        return found

    def operation(self, kind: str) -> Operation:
        """The newest operation of that kind."""
        with self.tx():
            return Operation.objects.filter(kind=kind).order_by("-created_at", "-id")[0]

    def operations(self, kind: str) -> int:
        with self.tx():
            return Operation.objects.filter(kind=kind).count()

    def generation(self) -> Generation:
        with self.tx():
            return Generation.objects.select_related("operation", "revocation").order_by("-requested_at", "-id")[0]

    def application(self) -> Application:
        with self.tx():
            found = Application.objects.select_related("operation", "cancellation")
            return found.order_by("-submitted_at", "-id")[0]

    def centre(self) -> dict[str, Any]:
        """Everything that the centre holds of us now."""
        return self.party.truth()["state"][self.party.app_code]

    def truth(self) -> dict[str, Any]:
        """What the centre holds of our scope."""
        scopes = self.centre()["scopes"]
        mine = [one for one in scopes if one["year"] == str(self.scope.year) and one["aka080"] == self.scope.insurance]
        return next(one for one in mine if one["qsjg00"] == self.scope.agency)

    # --- the year up to a step

    def generate(self) -> "Desk":
        self.do(request_generation, self.scope)
        self.work()
        return self

    def accept(self) -> "Desk":
        with self.tx():
            for row in live_rows(self.scope).filter(OPEN_FINDING):
                accept_finding(row, REASON, by=self.bob)
        return self

    def verify(self) -> "Desk":
        with self.tx():
            verify_rows(live_rows(self.scope), by=self.alice)
        self.work()
        return self

    def submit(self) -> Application:
        application = self.do(submit_application, self.scope)
        self.approve(application.operation)
        self.work()
        return self.application()


@pytest.fixture
def quick(settings: Any, tmp_path: Any) -> None:
    """A minute of waiting takes 60 milliseconds; the spool is the test's own."""
    settings.PORTAL_QUIET_FACTOR = 0.001
    settings.SPOOL_DIR = tmp_path / "spool"


@pytest.fixture
def desk(
    transactional_db: None,
    quick: None,
    alice_member: Member,
    bob_member: Member,
    counterpart: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> Desk:
    """Nothing is generated yet; 2025, employees, the local agency, twelve institutions."""
    party = counterpart("CLEARING", timeout=3, options={"institutions": 12, "broken_rows": 3})
    monkeypatch.setattr(client, "wire_settings", lambda gateway, environment: party.settings)
    return Desk(alice_member, bob_member, party, Scope("test", 2025, "001", "003"))


@pytest.fixture
def cross_desk(
    request: pytest.FixtureRequest,
    transactional_db: None,
    quick: None,
    alice_member: Member,
    bob_member: Member,
    national_counterpart: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> CrossDesk:
    """Nothing is fetched yet; October 2025 with 120 settlements, or as many as the test says."""
    party = national_counterpart("CROSS", timeout=3, options={"rows": getattr(request, "param", 120)})
    monkeypatch.setattr(client, "wire_settings", lambda gateway, environment: party.settings)
    return CrossDesk(alice_member, bob_member, party)
