"""A desk that sends real verifications to the real sandbox over the real wire, with its own simple handler."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from clearing.messages import GenerateClearing, QueryClearing, VerifyClearing
from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.gateway import client, wire
from portal.gateway.journal import handlers, lease, sending
from portal.gateway.journal.handlers import request_of
from portal.gateway.journal.lease import Held
from portal.gateway.journal.models import Attempt, Evidence, Operation
from portal.gateway.journal.services import open_operation
from tests.journal.verified import INSURANCE, YEAR, Verified


@dataclass
class Desk:
    """Hospital A with its channel to the sandbox."""

    by: Member
    sandbox: Any
    party: Any
    handler: Verified
    rows: list[str] = field(default_factory=list)

    @property
    def institution_id(self) -> int:
        return self.by.institution_id

    def open(self, number: int = 0, *, by: Member | None = None, **more: Any) -> Operation:
        """Ask for row number … to be verified."""
        row = self.rows[number]
        with tenant_tx(self.institution_id):
            return open_operation(VerifyClearing(row_ids=[row]), key=row, by=by or self.by, title=f"核对 {row}", **more)

    def now(self, operation: Operation) -> Operation:
        with tenant_tx(self.institution_id):
            return Operation.objects.get(pk=operation.pk)

    def attempts(self, operation: Operation) -> list[Attempt]:
        with tenant_tx(self.institution_id):
            return list(Attempt.objects.filter(operation=operation).order_by("n"))

    def evidence(self, operation: Operation) -> list[Evidence]:
        with tenant_tx(self.institution_id):
            return list(Evidence.objects.filter(operation=operation))

    def lease(self) -> Held:
        held = lease.take(self.institution_id, "clearing", "test")
        assert held is not None
        return held

    def prepare(self, operation: Operation) -> wire.Prepared[Any]:
        return wire.prepare(self.party.settings, request_of(operation), wire.new_msgid(self.party.settings))

    def claim(self, operation: Operation, held: Held) -> sending.Claimed:
        """The operation in the hands of a sender that has not sent it yet."""
        read = self.now(operation)
        claimed = sending.claim(read, held, self.prepare(read))
        assert claimed is not None
        return claimed

    def update(self, operation: Operation, **values: Any) -> None:
        with tenant_tx(self.institution_id):
            Operation.objects.filter(pk=operation.pk).update(**values)

    def effects(self, row: str = "") -> list[dict[str, Any]]:
        """What the other side says happened to this row (all rows)."""
        return [one for one in self.party.effects("verifyClearing") if not row or row in str(one)]


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
    counterpart: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> Desk:
    handler = Verified()
    monkeypatch.setitem(handlers._handlers, ("clearing", "verifyClearing"), handler)
    party = counterpart("JOURNAL", timeout=2, options={"institutions": 12})
    monkeypatch.setattr(client, "wire_settings", lambda gateway, environment: party.settings)
    desk = Desk(alice_member, party.sandbox, party, handler)
    party.ask(GenerateClearing(year=YEAR, aka080=INSURANCE)).require()
    page = party.ask(QueryClearing(year=YEAR, aka080=INSURANCE, page=1, size=500)).require()
    desk.rows = [row.row_id for row in page.rows]
    return desk
