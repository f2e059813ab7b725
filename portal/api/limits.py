"""How many calls a minute a key may make: counted in its own row, so that every web process counts together."""

import time

from django.db import connection

from portal.access.models import InstitutionKey
from portal.api.problems import Problem


def count_call(key: InstitutionKey) -> None:
    """Raises Problem (429 with Retry-After) when this minute's calls are used up; inside the platform's door.

    The count need not survive a power cut: its commit does not wait for the disk.
    """
    now = int(time.time())
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE access_institutionkey SET calls = CASE WHEN minute = %s THEN calls + 1 ELSE 1 END, minute = %s"
            " WHERE id = %s AND set_config('synchronous_commit', 'off', true) IS NOT NULL RETURNING calls",
            [now // 60, now // 60, key.pk],
        )
        row = cursor.fetchone()
    if row is not None and row[0] > key.per_minute:
        sentence = f"这个密钥每分钟最多 {key.per_minute} 次请求，请稍后用同一个 Idempotency-Key 重试"
        raise Problem(429, "too-many-requests", sentence, headers={"Retry-After": str(60 - now % 60)})
