"""Numbers for messages that are counted: one sequence of the database, so that no two processes share a number."""

from __future__ import annotations

from django.db import connection


def next_number() -> int:
    """A number from 0 to 9999 that does not come again for the next 9,999 calls of any process.

    The national message id is institution, second and four digits: it could repeat only if ten thousand messages were
    made in one second. A sequence is not undone by a rollback and goes on after a restart.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.next_message_number()")
        return int(cursor.fetchone()[0])
