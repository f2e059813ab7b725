"""Every fault at once, workers killed, clerks who press a hundred times: nothing doubled, nothing lost, all proven."""

import os
import random
import signal
import threading
import time
from contextlib import suppress

import pytest
from django.db import connection, connections
from django.utils import timezone

from injury.models import Admission, EpochState, FeeEpoch, FeeItem, FeeState
from injury.services.refusals import Refused
from injury.services.uploading import driving, request_wipe, start_check, start_upload
from injury.services.uploading.outcomes import Uploading
from injury.tasks import look_after_uploads
from portal.gateway.journal import Attempt, Evidence, NotApplied, Operation, Outcome, State, doubt, send_queued
from portal.gateway.journal.invariants import Truth, check_everything
from portal.gateway.journal.models import Lease
from portal.gateway.sessions.acts import carry_out
from portal.gateway.sessions.models import GatewaySession, SessionState
from portal.jobs import Job, JobState
from portal.jobs.tasks import repair_jobs
from tests.injury.upload_desk import UPLOAD, WIPE

LONG_AGO = "2020-01-01T00:00:00Z"
LINES, KILLS, PRESSES = 30, 30, 100


@pytest.fixture
def desk(uploads, settings):
    settings.PORTAL_QUIET_FACTOR = 0.003
    return uploads


def truth(desk):
    told = desk.party.truth()
    own = tuple(one for one in told["effects"] if one["code"] in (UPLOAD, WIPE))
    return Truth("injury", "test", own, told["state"])


def work_once(desk):
    """What workers and the sweep do, once around; quiet periods run their real (shortened) length."""
    desk.run_jobs()
    send_queued(desk.institution_id, "injury")
    with desk.door():
        due = list(Operation.objects.filter(doubt.due(timezone.now())).values_list("pk", flat=True))
    for pk in due:
        doubt.resolve(desk.institution_id, pk)
    doubt.look_after(desk.institution_id)
    repair_jobs(desk.institution_id)
    look_after_uploads(desk.institution_id)


def people_do_their_part(desk):
    """A reviewer approves what was proposed; after three times a clerk asks for it and the reviewer agrees. The account
    of a worker that was killed while it signed in is taken over."""
    with desk.door():
        is_taken = GatewaySession.objects.filter(state=SessionState.TAKEN).exists()
    if is_taken:
        carry_out(desk.institution_id, "injury", "test", "over")
    with desk.door():
        stuck = list(FeeEpoch.objects.filter(state=EpochState.PEOPLE).select_related("admission"))
        for epoch in stuck:
            with suppress(Refused):
                request_wipe(epoch.admission, reason="核对过，重新上传", again=True, by=desk.by)
        drafts = list(FeeEpoch.objects.filter(wipe__state=State.DRAFT).select_related("admission"))
    for epoch in drafts:
        desk.approve_wipe(epoch.admission)


def everything_is_complete():
    return not FeeEpoch.objects.exclude(state__in=[EpochState.COMPLETE, EpochState.WIPED]).exists()


def all_complete(desk):
    with desk.door():
        return everything_is_complete()


def look_again(desk, stays):
    """At the gate the sums are read once more."""
    with desk.door():
        for stay in stays:
            start_check(stay, by=desk.by)


def carry_through(desk, stays, work, seconds=60):
    """Until every gate is open after a reading of its own; what runs late meanwhile is found by it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        work(desk)
        people_do_their_part(desk)
        if all_complete(desk):
            time.sleep(0.5)  # what runs late has run by then
            look_again(desk, stays)
            work(desk)
            if all_complete(desk):
                return
    with desk.door():
        raise AssertionError([(one.admission.number, one.state, one.note) for one in FeeEpoch.objects.all()])


def assert_nothing_doubled_or_lost(desk, stays):
    for stay in stays:
        assert desk.differences(stay) == []
        standing = desk.standing(stay)
        assert (standing.uploaded, standing.gate) == (LINES, "")
    assert [str(one) for one in check_everything([truth(desk)])] == []
    with desk.door():
        unknown = Attempt.objects.filter(outcome=Outcome.UNKNOWN, operation__isnull=False)
        proven = set(Evidence.objects.values_list("attempt", flat=True))
        assert unknown.exists()
        assert [one.pk for one in unknown if one.pk not in proven] == []


def test_dropped_late_and_partial_messages_neither_double_nor_lose(desk):
    stays = desk.admit("ZY1", "ZY2", "ZY3")
    sandbox = desk.sandbox
    sandbox.switch_on("drop_response", rate=0.10, seed="dropped", codes=[UPLOAD, WIPE])
    sandbox.switch_on("late_execution", rate=0.05, seed="late ones", seconds=0.4, codes=[UPLOAD])
    sandbox.switch_on("partial_batch", rate=0.04, seed="halves", codes=[UPLOAD])
    sandbox.switch_on("drop_request", rate=0.04, seed="never", codes=[UPLOAD, WIPE])
    for stay in stays:
        desk.charge(stay, LINES)
        desk.upload(stay)
    carry_through(desk, stays, work_once)
    assert_nothing_doubled_or_lost(desk, stays)


def press(desk, stay, times, by):
    try:
        for _ in range(times):
            with desk.door(), suppress(Refused):
                start_upload(Admission.objects.get(pk=stay.pk), by=by)
    finally:
        connection.close()


def worker_of(desk):
    """A process that works until it is killed; nothing of this process's is shared with it but the code."""
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        try:
            while True:
                work_once(desk)
                time.sleep(0.01)
        finally:
            os._exit(1)
    return pid


