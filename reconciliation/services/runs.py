"""Starting runs: by a person, by a key, by the clock; and ending those whose job is gone."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Exists, OuterRef
from django.db.transaction import atomic
from django.utils import timezone

from portal.access.member import Member
from portal.audit import record
from portal.gateway.environments.standstill import environment_for
from portal.gateway.national import NATIONAL
from portal.jobs import start
from portal.jobs.models import LIVE, Job
from reconciliation.actions import RUN_STARTED
from reconciliation.models import Run, RunKind, RunState
from reconciliation.services.ending import finish, locked_run
from reconciliation.services.families import family_title, known_families
from reconciliation.services.refusals import Refused
from reconciliation.services.spans import is_past_month, is_whole, next_month

RECONCILE = "reconciliation.run"
#: Days of a range; centres take no more than a month at once.
LONGEST = 31
CLOSE = "reconciliation.months.close"


@atomic
def start_run(
    kind: str,
    begin: date,
    end: date | None = None,
    *,
    family: str = NATIONAL.name,
    by: Member,
    is_scheduled: bool = False,
) -> Run:
    """Reconcile from `begin` to before `end` now; one that goes on is joined. Inside the door.

    A month is named by its first day. Refused with the field at fault; a month also without the right to close it.
    """
    environment = environment_for(by)
    end = _checked(kind, begin, end, family, by)
    span = {"environment": environment, "family": family, "begin": begin, "end": end}
    Run.objects.get_or_create(**span, defaults={"kind": kind, "round": 0, "state": RunState.FAILED})
    run = Run.objects.select_for_update(of=("self",)).get(**span)
    return run if run.is_live else _begin(run, by, is_scheduled)


def run_again(run: Run, *, by: Member) -> Run:
    """The same span once more: another round."""
    return start_run(run.kind, run.begin, run.end, family=run.family, by=by)


def _begin(run: Run, by: Member, is_scheduled: bool) -> Run:
    now = timezone.now()
    run.round, run.state, run.note, run.counts = run.round + 1, RunState.RUNNING, "", {}
    run.theirs_count = run.theirs_total = run.theirs_fund = None
    run.started_by, run.started_as, run.started_at, run.ended_at = by.user, by.label[:100], now, None
    run.is_scheduled = is_scheduled
    run.rounds.append({"round": run.round, "by": run.started_as, "began": now.isoformat()})
    title = f"{family_title(run.family)} {run}"
    job = start(RECONCILE, str(run.pk), by=by if by.user else None, title=title, params={"run": str(run.pk)})
    run.job = job.pk
    run.save()
    record(RUN_STARTED, run, by=by, family=family_title(run.family), what=str(run), round=run.round)
    return run


def _checked(kind: str, begin: date, end: date | None, family: str, by: Member) -> date:
    """The day after the last one. A span that the platform takes for an application is only ever a month."""
    today = timezone.localdate()
    if family not in known_families():
        raise Refused("没有这个接口的对账", "family")
    if kind == RunKind.DAY:
        end = begin + timedelta(days=1)
        if begin > today:
            raise Refused("这一天还没有到", "begin")
    elif kind == RunKind.MONTH:
        begin, end = begin.replace(day=1), next_month(begin)
        if not is_past_month(begin, end, today):
            raise Refused("本月还没有结束，请对当月的日期做时间段对账", "begin")
        if not by.may(CLOSE):
            raise Refused("整月对账视同清算申请，由复核人员发起", "kind")
    elif kind == RunKind.RANGE:
        end = _range_end(begin, end, today)
    else:
        raise Refused("没有这种对账", "kind")
    return end


def _range_end(begin: date, end: date | None, today: date) -> date:
    if end is None or end <= begin:
        raise Refused("结束日期不能早于开始日期", "end")
    if end > today + timedelta(days=1):
        raise Refused("时间段不能超过今天", "end")
    if (end - begin).days > LONGEST:
        raise Refused(f"一次最多 {LONGEST} 天", "end")
    if is_whole(begin, end):
        raise Refused("月初第一天到月末最后一天的对账视同清算申请，请用整月对账，一次一个月", "end")
    return end


def end_lost_runs() -> int:
    """Runs whose job ended without them have failed; inside the door."""
    mine = Job.objects.filter(pk=OuterRef("job"), state__in=LIVE)
    lost = list(Run.objects.filter(~Exists(mine), state=RunState.RUNNING))
    for run in lost:
        said = Job.objects.filter(pk=run.job).values_list("error", flat=True).first() if run.job else ""
        finish(locked_run(run), RunState.FAILED, said or "后台任务已结束，请再次对账")
    return len(lost)
