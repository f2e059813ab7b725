"""Every morning yesterday is reconciled; mornings that were missed are made up for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError
from django.db.transaction import atomic
from django.utils import timezone

from portal.access.member import Member
from portal.access.models import Institution
from portal.audit import record
from portal.codes import code_list
from portal.gateway.environments.standstill import environment_for
from portal.gateway.national import NATIONAL
from reconciliation.actions import RUNS_SCHEDULED
from reconciliation.models import Run, RunKind, RunSchedule, RunState
from reconciliation.services.families import families_of
from reconciliation.services.refusals import Refused
from reconciliation.services.runs import start_run

#: When the centre has yesterday's settlements; nobody waits at a desk yet.
MORNING = time(6, 30)
#: Days that are made up for after a standstill.
MADE_UP = 31
#: Scopes that may be fixed.
SCOPES = 100


class Automatic(Member):
    """Who reconciles by the clock: nobody in particular."""

    @property
    def label(self) -> str:
        return "自动对账"


def schedule_of(environment: str) -> RunSchedule:
    """The institution's schedule; a new one, on, when none was saved."""
    found = RunSchedule.objects.filter(environment=environment).first()
    return found or RunSchedule(environment=environment, at=MORNING)


def due_days(through: date | None, at: time, now: datetime) -> list[date]:
    """The days to begin now, the oldest first: yesterday once the time has come, and those before that were missed.

    Days and time are Shanghai's. `through` is the last day that was begun; without one only yesterday. Pure.
    """
    local = timezone.localtime(now)
    last = local.date() - timedelta(days=1 if local.time() >= at else 2)
    first = max(through + timedelta(days=1), last - timedelta(days=MADE_UP - 1)) if through else last
    return [first + timedelta(days=count) for count in range((last - first).days + 1)]


def run_schedule(institution: Institution) -> int:
    """Start what is due in the environment the institution works in; inside the door. How many runs."""
    environment = str(institution.environment)
    families = families_of(environment)
    if not families:
        return 0
    schedule = _held(environment)
    if schedule is None or not schedule.is_on:
        return 0
    days = due_days(schedule.through, schedule.at, timezone.now())
    by = Automatic(None, institution, frozenset())
    for day in days:
        for family in families:
            start_run(RunKind.DAY, day, family=family, by=by, is_scheduled=True)
    if days:
        schedule.through = days[-1]
        schedule.save(update_fields=["through"])
    return len(days) * len(families)


def _held(environment: str) -> RunSchedule | None:
    """The schedule, locked; None while another sweep has it."""
    rows = RunSchedule.objects.select_for_update(of=("self",), skip_locked=True).filter(environment=environment)
    if (found := rows.first()) is not None or RunSchedule.objects.filter(environment=environment).exists():
        return found
    try:
        with atomic():
            return RunSchedule.objects.create(environment=environment, at=MORNING)
    except IntegrityError:
        return None


def save_schedule(*, is_on: bool, at: time, scopes: Iterable[str], by: Member) -> RunSchedule:
    """Keep when yesterday is reconciled, and what is always asked about: "310/11/430100". Refused with the field."""
    found = [_scope(one) for one in scopes if one.strip()]
    if len(found) > SCOPES:
        raise Refused(f"最多 {SCOPES} 个固定范围", "scopes")
    environment = environment_for(by)
    schedule = schedule_of(environment)
    schedule.is_on, schedule.at, schedule.scopes = is_on, at, [list(one) for one in dict.fromkeys(found)]
    schedule.changed_as, schedule.changed_at = by.label[:100], timezone.now()
    schedule.save()
    record(RUNS_SCHEDULED, schedule, by=by, what=f"{schedule}，固定范围 {len(schedule.scopes)} 个")
    return schedule


def _scope(text: str) -> tuple[str, str, str]:
    parts = [one.strip() for one in text.replace("／", "/").split("/")]
    if len(parts) != 3 or not all(parts):
        raise Refused(f"“{text.strip()[:40]}”应为 险种/清算类别/清算经办机构，例如 310/11/430100", "scopes")
    for value, name, label in ((parts[0], "insutype", "险种"), (parts[1], "clr_type", "清算类别")):
        if value not in code_list(f"national.{name}").codes:
            raise Refused(f"“{text.strip()[:40]}”：没有{label} {value[:10]}", "scopes")
    if len(parts[2]) > 20:
        raise Refused(f"“{text.strip()[:40]}”：清算经办机构过长", "scopes")
    return parts[0], parts[1], parts[2]


def missed_days(environment: str, *, family: str = NATIONAL.name, now: datetime | None = None) -> list[date]:
    """Days of the last week that should be reconciled by now and are not, or not to the end; inside the door."""
    schedule = RunSchedule.objects.filter(environment=environment, is_on=True).first()
    if schedule is None or family not in families_of(environment):
        return []
    moment = now or timezone.now()
    wanted = due_days(timezone.localdate(moment) - timedelta(days=8), schedule.at, moment - timedelta(minutes=30))
    runs = Run.objects.filter(environment=environment, family=family, kind=RunKind.DAY)
    if schedule.changed_at is not None:
        since = timezone.localdate(schedule.changed_at) - timedelta(days=1)
    else:  # nobody ever set it up: since the first day that was reconciled by itself
        firsts = runs.filter(is_scheduled=True).order_by("begin").values_list("begin", flat=True)
        since = firsts.first() or timezone.localdate(moment)
    done = set(runs.filter(begin__in=wanted).exclude(state=RunState.FAILED).values_list("begin", flat=True))
    return [day for day in wanted if day >= since and day not in done]
