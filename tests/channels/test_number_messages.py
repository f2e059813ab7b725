"""Message ids of the national interface: institution, second and number, whoever writes and whatever the clock does."""

import itertools
import os
import threading
import time
from collections import Counter

import psycopg
import pytest
from django.db import connection, transaction

from portal.gateway.channels import numbers
from portal.gateway.errors import NotSent
from portal.gateway.wire import new_msgid
from tests.gateway.test_national import settings

#: The counter outlives each test, as it must: every test is another sender.
SERIAL = itertools.count(1)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sender():
    return f"H4401{next(SERIAL):07d}"


@pytest.fixture
def clock_says(owner_sql):
    """Set the database's clock, as far as message ids see it."""
    text = "CREATE OR REPLACE FUNCTION app.message_clock() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$ SELECT {} $$"
    yield lambda said: owner_sql(text.format(f"timestamptz '{said}+08'"))
    owner_sql(text.format("clock_timestamp()"))


def test_eight_writers_never_share_a_number(sender, django_db_setup):
    found, dsn = list[str](), os.environ["DATABASE_URL"]

    def write():
        with psycopg.connect(dsn, autocommit=True) as own:
            for _ in range(1300):
                while (told := own.execute("SELECT app.next_message_stamp(%s)", [sender]).fetchall()) == [(None,)]:
                    time.sleep(0.01)  # a fast machine has used up the second's ten thousand
                found.extend(*told)

    writers = [threading.Thread(target=write) for _ in range(8)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert len(set(found)) == 8 * 1300
    for number in Counter(one[14:] for one in found):
        assert "0000" <= number <= "9999"


def test_a_second_gives_ten_thousand_numbers_and_then_the_next_one_begins(sender, clock_says, monkeypatch):
    clock_says("2025-03-01 09:30:15.9")
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.next_message_stamp(%s) FROM generate_series(1, 10001)", [sender])
        told = [row[0] for row in cursor.fetchall()]
    assert (told[0], told[9999], told[10000]) == ("202503010930150000", "202503010930159999", None)
    waits = list[float]()

    def sleep(seconds):
        waits.append(seconds)
        clock_says("2025-03-01 09:30:16")

    monkeypatch.setattr(time, "sleep", sleep)
    assert numbers.next_stamp(sender) == "202503010930160000"
    assert len(waits) == 1


def test_no_number_is_better_than_one_that_was_used(sender, clock_says, owner_sql, monkeypatch):
    clock_says("2025-03-01 09:31:00")
    numbers.next_stamp(sender)
    owner_sql("UPDATE app.message_stamp SET number = 9999 WHERE sender = %s", [sender])
    monkeypatch.setattr(numbers, "PATIENCE", 0)
    with pytest.raises(NotSent, match="核对数据库服务器的时间"):
        numbers.next_stamp(sender)


def test_a_clock_that_goes_back_repeats_nothing(sender, clock_says, owner_sql):
    clock_says("2025-03-01 09:40:00")
    before = [numbers.next_stamp(sender) for _ in range(3)]
    clock_says("2025-03-01 09:35:00")
    after = [numbers.next_stamp(sender) for _ in range(3)]
    assert before + after == [f"20250301094000{number:04d}" for number in range(6)]
    owner_sql("UPDATE app.message_stamp SET number = 9999 WHERE sender = %s", [sender])
    assert numbers.next_stamp(sender) == "202503010940010000"
    assert numbers.next_stamp(f"{sender}x") == "202503010935000000"


def test_an_id_is_taken_outside_any_transaction_and_holds_nothing(sender):
    with transaction.atomic(), pytest.raises(RuntimeError, match="outside any transaction"):
        numbers.next_stamp(sender)
    msgid = new_msgid(settings(next_stamp=numbers.next_stamp, medins_code=sender))
    assert msgid.startswith(sender)
    assert len(msgid) == 30
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as other:
        other.execute("SET lock_timeout = '1s'")
        assert other.execute("SELECT app.next_message_stamp(%s)", [sender]).fetchall() > [(msgid[12:],)]


def test_nobody_reaches_the_counter_itself():
    with connection.cursor() as cursor, pytest.raises(Exception, match="permission denied"):
        cursor.execute("UPDATE app.message_stamp SET number = 0")
