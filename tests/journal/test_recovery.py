"""After a restore: lines of the spool without a row."""

from dataclasses import replace
from secrets import token_hex

from django.utils import timezone

from portal.access.door import tenant_tx
from portal.gateway.journal import doubt, recovery, spool
from portal.gateway.journal.models import Attempt, Evidence, Operation, SpoolMark
from portal.gateway.journal.sending import is_quarantined, send_queued
from portal.gateway.journal.states import Finding, State, Task


def restore(owner_sql, desk, operation_id=None):
    """What a restored backup does: rows and marks of a while ago. Only the owner, without the triggers, can play it."""
    owner_sql(f"SET app.institution = '{desk.institution_id}'")
    for table in ("gateway_operation", "gateway_attempt", "gateway_evidence"):
        owner_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    owner_sql("DELETE FROM gateway_attempt WHERE operation_id IS NOT NULL")
    if operation_id is None:
        owner_sql("DELETE FROM gateway_operation")
    else:
        owner_sql(
            "UPDATE gateway_operation SET state = 'queued', attempts = 0, version = 1, finished_at = NULL, reply = NULL"
        )
    owner_sql("DELETE FROM gateway_spoolmark")
    for table in ("gateway_operation", "gateway_attempt", "gateway_evidence"):
        owner_sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_it_finds_nothing_when_nothing_is_missing(desk):
    desk.open()
    send_queued(desk.institution_id, "clearing")
    assert recovery.compare_spool() == 0
    assert SpoolMark.objects.get().offset == spool.size(timezone.localdate())


def test_it_puts_a_forgotten_sending_in_doubt_and_adopts_it(desk, owner_sql):
    operation = desk.open()
    send_queued(desk.institution_id, "clearing")
    [attempt] = desk.attempts(operation)
    restore(owner_sql, desk, operation.pk)
    assert desk.now(operation).state == State.QUEUED
    assert recovery.compare_spool() == 1
    assert recovery.compare_spool() == 0
    operation = desk.now(operation)
    assert (operation.state, operation.task) == (State.IN_DOUBT, Task.RECOVERED)
    assert [one.msgid for one in desk.attempts(operation)] == [attempt.msgid]
    # Quarantine: nothing new leaves before the gap is settled.
    other = desk.open(1)
    assert send_queued(desk.institution_id, "clearing") == 0
    desk.update(operation, quiet_until=None)
    assert doubt.resolve(desk.institution_id, operation.pk) == State.DONE
    assert send_queued(desk.institution_id, "clearing") == 1
    assert desk.now(other).state == State.DONE
    assert len(desk.effects(desk.rows[0])) == 1


def test_it_shows_people_a_request_that_nobody_remembers(desk, owner_sql):
    desk.open()
    send_queued(desk.institution_id, "clearing")
    restore(owner_sql, desk)
    assert recovery.compare_spool() == 1
    with tenant_tx(desk.institution_id):
        forgotten = Operation.objects.get()
        assert (forgotten.state, forgotten.task, forgotten.recovered) == (State.IN_DOUBT, Task.RECOVERED, True)
        assert Attempt.objects.filter(operation=forgotten).count() == 1
        assert Evidence.objects.get().verdict == Finding.UNKNOWN
        assert is_quarantined("clearing")
    desk.update(forgotten, quiet_until=None)
    assert doubt.resolve(desk.institution_id, forgotten.pk) == State.MANUAL


def test_it_reads_on_over_a_torn_line(desk, caplog):
    desk.open()
    send_queued(desk.institution_id, "clearing")
    [path] = spool.folder().glob("*.jsonl")
    whole = path.read_text()
    path.write_text('{"msgid": "cut of\n' + whole + '{"msgid": "being written')
    assert recovery.compare_spool() == 0
    assert "torn line" in caplog.text
    assert SpoolMark.objects.get().offset == path.stat().st_size - len('{"msgid": "being written')


def test_it_reports_a_line_of_an_unknown_institution(desk, caplog):
    desk.open()
    send_queued(desk.institution_id, "clearing")
    [path] = spool.folder().glob("*.jsonl")
    [(line, _)] = list(spool.read(timezone.localdate()))
    assert isinstance(line, spool.Line)
    spool.write(replace(line, institution=999_999, msgid=token_hex(16)))
    assert recovery.compare_spool() == 0
    assert "999999" in caplog.text
    assert path.exists()


def test_it_flags_an_ended_operation_that_was_sent_once_more(desk):
    operation = desk.open()
    send_queued(desk.institution_id, "clearing")
    [(line, _)] = list(spool.read(timezone.localdate()))
    assert isinstance(line, spool.Line)
    spool.write(replace(line, msgid=token_hex(16), n=2))
    assert recovery.compare_spool() == 1
    operation = desk.now(operation)
    assert (operation.state, operation.task, operation.attempts) == (State.DONE, Task.RECOVERED, 2)
