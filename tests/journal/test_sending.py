"""From queued to an outcome, over the real wire to the sandbox."""

import json
import threading
from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction

from portal.access.door import tenant_tx
from portal.gateway import client, wire
from portal.gateway.journal import lease, pace, sending, spool
from portal.gateway.journal.models import Attempt, Lease, Operation
from portal.gateway.journal.moves import Overtaken
from portal.gateway.journal.sending import send_queued
from portal.gateway.journal.services import AlreadyRunning
from portal.gateway.journal.states import Outcome, State, Task


def go(desk) -> int:
    return send_queued(desk.institution_id, "clearing")


def test_it_sends_once_and_tells_the_business(desk):
    operation = desk.open()
    assert go(desk) == 1
    operation = desk.now(operation)
    assert (operation.state, operation.attempts) == (State.DONE, 1)
    assert desk.handler.told == [("applied", desk.rows[0])]
    [effect] = desk.effects(desk.rows[0])
    [attempt] = desk.attempts(operation)
    assert (attempt.outcome, attempt.msgid) == (Outcome.OK, effect["nonce"])
    assert go(desk) == 0


def test_it_takes_a_second_wish_for_the_same_thing_as_the_first(desk):
    first = desk.open()
    with pytest.raises(AlreadyRunning) as running:
        desk.open()
    assert running.value.operation.pk == first.pk
    go(desk)
    assert len(desk.effects(desk.rows[0])) == 1


def test_it_ends_rejected_with_the_gateways_words(desk):
    desk.open()
    go(desk)
    again = desk.open()  # a verified row cannot be verified again
    go(desk)
    again = desk.now(again)
    assert again.state == State.REJECTED
    assert again.message
    assert again.code
    assert desk.handler.told[-1] == ("rejected", desk.rows[0])
    assert len(desk.effects(desk.rows[0])) == 1


def test_it_has_attempt_and_spool_line_on_disk_before_the_first_byte(desk, monkeypatch):
    seen = []

    def sent(prepared, **more):
        with tenant_tx(desk.institution_id):
            seen.append(Attempt.objects.get(msgid=prepared.msgid).outcome)
        [path] = spool.folder().glob("*.jsonl")
        line = json.loads(path.read_text().splitlines()[-1])
        assert line["msgid"] == prepared.msgid
        assert path.stat().st_mode & 0o777 == 0o600
        assert not connection.in_atomic_block
        return exchange(prepared, **more)

    exchange = wire.send
    monkeypatch.setattr(wire, "send", sent)
    operation = desk.open()
    go(desk)
    assert seen == [Outcome.PENDING]
    assert desk.now(operation).state == State.DONE


def test_it_keeps_no_content_in_the_spool(desk):
    desk.open()
    go(desk)
    [path] = spool.folder().glob("*.jsonl")
    assert desk.rows[0] not in path.read_text()


def test_it_refuses_to_call_inside_a_transaction(desk):
    operation = desk.open()
    claimed = desk.claim(operation, desk.lease())
    with transaction.atomic(), pytest.raises(RuntimeError, match="I8"):
        sending.send_claimed(claimed)
    assert desk.effects() == []


def test_it_stays_queued_when_nothing_left_this_machine(desk, monkeypatch):
    nowhere = replace(desk.party.settings, base_url="http://127.0.0.1:1/x", allowed_hosts=("127.0.0.1:1",))
    monkeypatch.setattr(client, "wire_settings", lambda gateway, environment: nowhere)
    operation = desk.open()
    assert go(desk) == 0
    operation = desk.now(operation)
    assert (operation.state, operation.attempts) == (State.QUEUED, 1)
    assert operation.not_before is not None
    assert [one.outcome for one in desk.attempts(operation)] == [Outcome.NOT_SENT]
    monkeypatch.setattr(client, "wire_settings", lambda gateway, environment: desk.party.settings)
    desk.update(operation, not_before=None)
    assert go(desk) == 1
    assert desk.now(operation).state == State.DONE


