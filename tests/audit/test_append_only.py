import threading
import time

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from portal.access.door import tenant_tx
from portal.audit import record, record_platform
from portal.audit.models import Event, Head
from portal.audit.verify import verify_chain

FORBIDDEN = [
    "INSERT INTO audit_event (chain, seq, at, body, prev, hash) VALUES (1, 9, now(), '{}', '', '')",
    "UPDATE audit_event SET body = '{}'",
    "DELETE FROM audit_event",
    "TRUNCATE audit_event",
    "UPDATE audit_head SET seq = 0",
    "DELETE FROM audit_head",
    "INSERT INTO audit_head (chain, seq, hash) VALUES (99, 0, '')",
    "TRUNCATE audit_head",
    "INSERT INTO app.audit_pending (chain, at, body) VALUES (0, now(), '{}')",
    "SELECT * FROM app.audit_pending",
    "ALTER TABLE audit_event DISABLE TRIGGER USER",
    "DROP TABLE audit_event",
]


def run(statement, *params):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, params or None)


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_it_refuses_the_app_role(hospital_a, write, statement):
    write(hospital_a)
    with tenant_tx(hospital_a.pk), pytest.raises(DatabaseError, match=r"permission denied|must be owner"):
        run(statement)


@pytest.mark.parametrize("statement", [*FORBIDDEN[1:4], *FORBIDDEN[4:6], FORBIDDEN[7]])
def test_it_refuses_the_owner_too(transactional_db, hospital_a, write, owner_sql, statement):
    write(hospital_a)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        owner_sql(statement)


@pytest.mark.parametrize("chain", ["other", "unknown"])
def test_it_refuses_another_chain(hospital_a, hospital_b, chain):
    number = hospital_b.pk if chain == "other" else 10**9
    with tenant_tx(hospital_a.pk), pytest.raises(DatabaseError, match="another institution"):
        run("SELECT app.audit_append(%s, %s)", number, '{"action": "x", "who": {"id": "1"}}')


@pytest.mark.parametrize("body", ["{}", '{"action": ""}', '{"action": "x"}', "[]", "not json"])
def test_it_refuses_a_record_of_nothing(hospital_a, body):
    with tenant_tx(hospital_a.pk), pytest.raises(DatabaseError):
        run("SELECT app.audit_append(%s, %s)", hospital_a.pk, body)


def in_thread(work):
    """Run `work` on a connection of its own; its error, if any, is raised on join()."""
    errors = []

    def run():
        try:
            work()
        except Exception as error:  # noqa: BLE001  handed to the test
            errors.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()

    def join(timeout=30):
        thread.join(timeout)
        assert not thread.is_alive(), "still waiting for a lock"
        assert not errors, errors

    return join


def test_it_keeps_nobody_waiting_while_a_long_transaction_is_open(transactional_db, hospital_a, paid):
    recorded, go_on = threading.Event(), threading.Event()

    def long_one():
        with tenant_tx(hospital_a.pk):
            record(paid, by=None, amount=1, payee="long")
            recorded.set()
            go_on.wait(20)

    def short_one():
        with tenant_tx(hospital_a.pk):
            record(paid, by=None, amount=2, payee="short")

    join_long = in_thread(long_one)
    assert recorded.wait(10)
    in_thread(short_one)(10)
    go_on.set()
    join_long()
    with tenant_tx(hospital_a.pk):
        assert [event.content["details"]["payee"] for event in Event.objects.order_by("seq")] == ["short", "long"]


def test_it_chains_what_many_write_at_once_without_gap_or_deadlock(transactional_db, hospital_a, hospital_b, paid):
    def writer(number):
        def work():
            for n in range(20):
                with tenant_tx((hospital_a if (n + number) % 2 else hospital_b).pk):
                    if n % 3 == 0:
                        record_platform(paid, by=None, amount=n, payee=f"{number}")
                    record(paid, by=None, amount=n, payee=f"{number}")
                    if n % 3 == 1:
                        record_platform(paid, by=None, amount=n, payee=f"{number}")
                    time.sleep(0.001)

        return work

    for join in [in_thread(writer(number)) for number in range(6)]:
        join()
    verdicts = [verify_chain(chain) for chain in (0, hospital_a.pk, hospital_b.pk)]
    assert [verdict.fault for verdict in verdicts] == [None] * 3
    assert sum(verdict.count for verdict in verdicts) == 6 * 20 + 6 * 14


def test_it_stays_fast_with_many_records_in_one_transaction(hospital_a, paid):
    def took(count):
        started = time.perf_counter()
        with tenant_tx(hospital_a.pk):
            for n in range(count):
                record(paid, by=None, amount=n, payee="x")
            Head.objects.get()
        return time.perf_counter() - started

    took(100)
    assert took(3000) < 30 * max(took(300), 0.05)
