"""Times and numbers for messages that are counted: a counter in the database, so that no two processes share one."""

from __future__ import annotations

import time

from django.db import connection

from portal.gateway.errors import NotSent

#: Seconds that a caller waits for the next second when this one has given all of its numbers.
PATIENCE = 5.0


def next_stamp(sender: str) -> str:
    """yyyyMMddHHmmss in Shanghai and four digits, which this sender (institution code) never had before.

    Both come from one statement on the database's clock, in a transaction of its own: a rollback or a crash leaves
    gaps only, and nothing stays locked. After the 10,000th message of a second it waits for the next one. A clock
    that goes back repeats nothing. NotSent when no number can be had; RuntimeError inside a transaction.
    """
    if connection.in_atomic_block:
        raise RuntimeError("a message is numbered outside any transaction")
    until = time.monotonic() + PATIENCE
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT app.next_message_stamp(%s)", [sender])
            (stamp,) = cursor.fetchone()
        if stamp is not None:
            return str(stamp)
        if time.monotonic() > until:
            raise NotSent("报文编号已用完，请核对数据库服务器的时间，请求没有发出")
        time.sleep(0.02)
