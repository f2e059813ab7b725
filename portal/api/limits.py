"""How many calls a minute a key may make: counted in its own row, so that all web processes count together.

A process takes calls by the handful and counts these itself: most calls then need no statement. What it has taken and
does not use is lost for that minute, a twentieth of the limit at most.
"""

import time
from threading import Lock
from typing import Any

from django.db import connection

from portal.access.models import InstitutionKey
from portal.api.problems import Problem

HANDFULS = 20
#: (minute, calls left) of each key, in this process.
_taken: dict[Any, tuple[int, int]] = {}
_lock = Lock()


def count_call(key: InstitutionKey) -> None:
    """Raises Problem (429 with Retry-After) when this minute's calls are used up; inside the platform's door."""
    now = int(time.time())
    minute = now // 60
    with _lock:
        known, left = _taken.get(key.pk, (0, 0))
        if known == minute and left > 0:
            _taken[key.pk] = minute, left - 1
            return
    left = _take(key, minute, max(1, key.per_minute // HANDFULS))
    if left <= 0:
        sentence = f"这个密钥每分钟最多 {key.per_minute} 次请求，请稍后用同一个 Idempotency-Key 重试"
        raise Problem(429, "too-many-requests", sentence, headers={"Retry-After": str(60 - now % 60)})
    with _lock:
        if len(_taken) > 1000:
            _taken.clear()
        _taken[key.pk] = minute, left - 1


def _take(key: InstitutionKey, minute: int, wanted: int) -> int:
    """So many of the wanted calls that the limit still has, counted in the row.

    The count need not survive a power cut: its commit does not wait for the disk.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE access_institutionkey SET calls = CASE WHEN minute = %s THEN calls ELSE 0 END + %s, minute = %s"
            " WHERE id = %s AND set_config('synchronous_commit', 'off', true) IS NOT NULL RETURNING calls",
            [minute, wanted, minute, key.pk],
        )
        row = cursor.fetchone()
    return wanted - max(0, row[0] - key.per_minute) if row is not None else 0
