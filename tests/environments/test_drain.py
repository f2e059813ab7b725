"""While a switch waits nothing new begins; what runs ends; then the environment flips once, or not at all."""

import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.db.models.functions import Now

from clearing.messages import VerifyClearing
from portal.access.member import Member
from portal.access.models import Institution
from portal.gateway import client
from portal.gateway.environments.models import Switch, SwitchState
from portal.gateway.environments.services import completion, withdraw_switch
from portal.gateway.errors import NotSent
from portal.gateway.journal import Operation, State, open_operation, resolve, send_queued, withdraw
from portal.jobs import Job, StandStill, start
from portal.jobs.holds import carrying_on
from portal.jobs.models import JobState
from tests.environments.conftest import Ground

FETCH = "clearing.fetch"


def opened(ground: Ground, by: Member, row: str = "R1") -> Operation:
    with ground.tx():
        return open_operation(VerifyClearing(row_ids=[row]), key=row, by=by, title=f"核对 {row}")


def fresh(member: Member) -> Member:
    """The member as the next request would read it."""
    return Member(member.user, Institution.objects.get(pk=member.institution_id), member.roles)


def test_nothing_new_begins_while_it_waits(ready: Ground, alice_member):
    opened(ready, alice_member)
    switch = ready.drain()
    assert ready.complete().state == SwitchState.DRAINING
    with pytest.raises(StandStill, match="正在切换到正式环境"):
        opened(ready, alice_member, "R2")
    with ready.tx(), pytest.raises(StandStill, match="正在切换"):
        start(FETCH, "k", by=alice_member)
    with pytest.raises(NotSent, match="正在切换"), ready.tx():
        client.settled_environment(ready.institution.pk)
    with ready.tx():
        withdraw_switch(switch, by=ready.dora)
    assert opened(ready, alice_member, "R2").state == State.QUEUED


def test_what_is_queued_is_sent_and_then_it_switches(ready: Ground, desk, sandbox):
    operation = desk.open()
    ready.drain()
    assert ready.complete().state == SwitchState.DRAINING
    send_queued(desk.institution_id, "clearing")
    assert desk.now(operation).state == State.DONE
    assert len(desk.effects()) == 1
    assert ready.complete().state == SwitchState.DONE
    assert ready.now() == "production"
    assert desk.now(operation).environment == "test"


def test_a_doubt_stays_in_its_environment_and_is_settled_there(ready: Ground, desk, sandbox, monkeypatch):
    asked: list[str] = []
    settings = client.wire_settings("clearing", "test")

    def noted(gateway, environment):
        asked.append(environment)
        return settings

    monkeypatch.setattr(client, "wire_settings", noted)
    operation = desk.open()
    sandbox.switch_on("drop_response", count=1)
    send_queued(desk.institution_id, "clearing")
    assert desk.now(operation).is_doubtful
    ready.drain()
    assert ready.complete().state == SwitchState.DONE, "doubts hold nobody up"
    # It blocks nothing there: the same business object may be worked on for real.
    again = opened(ready, fresh(desk.by), desk.rows[0])
    assert (again.environment, again.state) == ("production", State.QUEUED)
    desk.update(operation, quiet_until=None)
    assert resolve(desk.institution_id, operation.pk) == State.DONE
    assert set(asked) == {"test"}


def test_what_an_outcome_begins_stays_in_its_environment(ready: Ground, alice_member, in_production):
    in_production()
    with ready.tx(), carrying_on("test"):
        follow = open_operation(VerifyClearing(row_ids=["R9"]), key="R9", by=fresh(alice_member), title="核对 R9")
    assert follow.environment == "test"


def test_it_waits_for_jobs_and_lets_them_go_on(ready: Ground, alice_member):
    with ready.tx():
        job = start(FETCH, "k", by=alice_member)
    ready.drain()
    assert ready.complete().state == SwitchState.DRAINING
    with ready.tx(), carrying_on():  # as a running job: what it was asked for is finished
        operation = open_operation(VerifyClearing(row_ids=["R3"]), key="R3", by=alice_member, title="核对 R3")
    with ready.tx():
        Job.objects.filter(pk=job.pk).update(state=JobState.DONE)
    assert ready.complete().state == SwitchState.DRAINING
    with ready.tx():
        withdraw(Operation.objects.get(pk=operation.pk), by=alice_member, reason="不办了")
    assert ready.complete().state == SwitchState.DONE


def test_a_page_read_before_the_flip_begins_nothing_after_it(ready: Ground, alice_member, in_production):
    in_production()
    stale = Member(alice_member.user, Institution(pk=ready.institution.pk, environment="test"), alice_member.roles)
    with pytest.raises(StandStill, match="已切换到正式环境"):
        opened(ready, stale)


def test_it_gives_up_in_time_and_says_what_was_still_running(ready: Ground, alice_member):
    operation = opened(ready, alice_member)
    switch = ready.drain()
    with ready.tx():
        Switch.objects.update(deadline=Now() - timedelta(seconds=1))
    assert opened(ready, alice_member, "R2").state == State.QUEUED, "the hold ends with its time"
    ended = ready.complete()
    assert ended is not None
    assert (ended.pk, ended.state, ready.now()) == (switch.pk, SwitchState.ABANDONED, "test")
    assert "2 项业务等待发送" in ended.note
    assert operation.title in ended.note
    assert ready.complete() is None


def test_it_gives_up_when_the_channel_is_spoilt_meanwhile(ready: Ground, alice_member):
    from portal.gateway.channels.models import Channel

    ready.drain()
    with ready.tx():
        Channel.objects.filter(environment="production").update(is_active=False)
    ended = ready.complete()
    assert ended is not None
    assert (ended.state, ready.now()) == (SwitchState.ABANDONED, "test")
    assert "已停用" in ended.note


def test_killed_in_the_middle_it_leaves_the_old_environment_whole(transactional_db, ready: Ground, monkeypatch):
    switch = ready.drain()

    def killed(*args, **details):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with monkeypatch.context() as patch:
        patch.setattr(completion, "tell", killed)
        with pytest.raises(OperationalError):
            ready.complete()
    connection.close()
    assert (ready.now(), ready.reread(switch).state) == ("test", SwitchState.DRAINING)
    ready.complete()
    assert (ready.now(), ready.reread(switch).state) == ("production", SwitchState.DONE)


def test_a_business_that_begins_in_the_same_moment_is_waited_for(transactional_db, ready: Ground, alice_member):
    asked = ready.ask()
    began, go_on, ended = threading.Event(), threading.Event(), []

    def clerk() -> None:
        with ready.tx():
            open_operation(VerifyClearing(row_ids=["R5"]), key="R5", by=alice_member, title="核对 R5")
            began.set()
            go_on.wait(10)
        connection.close()

    def second() -> None:
        began.wait(10)
        ready.approve(asked)
        ended.append(ready.complete().state)
        connection.close()

    threads = [threading.Thread(target=clerk), threading.Thread(target=second)]
    for thread in threads:
        thread.start()
    began.wait(10)
    threads[1].join(0.3)
    assert not ended, "it waits for the clerk's transaction"
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert ended == [SwitchState.DRAINING]
    assert ready.now() == "test"


def test_two_workers_flip_it_once(transactional_db, ready: Ground):
    ready.drain()
    found = []

    def work() -> None:
        found.append(ready.complete())
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert [one.state for one in found if one] == [SwitchState.DONE]
    assert ready.now() == "production"