def until_it_sends(desk, seconds=0.8):
    """Wait until a message is under way, or there is nothing to send."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with desk.door():
            if Operation.objects.filter(state=State.SENDING).exists() or everything_is_complete():
                return
        time.sleep(0.01)  # the worker needs the machine more than who watches it


def bury(desk, pid):
    """The worker is gone at once; what it held is given up as if its time were over."""
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    with desk.door():
        Lease.objects.update(expires_at=LONG_AGO)
        Operation.objects.filter(state=State.SENDING).update(deadline=LONG_AGO)
        Job.objects.filter(state=JobState.RUNNING).update(beat_at=LONG_AGO)
    doubt.reap(desk.institution_id)


def test_thirty_killed_workers_and_a_hundred_presses_change_nothing_twice(desk, bob_member):
    stays = desk.admit("ZY1", "ZY2")
    for stay in stays:
        desk.charge(stay, LINES)
    clerks = [threading.Thread(target=press, args=(desk, stays[0], PRESSES // 2, desk.by)) for _ in range(2)]
    for clerk in clerks:
        clerk.start()
    for clerk in clerks:
        clerk.join()
    desk.upload(stays[1])
    with desk.door():
        assert FeeEpoch.objects.count() == 2
        assert Job.objects.filter(kind="injury.upload").count() == 2
    desk.sandbox.switch_on("drop_response", rate=0.1, seed="while killed", codes=[UPLOAD, WIPE])
    desk.sandbox.switch_on("late_execution", rate=0.05, seed="late as well", seconds=0.4, codes=[UPLOAD])
    desk.sandbox.switch_on("partial_batch", rate=0.05, seed="and halves", codes=[UPLOAD])
    chance, busy = random.Random("kills"), 0
    for _ in range(KILLS):
        busy += not all_complete(desk)
        pid = worker_of(desk)
        if chance.random() < 0.5:
            until_it_sends(desk)  # every other one while its message is under way, however busy the machine is
            time.sleep(chance.uniform(0.0, 0.05))
        else:
            time.sleep(chance.uniform(0.02, 0.35))
        bury(desk, pid)
        people_do_their_part(desk)
    assert busy >= KILLS // 2
    desk.sandbox.switch_off()  # what they have done is enough to clear up; more would only go round in circles
    carry_through(desk, stays, work_once)
    assert_nothing_doubled_or_lost(desk, stays)


def test_the_checker_catches_sending_again_on_time_out(desk, monkeypatch):
    """Negative control: silence is taken for failure, and nobody reads the sums."""
    monkeypatch.setattr(Uploading, "investigate", lambda self, operation, ask: NotApplied("没有答复，当作失败"))
    monkeypatch.setattr(driving, "are_same", lambda ours, centre: True)
    stay = desk.admit("ZY1")[0]
    desk.charge(stay, LINES)
    desk.sandbox.switch_on("drop_response", rate=0.3, seed="careless", codes=[UPLOAD])
    desk.upload(stay)
    desk.settle()
    with desk.door():
        assert FeeItem.objects.filter(state=FeeState.UPLOADED).count() == LINES
    assert any(one.startswith("doubled") for one in desk.differences(stay))
    broken = {one.promise for one in check_everything([truth(desk)])}
    assert "I1" in broken
