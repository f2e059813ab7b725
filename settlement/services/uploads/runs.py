"""Starting, pausing and scheduling runs."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.db.transaction import atomic

from portal.access.member import Member
from portal.access.models import Institution
from portal.audit import record
from portal.gateway.environments.standstill import environment_for
from portal.jobs import cancel, start
from portal.jobs.models import LIVE, Job
from settlement.actions import UPLOAD_STARTED
from settlement.models import UploadRun, UploadRunState
from settlement.rules.uploads import KINDS
from settlement.services.refusals import Refused
from settlement.services.uploads import outcomes
from settlement.services.uploads.plans import automatic, due_plans, hold_number
from settlement.services.uploads.sending import end_run, mark_doubts, waiting

UPLOAD_RECORDS = "settlement.uploads"


@atomic
def start_run(number: str, *, by: Member, is_scheduled: bool = False) -> UploadRun:
    """Send what waits of this number now; a run that goes on is `joined`. Refused when nothing waits."""
    environment = environment_for(by)
    kind = KINDS.get(number)
    if kind is None:
        raise Refused(f"{number[:10]} 不是采集上传的交易", "number")
    hold_number(environment, number)
    live = UploadRun.objects.filter(environment=environment, number=number, state=UploadRunState.RUNNING).first()
    if live is not None:
        live.joined = True
        return live
    count = waiting(environment, number).count()
    if not count:
        raise Refused("没有可以上传的记录", "number")
    run = UploadRun.objects.create(
        environment=environment, number=number, total=count, is_scheduled=is_scheduled, started_as=by.label[:100]
    )
    _begin(run, by)
    record(UPLOAD_STARTED, run, by=by, number=number, title=kind.title, count=count)
    return run


def _begin(run: UploadRun, by: Member | None) -> None:
    title = f"采集上传 {run.number} {KINDS[run.number].title}"
    job = start(
        UPLOAD_RECORDS, str(run.pk), by=by if by and by.user else None, title=title, params={"run": str(run.pk)}
    )
    run.job = job.pk
    run.save(update_fields=["job"])


@atomic
def pause(run: UploadRun) -> None:
    """Send nothing more; what is under way ends. Raises Refused when the run has ended."""
    run = UploadRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if run.state != UploadRunState.RUNNING:
        raise Refused("这次上传已经结束")
    end_run(run, UploadRunState.STOPPED, "已暂停，其余等待下次上传")
    job = Job.objects.filter(pk=run.job, state__in=LIVE).first() if run.job else None
    if job is not None:
        cancel(job)


def run_plans(institution: Institution) -> int:
    """Start what is due, inside the door; how many runs."""
    started = 0
    for plan in due_plans(institution):
        try:
            start_run(plan.number, by=automatic(institution), is_scheduled=True)
            started += 1
        except Refused:
            continue  # nothing waits
    mark_doubts(institution.environment)
    return started


def end_lost_runs() -> int:
    """Runs whose job ended without them are ended; what waits stays. Inside the door."""
    mine = Job.objects.filter(pk=OuterRef("job"), state__in=LIVE)
    lost = list(UploadRun.objects.filter(~Exists(mine), state=UploadRunState.RUNNING))
    for run in lost:
        said = Job.objects.filter(pk=run.job).values_list("error", flat=True).first() if run.job else ""
        end_run(run, UploadRunState.STOPPED, said or "后台任务已结束，其余等待下次上传")
    return len(lost)


#: Who opens messages knows what their end means.
__all__ = ["UPLOAD_RECORDS", "end_lost_runs", "outcomes", "pause", "run_plans", "start_run"]
