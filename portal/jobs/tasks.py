"""What the worker processes call. Every task is at-most-once in the queue; the sweep finds what got lost."""

import logging
from uuid import UUID

from django.db import connection
from django.utils.module_loading import import_string

from portal.access.door import tenant_tx
from portal.jobs import pulses, services
from portal.jobs.behalf import on_behalf_of
from portal.jobs.holds import carrying_on
from portal.jobs.kinds import declared
from portal.jobs.models import JobState
from portal.jobs.queue import later
from portal.jobs.running import Cancelled, OutOfTime, Replaced, Running, claim
from portal.jobs.sweeps import sweep_institutions, sweeper

logger = logging.getLogger(__name__)


def run(path: str, *ids: int | str) -> None:
    """Entry of every task: calls `path(*ids)` while a thread shows the watchdog that this process lives."""
    if connection.in_atomic_block:
        raise RuntimeError("a task begins outside any transaction")
    with pulses.beating():
        import_string(path)(*ids)


def run_job(institution_id: int, job_id: str) -> None:
    """Run one queued job to its end; nothing happens when another worker has it."""
    job = claim(institution_id, UUID(job_id))
    if job is None:
        return
    work = declared(job.kind)
    person = job.by.user if job.by else None
    try:
        with pulses.beating(job.beat), carrying_on(), on_behalf_of(job.started_label, person):
            note = work.run(job)
    except Replaced:
        logger.warning("job %s was taken over by another worker", job.id)
    except Cancelled:
        job.finish(JobState.CANCELLED, note="已按要求停止")
    except OutOfTime:
        _again(job, "任务较长，分段继续")
    except SystemExit:
        # The queue's own time-out (design 3.3). What the job has stored is kept.
        if work.resumable and job.done:
            _again(job, "任务较长，分段继续")
        else:
            job.finish(JobState.FAILED, error="任务超过规定时间，已停止；已取得的数据没有丢失，可以再次启动")
        raise
    except Exception as error:
        sentence = getattr(error, "sentence", "")
        if sentence:
            logger.warning("job %s ended: %s", job.id, type(error).__name__)
        else:
            logger.exception("job %s broke", job.id)
        job.finish(JobState.FAILED, error=str(sentence or f"程序出错，任务已停止（编号 {job.id}），请联系管理员")[:500])
    else:
        job.finish(JobState.DONE, **({"note": note[:300]} if note else {}))


def _again(job: Running, note: str) -> None:
    if job.finish(JobState.QUEUED, note=note):
        later(services.RUN, job.institution_id, job.id)


def sweep() -> None:
    """Look after orphaned work everywhere; the supervisor asks for it every half minute."""
    pulses.mark("sweep:started")
    sweep_institutions()


@sweeper()
def repair_jobs(institution_id: int) -> None:
    with tenant_tx(institution_id):
        services.repair()
