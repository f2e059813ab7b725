"""Each desk's library is a session of its own: a window that stays open keeps only its own desk waiting."""

import threading
import time
from contextlib import closing

import pytest
from django.db import IntegrityError, connection

from portal.gateway.journal import State, send_queued
from portal.gateway.journal.invariants import one_at_a_time
from portal.gateway.journal.models import Attempt, Lease
from portal.gateway.models import Desk
from tests.settlement.cashier_desk import TOKEN, bridge, open_desk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cashier(alice_member, bob_member, sandbox, settings, tmp_path):
    with open_desk(alice_member, bob_member, sandbox, tmp_path, settings) as desk:
        yield desk


@pytest.fixture
def other(cashier, sandbox, settings, tmp_path):
    (tmp_path / "other").mkdir()
    with bridge(sandbox, tmp_path / "other") as address:
        settings.SANDBOX_URL = address  # the portal itself calls only bridges here
        with cashier.door():
            made = Desk.objects.create(environment="test", name="二号窗口", address=address, token=TOKEN, term_no="T2")
        yield made


def test_an_open_window_keeps_only_its_own_desk_waiting(cashier, other):
    cashier.sandbox.switch_on("hang", codes=["hop.trade.recharge"], count=1)
    first, second = cashier.recharge("1.00"), cashier.recharge("2.00")
    lane = str(cashier.desk.pk)
    worker = threading.Thread(target=send_in, args=(cashier, lane))
    worker.start()
    try:
        wait_until(lambda: cashier.again(first).operation.state == State.SENDING)

        assert send_queued(cashier.institution_id, "onetrans", lane) == 0, "one sender at a desk"
        cashier.desk, busy = other, cashier.desk
        third = cashier.recharge("3.00")
        sent = send_queued(cashier.institution_id, "onetrans", str(other.pk))
        assert sent == 1, cashier.again(third).operation.message
        assert cashier.again(third).operation.state == State.DONE
        assert cashier.again(first).operation.state == State.SENDING, "the first desk's window is still open"
    finally:
        worker.join(20)

    assert [cashier.again(one).operation.state for one in (first, second)] == [State.IN_DOUBT, State.DONE]
    with cashier.door():
        tried = {row.operation_id: row for row in Attempt.objects.filter(operation__isnull=False)}
        before, after = tried[first.operation_id], tried[second.operation_id]
        assert before.finished_at is not None
        assert before.finished_at <= after.sent_at
        assert list(one_at_a_time()) == []
        assert set(Lease.objects.values_list("lane", flat=True)) == {str(busy.pk), str(other.pk)}
    with cashier.door(), connection.cursor() as cursor, pytest.raises(IntegrityError, match="identity never changes"):
        cursor.execute("UPDATE gateway_operation SET lane = %s WHERE id = %s", [lane, third.operation_id])


def send_in(cashier, lane):
    with closing(connection):
        send_queued(cashier.institution_id, "onetrans", lane)


def wait_until(is_so):
    until = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.02)
