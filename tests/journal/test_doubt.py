"""Unknown is not failure: the reaper, the completer, the watch list, and people."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from portal.access.door import tenant_tx
from portal.gateway import wire
from portal.gateway.journal import doubt, pace, sending
from portal.gateway.journal.handlers import NotApplied, StillUnknown
from portal.gateway.journal.models import Operation
from portal.gateway.journal.moves import Overtaken
from portal.gateway.journal.sending import send_queued
from portal.gateway.journal.services import NotAllowed, decide_manually, mark_read
from portal.gateway.journal.states import Finding, Method, Outcome, State, Task


def in_doubt(desk, fault="drop_response", number=0):
    desk.sandbox.switch_on(fault, count=1, codes=["verifyClearing"])
    operation = desk.open(number)
    send_queued(desk.institution_id, "clearing")
    operation = desk.now(operation)
    assert operation.state == State.IN_DOUBT
    return operation


def ripen(desk, operation):
    past = timezone.now() - timedelta(seconds=1)
    desk.update(operation, quiet_until=past, next_look_at=past)


def look(desk, operation):
    ripen(desk, operation)
    return doubt.resolve(desk.institution_id, operation.pk)


def test_it_adopts_what_happened_exactly_once(desk):
    operation = in_doubt(desk)
    assert look(desk, operation) == State.DONE
    assert desk.handler.told == [("applied", desk.rows[0])]
    assert len(desk.effects(desk.rows[0])) == 1
    [evidence] = desk.evidence(operation)
    assert (evidence.method, evidence.verdict) == (Method.QUERY, Finding.APPLIED)
    assert evidence.asked[0]["kind"] == "queryClearing"
    assert desk.rows[0] in evidence.answered.reveal()
    assert look(desk, operation) is None
    assert desk.now(operation).attempts == 1


def test_it_waits_for_the_quiet_period(desk, settings):
    settings.PORTAL_QUIET_FACTOR = 1
    operation = in_doubt(desk)
    assert doubt.resolve(desk.institution_id, operation.pk) is None
    assert desk.now(operation).state == State.IN_DOUBT
    waits = (operation.quiet_until - timezone.now()).total_seconds()
    assert 55 < waits <= 60


def test_it_sends_again_with_evidence_what_did_not_happen(desk):
    operation = in_doubt(desk, "drop_request")
    assert look(desk, operation) == State.QUEUED
    [evidence] = desk.evidence(operation)
    assert evidence.verdict == Finding.NOT_APPLIED
    send_queued(desk.institution_id, "clearing")
    operation = desk.now(operation)
    assert (operation.state, operation.attempts) == (State.DONE, 2)
    first, second = desk.attempts(operation)
    assert first.msgid != second.msgid
    assert [first.outcome, second.outcome] == [Outcome.UNKNOWN, Outcome.OK]
    assert [effect["nonce"] for effect in desk.effects(desk.rows[0])] == [second.msgid]


def test_it_reaps_a_sender_that_fell_silent(desk):
    operation = desk.open()
    held = desk.lease()
    claimed = desk.claim(operation, held)
    assert doubt.reap(desk.institution_id) == 0
    desk.update(operation, deadline=timezone.now() - timedelta(seconds=1))
    assert doubt.reap(desk.institution_id) == 1
    assert doubt.reap(desk.institution_id) == 0
    assert desk.now(operation).state == State.IN_DOUBT
    assert [one.outcome for one in desk.attempts(operation)] == [Outcome.UNKNOWN]

    # The sender wakes up after all: its reply is no outcome any more, but it is evidence, and it is adopted at once.
    sending.write_outcome(claimed, wire.send(claimed.prepared))
    assert doubt.resolve(desk.institution_id, operation.pk) == State.DONE
    assert len(desk.effects(desk.rows[0])) == 1
    assert [one.method for one in desk.evidence(operation)] == [Method.LATE_REPLY, Method.QUERY]


def test_it_stops_when_a_late_reply_contradicts_the_evidence(desk):
    operation = desk.open()
    held = desk.lease()
    claimed = desk.claim(operation, held)
    desk.update(operation, deadline=timezone.now() - timedelta(seconds=1))
    doubt.reap(desk.institution_id)
    assert look(desk, operation) == State.QUEUED  # nothing there yet
    held.give_back()
    sending.write_outcome(claimed, wire.send(claimed.prepared))  # and now it is
    operation = desk.now(operation)
    assert (operation.state, operation.task) == (State.IN_DOUBT, Task.CONTRADICTION)
    assert send_queued(desk.institution_id, "clearing") == 0
    assert look(desk, operation) == State.DONE
    assert len(desk.effects(desk.rows[0])) == 1


def test_it_is_resolved_by_one_of_two_completers(desk):
    operation = in_doubt(desk)
    ripen(desk, operation)
    first = doubt._claim(desk.institution_id, operation.pk)
    assert first is not None
    assert doubt._claim(desk.institution_id, operation.pk) is None
    ripen(desk, operation)  # the first one has been away too long: another takes over
    assert doubt.resolve(desk.institution_id, operation.pk) == State.DONE
    record = doubt.Asked(desk.institution_id, "test")
    verdict = doubt.investigate(first, record)
    with tenant_tx(desk.institution_id), pytest.raises(Overtaken):
        doubt._conclude(first, verdict, record)
    assert desk.handler.told == [("applied", desk.rows[0])]


def test_it_asks_again_and_again_and_then_asks_people(desk):
    operation = in_doubt(desk)
    desk.handler.verdict = StillUnknown("查询没有结果")
    for number in range(1, pace.LOOKS):
        assert look(desk, operation) == State.RESOLVING
        assert desk.now(operation).looks == number
        assert doubt.resolve(desk.institution_id, operation.pk) is None or number  # not its turn, unless very fast
    assert look(desk, operation) == State.MANUAL
    assert len(desk.evidence(operation)) >= pace.LOOKS


def test_it_counts_a_failing_query_as_no_answer(desk):
    operation = in_doubt(desk)
    desk.sandbox.switch_on("html", codes=["queryClearing"])
    assert look(desk, operation) == State.RESOLVING
    [evidence] = desk.evidence(operation)
    assert evidence.verdict == Finding.UNKNOWN


def test_it_counts_a_broken_investigation_as_no_answer(desk, monkeypatch):
    operation = in_doubt(desk)
    monkeypatch.setattr(desk.handler, "investigate", lambda operation, ask: 1 / 0)
    assert look(desk, operation) == State.RESOLVING


def test_it_gives_an_accepted_request_that_cannot_be_found_to_people(desk, monkeypatch):
    from dataclasses import replace

    exchange = wire.send
    monkeypatch.setattr(
        wire,
        "send",
        lambda prepared, **more: (
            replace(exchange(prepared, **more), outcome=wire.Outcome.OK_UNPARSED, reply=None)
            if not type(prepared.request).safe
            else exchange(prepared, **more)
        ),
    )
    operation = desk.open()
    send_queued(desk.institution_id, "clearing")
    desk.handler.verdict = NotApplied("查询不到")
    assert look(desk, operation) == State.MANUAL
    assert desk.now(operation).task == Task.CONTRADICTION


def test_it_does_not_send_for_ever(desk):
    operation = in_doubt(desk, "drop_request")
    for _ in range(pace.SENDS - 1):
        desk.sandbox.switch_on("drop_request", count=1, codes=["verifyClearing"])
        assert look(desk, operation) == State.QUEUED
        desk.update(operation, not_before=None)
        send_queued(desk.institution_id, "clearing")
    assert look(desk, operation) == State.MANUAL
    assert desk.now(operation).attempts == pace.SENDS
    assert desk.effects() == []


# --- the watch list


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("looks", "now", "then"),
    [
        (1, "2025-03-03T09:00", "2025-03-03T09:10"),
        (2, "2025-03-03T09:10", "2025-03-03T10:10"),
        (3, "2025-03-03T10:10", "2025-03-03T22:00"),
        (3, "2025-03-03T21:30", "2025-03-04T22:00"),
        (4, "2025-03-03T22:00", "2025-03-04T22:00"),
        (5, "2025-03-04T22:00", "2025-03-05T22:00"),
    ],
)
def test_it_asks_after_ten_minutes_an_hour_at_day_end_and_daily(settings, looks, now, then):
    settings.PORTAL_QUIET_FACTOR = 1
    assert pace.next_look(looks, at(now)) == at(then)


def test_it_never_hurries_in_production(settings):
    settings.PORTAL_QUIET_FACTOR, settings.PRODUCTION = 0.001, True
    assert pace.next_look(1, at("2025-03-03T09:00")) == at("2025-03-03T09:10")


# --- people


@pytest.fixture
def manual(desk):
    operation = in_doubt(desk)
    desk.handler.verdict = StillUnknown("查询没有结果")
    for _ in range(pace.LOOKS):
        look(desk, operation)
    desk.handler.verdict = None
    return desk.now(operation)


def decide(desk, operation, verdict, by, **more):
    with tenant_tx(desk.institution_id):
        current = Operation.objects.get(pk=operation.pk)
        return decide_manually(current, verdict, by=by, reason="已电话核对", **more).state


def test_it_ends_when_two_people_say_the_same(desk, manual, bob_member, dora_member):
    assert decide(desk, manual, Finding.APPLIED, bob_member) == State.MANUAL
    assert decide(desk, manual, Finding.APPLIED, bob_member) == State.MANUAL  # still one person
    assert decide(desk, manual, Finding.APPLIED, dora_member) == State.DONE
    assert desk.handler.told == [("applied", desk.rows[0])]


def test_it_stays_when_two_people_differ(desk, manual, bob_member, dora_member):
    decide(desk, manual, Finding.APPLIED, bob_member)
    assert decide(desk, manual, Finding.NOT_APPLIED, dora_member) == State.MANUAL
    assert decide(desk, manual, Finding.NOT_APPLIED, bob_member) == State.REJECTED
    assert desk.handler.told == [("rejected", desk.rows[0])]


def test_it_is_sent_again_when_two_people_want_it(desk, manual, bob_member, dora_member):
    decide(desk, manual, Finding.NOT_APPLIED, bob_member, again=True)
    assert decide(desk, manual, Finding.NOT_APPLIED, dora_member, again=True) == State.QUEUED


def test_it_is_not_decided_by_whoever_asked_for_it_or_may_not(desk, manual, alice_member, carol_member):
    for member in (alice_member, carol_member):
        with pytest.raises(NotAllowed):
            decide(desk, manual, Finding.APPLIED, member)
    with pytest.raises(NotAllowed), tenant_tx(desk.institution_id):
        mark_read(desk.now(manual), by=alice_member, reason="")


def test_the_sweep_finds_everything_that_is_due(desk, monkeypatch):
    asked = []
    monkeypatch.setattr(doubt, "later", lambda path, *ids: asked.append(path.rpartition(".")[2]))
    monkeypatch.setattr(doubt, "wake", lambda gateway, institution_id, lane: asked.append("send_queued"))
    doubtful = in_doubt(desk)
    ripen(desk, doubtful)
    desk.open(1)
    silent = desk.open(2)
    with tenant_tx(desk.institution_id):
        Operation.objects.filter(pk=silent.pk).update(task=Task.UNAPPLIED)
    doubt.look_after(desk.institution_id)
    assert sorted(asked) == ["resolve", "send_queued", "tell_again"]
