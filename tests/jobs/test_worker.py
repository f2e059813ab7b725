"""The real worker process, killed and stopped in every way that matters."""

import os
import re
import signal
from pathlib import Path

import pytest

import portal.jobs.kinds as declarations
from clearing.messages import GenerateClearing, QueryClearing, VerifyClearing
from portal.access.door import tenant_tx
from portal.gateway.channels.models import Channel
from portal.gateway.journal import Operation, State, handlers, open_operation
from portal.gateway.journal.models import Attempt, Lease
from portal.gateway.journal.states import Outcome
from portal.jobs import Job, JobState, start
from tests.jobs.waiting import until
from tests.journal.verified import Verified


@pytest.fixture
def slow_job(transactional_db, hospital_a, alice_member, monkeypatch):
    monkeypatch.setitem(
        declarations._jobs,
        "tests.slow",
        declarations.Declared("tests.slow", "慢任务", lambda job: None, True, "jobs.view"),
    )

    def begin() -> Job:
        with tenant_tx(hospital_a.pk):
            return start("tests.slow", "k", by=alice_member)

    return begin


def read(job):
    with tenant_tx(job.institution_pk):
        return Job.objects.get(pk=job.pk)


def pid_of(job) -> int:
    found = re.search(r"pid (\d+)", read(job).note)
    return int(found[1]) if found else 0


def alive(pid: int) -> bool:
    """Whether it still runs: a dead process that nobody has collected yet does nothing any more."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


# --- killed in the middle of a job and of a gateway call


@pytest.fixture
def rows(transactional_db, hospital_a, counterpart):
    """A channel to the sandbox in the database, and generated rows at the other side."""
    party = counterpart("WORKER")
    kept = party.settings
    with tenant_tx(hospital_a.pk):
        Channel.objects.create(
            gateway="clearing",
            environment="test",
            base_url=kept.base_url,
            app_code=kept.app_code,
            provider_public_key=kept.provider_public_key,
            private_key=kept.private_key,
            public_key=kept.public_key,
            iv=kept.iv,
        )
    party.ask(GenerateClearing(year="2025", aka080="001")).require()
    page = party.ask(QueryClearing(year="2025", aka080="001", page=1, size=50)).require()
    return party, [row.row_id for row in page.rows]


def test_it_ends_the_job_and_finds_the_truth_about_the_call_whose_processes_were_killed(
    worker, slow_job, rows, hospital_a, alice_member, monkeypatch
):
    """One worker, both of its processes at work: each is killed in the middle of what it does."""
    monkeypatch.setitem(handlers._handlers, ("clearing", "verifyClearing"), Verified())
    party, [row, *_] = rows
    party.sandbox.switch_on("slow", count=1, seconds=6, codes=["verifyClearing"])
    job = slow_job()
    with tenant_tx(hospital_a.pk):
        operation = open_operation(VerifyClearing(row_ids=[row]), key=row, by=alice_member, title=f"核对 {row}")
    running = worker(SANDBOX_URL=party.sandbox.url)

    def now():
        with tenant_tx(hospital_a.pk):
            return Operation.objects.get(pk=operation.pk)

    until(lambda: now().state == State.SENDING)
    until(lambda: any(one["hits"] for one in party.sandbox.faults()))  # the other side has it
    with tenant_tx(hospital_a.pk):
        sender = int(Lease.objects.get().holder.split(":")[1])
    busy = until(lambda: read(job).done >= 3 and pid_of(job))
    assert {sender, busy} <= set(running.family())
    assert sender != busy
    os.kill(busy, signal.SIGKILL)
    os.kill(sender, signal.SIGKILL)
    with tenant_tx(hospital_a.pk):
        # The deadline of a real call is a minute or more; the test does not wait for it.
        Operation.objects.filter(pk=operation.pk).update(deadline="2020-01-01T00:00:00Z")
        Lease.objects.update(expires_at="2020-01-01T00:00:00Z")

    until(lambda: now().state == State.DONE)
    effects = party.effects("verifyClearing")
    assert len(effects) == 1
    with tenant_tx(hospital_a.pk):
        attempts = list(Attempt.objects.filter(operation=operation))
    assert attempts[0].outcome == Outcome.UNKNOWN
    assert effects[0]["nonce"] in {attempt.msgid for attempt in attempts}

    finished = until(lambda: read(job).state == JobState.DONE and read(job))
    assert (finished.run, finished.done) == (2, 12)
    family = set(running.family())
    assert running.stop() == 0
    assert not [pid for pid in family if alive(pid)]


def test_it_starts_a_frozen_queue_again_and_leaves_no_process_behind_when_the_supervisor_is_killed(worker, slow_job):
    running = worker()
    until(lambda: len(running.family()) > 5)
    frozen: set[int] = set()
    while moving := running.family().keys() - frozen - {running.process.pid}:  # one may have been starting another
        for pid in moving:
            os.kill(pid, signal.SIGSTOP)
        frozen |= moving
    job = slow_job()
    until(lambda: read(job).state == JobState.RUNNING)
    until(lambda: not [pid for pid in frozen if alive(pid)])
    family = set(running.family())
    assert len(family) >= 5
    running.process.kill()
    until(lambda: not [pid for pid in family - {running.process.pid} if alive(pid)])
