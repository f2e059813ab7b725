"""Days of the log as JSONL, one file a day, named as in the manual (chapter 10): 2026-04-26.jsonl."""

import json
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import IO, Any

from django.db.models import QuerySet
from django.utils.timezone import localtime

from portal.audit.models import Event
from portal.web.tables.filters import day_end, day_start

CHUNK = 2000
#: Up to here the browser waits; more records become a job.
AT_ONCE = 20_000
#: A year with a leap day.
LONGEST = 366


@dataclass(frozen=True)
class Days:
    """From one day to another, both included (Asia/Shanghai). ValueError for an order or a length that cannot be."""

    since: date
    until: date

    def __post_init__(self) -> None:
        if self.until < self.since:
            raise ValueError("截止日期不能早于起始日期")
        if len(self) > LONGEST:
            raise ValueError(f"一次最多导出 {LONGEST} 天的日志")

    def __len__(self) -> int:
        return (self.until - self.since).days + 1

    def __iter__(self) -> Iterator[date]:
        return (self.since + timedelta(days=number) for number in range(len(self)))

    @property
    def file_name(self) -> str:
        if len(self) == 1:
            return f"{self.since:%Y-%m-%d}.jsonl"
        return f"{self.since:%Y-%m-%d}_{self.until:%Y-%m-%d}.zip"

    @property
    def content_type(self) -> str:
        return "application/zip" if len(self) > 1 else "application/x-ndjson; charset=utf-8"


def events_of(days: Days, chain: int) -> QuerySet[Any]:
    until = day_end(days.until)
    return Event.objects.filter(chain=chain, at__gte=day_start(days.since), at__lt=until)


def write_days(days: Days, chain: int) -> IO[bytes]:
    """The file of the only day, or a zip with a file for each day that has records; oldest first. Inside the door."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    if len(days) == 1:
        file.writelines(lines(events_of(days, chain)))
    else:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for day in days:
                _add(archive, Days(day, day), chain)
    file.seek(0)
    return file


def _add(archive: zipfile.ZipFile, day: Days, chain: int) -> None:
    found = lines(events_of(day, chain))
    first = next(found, None)
    if first is None:
        return
    with archive.open(day.file_name, "w") as entry:
        entry.write(first)
        for line in found:
            entry.write(line)


def lines(events: QuerySet[Any]) -> Iterator[bytes]:
    """A line for each record, with everything that its hash was made of.

    hash = SM3(chain ‖ seq, 8 bytes each, big endian ‖ prev ‖ at ‖ SM3(record)), where `record` is written with sorted
    keys and without spaces; `prev` of the first record is 32 zero bytes.
    """
    for event in events.order_by("seq").iterator(chunk_size=CHUNK):
        line = {
            "chain": event.chain,
            "seq": event.seq,
            "at": event.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "time": f"{localtime(event.at):%Y-%m-%d %H:%M:%S}",
            "kind": event.label,
            "sentence": event.sentence,
            "actor": event.actor_name,
            "record": event.content,
            "prev": event.prev_hex,
            "hash": event.hash_hex,
        }
        yield json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
