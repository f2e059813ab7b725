"""A checkpoint a day, on every machine that runs a worker: each keeps its own files, outside the database."""

from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from portal.audit.checkpoints import latest_checkpoint, write_checkpoint
from portal.audit.exporting import write_result
from portal.audit.state import verify_and_record
from portal.jobs import job
from portal.jobs.sweeps import machine_sweeper


@machine_sweeper
def checkpoint_of_the_day() -> None:
    """Write today's checkpoint (Asia/Shanghai) unless there is one; a test's database is not worth anchoring."""
    latest = latest_checkpoint()
    if settings.MODE != "test" and (latest is None or day_of(latest) < timezone.localdate()):
        write_checkpoint()


def day_of(path: Path) -> date:
    return datetime.fromtimestamp(path.stat().st_mtime, timezone.get_current_timezone()).date()


job("audit.verify", title="核对操作日志", resumable=True, permission="audit.verify")(verify_and_record)
job("audit.export", title="导出操作日志", resumable=True, permission="audit.export")(write_result)
