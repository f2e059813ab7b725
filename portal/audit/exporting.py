"""Exporting days of the log; each export is itself recorded."""

from datetime import date
from typing import IO

from portal.access.member import Member
from portal.audit.actions import EXPORTED
from portal.audit.daily import AT_ONCE, Days, events_of, write_days
from portal.audit.record import record
from portal.jobs import Job, Running, start


def export_days(days: Days, *, by: Member) -> IO[bytes] | Job:
    """The file, or for very many records the job that makes it. Inside the institution's door."""
    chain = by.institution_id
    count = events_of(days, chain).count()
    made = write_days(days, chain) if count <= AT_ONCE else _later(days, by=by)
    record(EXPORTED, by=by, format="JSONL", since=days.since, until=days.until, count=count)
    return made


def _later(days: Days, *, by: Member) -> Job:
    key = f"{days.since}_{days.until}"
    params = {"since": f"{days.since}", "until": f"{days.until}"}
    return start("audit.export", f"{key}:{by.label}", title=f"导出操作日志 {key}", by=by, params=params)


def write_result(running: Running) -> str:
    """The job: the file is its result."""
    days = Days(date.fromisoformat(running.params["since"]), date.fromisoformat(running.params["until"]))
    with running.tx(), write_days(days, running.institution_id) as file:
        content = file.read()
    running.result(days.file_name, content)
    return f"{len(days)} 天"
