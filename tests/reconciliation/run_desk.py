"""An institution that reconciles with the sandbox's book over the real wire."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.gateway.channels.services import install_channel
from portal.gateway.journal import Attempt, send_queued
from portal.jobs import Job, JobState
from portal.jobs.tasks import run_job
from portal.ledger.facts import EntryFacts, Source
from portal.ledger.gathering import write
from reconciliation.models import Run, Total
from reconciliation.services.runs import run_again, start_run
from tests.sandbox_process import Counterpart

#: What channels of the national interface hold.
CHANNEL = ("base_url", "app_code", "secret_key", "medins_code", "medins_name", "region")


@dataclass
class RunDesk:
    """Institution A with its channel to the sandbox; `by` works, `reviewer` closes months."""

    by: Member
    reviewer: Member
    party: Counterpart

    @property
    def institution_id(self) -> int:
        return self.by.institution_id

    def door(self) -> Any:
        return tenant_tx(self.institution_id)

    # --- the two books

    def act(self, name: str, **asked: Any) -> Any:
        return self.party.sandbox.act("national", name, party=self.party.app_code, **asked)

    def centre(self, day: date, count: int, **more: Any) -> None:
        """So many invented settlements of a day at the centre."""
        self.act("fill_book", day=f"{day}", count=count, **more)

    def theirs(self, first: date, last: date) -> list[dict[str, Any]]:
        return list(self.act("book", first=f"{first}", last=f"{last}")["list"])

    def copy(self, rows: Iterable[dict[str, Any]]) -> None:
        """Write the centre's rows into our book, as a hospital's system would have told them."""
        with self.door():
            write([as_facts(one) for one in rows], environment="test", source=Source.BROUGHT)

    def both(self, day: date, count: int, **more: Any) -> list[dict[str, Any]]:
        """The same settlements in both books."""
        self.centre(day, count, **more)
        rows = self.theirs(day, day)
        self.copy(rows)
        return rows

    # --- what people and workers do

    def reconcile(self, kind: str, begin: date, end: date | None = None, *, by: Member | None = None) -> Run:
        with self.door():
            run = start_run(kind, begin, end, by=by or self.by)
        self.carry()
        return self.again(run)

    def once_more(self, run: Run) -> Run:
        with self.door():
            run_again(run, by=self.by)
        self.carry()
        return self.again(run)

    def carry(self, rounds: int = 5) -> None:
        """Until nothing moves without a person."""
        for _ in range(rounds):
            if not self.run_jobs() and not send_queued(self.institution_id, "national"):
                return

    def run_jobs(self) -> int:
        with self.door():
            queued = list(Job.objects.filter(state=JobState.QUEUED).values_list("pk", flat=True))
        for pk in queued:
            run_job(self.institution_id, str(pk))
        return len(queued)

    # --- what came of it

    def again(self, run: Run) -> Run:
        with self.door():
            return Run.objects.get(pk=run.pk)

    def totals(self, run: Run, **which: Any) -> list[Total]:
        with self.door():
            rows = Total.objects.select_related("operation").order_by("id")
            return list(rows.filter(run=run, round=run.round, **which))

    def sent(self, code: str) -> int:
        """How many messages of that number left."""
        with self.door():
            return Attempt.objects.filter(kind=code).count()

    def effects(self) -> list[dict[str, Any]]:
        return [one for one in self.party.truth()["effects"] if one["code"] == "3201"]


def as_facts(row: dict[str, Any], **changes: Any) -> EntryFacts:
    """A row of the centre's book as our own entry."""
    facts = {
        "family": "national",
        "number": row["refunds"] or row["setl_id"],
        "settled_at": datetime.fromisoformat(row["at"]),
        "total": Decimal(row["medfee_sumamt"]),
        "fund": Decimal(row["fund_pay_sumamt"]),
        "account": Decimal(row["acct_pay"]),
        "cash": Decimal(row["cash_payamt"]),
        "is_refund": row["is_refund"],
        "setl_id": row["setl_id"],
        "mdtrt_id": row["mdtrt_id"],
        "msgid": row["msgid"],
        "person_no": row["psn_no"],
        "insutype": row["insutype"],
        "clr_type": row["clr_type"],
        "clr_optins": row["setl_optins"],
    }
    return EntryFacts(**{**facts, **changes})


def desk_of(by: Member, reviewer: Member, party: Counterpart) -> RunDesk:
    """The desk, with the party's channel in the database."""
    with tenant_tx(by.institution_id):
        install_channel("national", "test", {name: getattr(party.settings, name) for name in CHANNEL})
    return RunDesk(by, reviewer, party)
