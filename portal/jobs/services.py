"""Starting, joining, cancelling and repairing jobs."""

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.access.door import required_institution
from portal.access.member import Member
from portal.jobs.holds import refuse_new_work
from portal.jobs.kinds import declared
from portal.jobs.models import LIVE, Job, JobState
from portal.jobs.queue import later
from portal.jobs.running import is_stale

RUN = "portal.jobs.tasks.run_job"
#: A job that kills its worker this often is not started again.
RUNS = 5


def start(
    kind: str,
    key: str,
    *,
    by: Member | None,
    title: str = "",
    params: dict[str, Any] | None = None,
    operation: UUID | None = None,
) -> Job:
    """Put a job into the queue, or join the live one with the same kind and key (then `job.joined` is True).

    `params` are ids and small numbers, never data of people. With `operation` the job only mirrors that operation of
    the journal. Call it inside the institution's door; the worker hears of it after the commit.
    Raises StandStill while the institution's environment is about to change: every job belongs to one environment.
    """
    work = declared(kind) if operation is None else None
    if work:
        refuse_new_work(required_institution())
    job = Job(
        kind=kind,
        key=key[:200],
        title=(title or (work.title if work else kind))[:200],
        params=params or {},
        state=JobState.QUEUED if work else JobState.WAITING,
        operation=operation,
        started_by=by.user if by else None,
        started_label=by.label[:100] if by else "",
    )
    try:
        with transaction.atomic():
            job.save(force_insert=True)
    except IntegrityError:
        live = Job.objects.filter(kind=kind, key=key[:200], state__in=LIVE).first()
        if live is None:
            raise
        live.joined = True
        return live
    if work:
        later(RUN, job.institution_pk, job.pk)
    return job


def cancel(job: Job) -> bool:
    """Ask a job to stop: at once when it has not begun, else between two messages. False when it is too late."""
    now = timezone.now()
    if Job.objects.filter(pk=job.pk, state=JobState.QUEUED).update(state=JobState.CANCELLED, finished_at=now):
        return True
    return bool(Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(cancel_asked=True))


def settle(operation: UUID, state: JobState, note: str = "") -> None:
    """The journal's word on the operation that jobs follow; inside the institution's door."""
    changes: dict[str, Any] = {"state": state, "note": note[:300]}
    if state not in LIVE:
        changes["finished_at"] = timezone.now()
    if state == JobState.FAILED:
        changes["error"] = note[:500]
    Job.objects.filter(operation=operation, state__in=LIVE).update(**changes)


def repair() -> None:
    """Find jobs without a runner, inside the institution's door: start them again, or say why they ended."""
    for job in Job.objects.filter(state__in=[JobState.QUEUED, JobState.RUNNING]):
        if not is_stale(job):
            continue
        if job.state == JobState.QUEUED:
            later(RUN, job.institution_pk, job.pk)
            continue
        mine = Job.objects.filter(pk=job.pk, run=job.run, state=JobState.RUNNING, beat_at=job.beat_at)
        now = timezone.now()
        if job.cancel_asked:
            mine.update(state=JobState.CANCELLED, finished_at=now)
        elif declared(job.kind).resumable and job.run < RUNS:
            if mine.update(state=JobState.QUEUED, beat_at=now, note="后台进程曾中断，正在继续"):
                later(RUN, job.institution_pk, job.pk)
        else:
            mine.update(
                state=JobState.FAILED,
                finished_at=now,
                error="后台进程中断，任务没有完成；已取得的数据没有丢失，可以再次启动",
            )