def test_it_sends_nothing_when_the_spool_cannot_be_written(desk, settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.SPOOL_DIR = tmp_path / "file" / "spool"
    operation = desk.open()
    assert go(desk) == 0
    assert desk.now(operation).state == State.QUEUED
    assert desk.effects() == []


def test_it_sends_nothing_after_it_has_slept(desk, monkeypatch):
    monkeypatch.setattr(pace, "OVERSLEPT", -1.0)
    operation = desk.open()
    assert go(desk) == 0
    assert desk.now(operation).state == State.QUEUED
    assert desk.effects() == []


@pytest.mark.parametrize("fault", ["drop_response", "drop_request", "reset", "html", "truncate", "wrong_key"])
def test_it_is_in_doubt_whatever_else_comes_back(desk, fault):
    desk.sandbox.switch_on(fault, count=1, codes=["verifyClearing"])
    operation = desk.open()
    go(desk)
    operation = desk.now(operation)
    assert operation.state == State.IN_DOUBT
    assert operation.sentence == "结果待确认"
    assert desk.handler.told == []
    assert go(desk) == 0  # never sent again by itself
    assert len(desk.effects(desk.rows[0])) == (0 if fault == "drop_request" else 1)


def test_it_keeps_what_happened_when_the_business_breaks(desk):
    desk.handler.breaks = True
    operation = desk.open()
    go(desk)
    operation = desk.now(operation)
    assert (operation.state, operation.task) == (State.DONE, Task.UNAPPLIED)
    from portal.gateway.tasks import tell_again

    tell_again(desk.institution_id, str(operation.pk))
    assert desk.now(operation).task == Task.UNAPPLIED
    desk.handler.breaks = False
    tell_again(desk.institution_id, str(operation.pk))
    tell_again(desk.institution_id, str(operation.pk))
    assert desk.now(operation).task == Task.NONE
    assert desk.handler.told == [("applied", desk.rows[0])]


def test_it_keeps_what_happened_when_the_business_breaks_the_commit(desk, monkeypatch):
    def applied(operation, reply):
        # Points to a row that does not exist: a deferred key that would only fail at the commit.
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO gateway_evidence (id, institution_id, operation_id, attempt_id, version, method, verdict,"
                " note, asked, again) VALUES (gen_random_uuid(), %s, %s, gen_random_uuid(), %s, 'query', 'unknown', '',"
                " '[]', false)",
                [operation.institution_id, operation.pk, operation.version],
            )

    monkeypatch.setattr(desk.handler, "applied", applied)
    operation = desk.open()
    go(desk)
    operation = desk.now(operation)
    assert (operation.state, operation.task) == (State.DONE, Task.UNAPPLIED)


def test_it_reads_a_success_it_cannot_parse_as_doubt_that_is_never_repeated(desk, monkeypatch):
    exchange = wire.send

    def unreadable(prepared, **more):
        return replace(exchange(prepared, **more), outcome=wire.Outcome.OK_UNPARSED, reply=None)

    monkeypatch.setattr(wire, "send", unreadable)
    operation = desk.open()
    go(desk)
    operation = desk.now(operation)
    assert (operation.state, operation.task) == (State.IN_DOUBT, Task.UNPARSED)
    with tenant_tx(desk.institution_id), pytest.raises(IntegrityError, match="no legal transition"):
        Operation.objects.filter(pk=operation.pk).update(state="queued", version=operation.version + 1)


def test_it_is_claimed_by_one_of_two_workers(desk):
    """Both hold a lease (as if one had overslept): still only one of them gets the operation."""
    operation = desk.open()
    held = desk.lease()
    found: list[object] = []

    def worker():
        read = desk.now(operation)
        prepared = desk.prepare(read)
        ready.wait()
        found.append(sending.claim(read, held, prepared))
        connection.close()

    ready = threading.Barrier(2)
    workers = [threading.Thread(target=worker) for _ in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert sum(one is not None for one in found) == 1
    assert len(desk.attempts(operation)) == 1


def test_it_sends_each_operation_once_with_two_workers(desk):
    for number in range(8):
        desk.open(number)

    def worker():
        while go(desk):
            pass
        connection.close()

    workers = [threading.Thread(target=worker) for _ in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    go(desk)  # a worker that found the lease taken leaves the rest to the other one
    effects = desk.effects()
    assert len(effects) == 8
    assert not any(effect["duplicate"] for effect in effects)
    with tenant_tx(desk.institution_id):
        assert set(Operation.objects.values_list("state", "attempts")) == {(State.DONE, 1)}


# --- the lease


def test_it_gives_the_lease_to_one_holder(desk):
    first = desk.lease()
    assert lease.take(desk.institution_id, "clearing", "test") is None
    assert lease.take(desk.institution_id, "clearing", "production") is not None
    first.give_back()
    second = desk.lease()
    assert second.fence > first.fence
    with tenant_tx(desk.institution_id):
        assert not first.keep(10)
        assert second.keep(10)


def test_it_does_not_let_a_stale_fence_write_an_outcome(desk):
    operation = desk.open()
    held = desk.lease()
    claimed = desk.claim(operation, held)
    with tenant_tx(desk.institution_id):
        Lease.objects.update(expires_at="2020-01-01T00:00:00Z")
    assert desk.lease().fence == held.fence + 1
    exchange = wire.send(claimed.prepared)
    with pytest.raises(Overtaken):
        sending._write(claimed, exchange, with_business=True)
    assert desk.now(operation).state == State.SENDING
    assert [one.outcome for one in desk.attempts(operation)] == [Outcome.PENDING]
    sending.write_outcome(claimed, exchange)  # what arrived is kept, as evidence
    [evidence] = desk.evidence(operation)
    assert (evidence.method, evidence.verdict) == ("late_reply", "applied")
