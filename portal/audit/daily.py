"""A day of the log as JSONL."""

import json
import tempfile
from datetime import date, timedelta
from typing import IO

from portal.access.member import Member
from portal.audit.actions import EXPORTED
from portal.audit.lists import day_start
from portal.audit.models import Event
from portal.audit.record import record


def write_day(day: date, *, by: Member) -> IO[bytes]:
    """Every record of that day (Asia/Shanghai), a line each, oldest first; the export is itself recorded.

    `record` holds the content of the hashed text: with sorted keys and without spaces it is that text again.
    """
    rows = Event.objects.filter(chain=by.institution_id, at__gte=day_start(day), at__lt=day_start(day + timedelta(1)))
    file, count = tempfile.TemporaryFile(), 0  # noqa: SIM115  the response closes it
    for event in rows.order_by("seq").iterator(chunk_size=2000):
        line = {
            "seq": event.seq,
            "at": event.at.isoformat(),
            "sentence": event.sentence,
            "record": event.content,
            "prev": event.prev_hex,
            "hash": event.hash_hex,
        }
        file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        count += 1
    file.seek(0)
    record(EXPORTED, by=by, format="JSONL", since=day, until=day, count=count)
    return file
