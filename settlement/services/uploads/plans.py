"""When a number's records go by themselves; the plan's row is also what writers of that number wait for in turn."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.db import IntegrityError
from django.db.transaction import atomic
from django.utils import timezone

from portal.access.member import Member
from portal.access.models import Institution
from portal.audit import record
from portal.gateway.environments.standstill import environment_for
from settlement.actions import UPLOADS_SCHEDULED
from settlement.models import UploadPlan
from settlement.rules.uploads import KINDS, kind_of
from settlement.services.refusals import Refused

#: At night the centre has time (4-信息采集上传: 定时).
NIGHT = time(1, 30)
LEAST, MOST, AT_ONCE = 5, 720, 50


class Automatic(Member):
    """Who uploads by the institution's plan: nobody in particular."""

    @property
    def label(self) -> str:
        return "自动上传"


def automatic(institution: Institution) -> Member:
    return Automatic(None, institution, frozenset())


def plan_of(environment: str, number: str) -> UploadPlan:
    """The number's plan; a new one, off, when none was saved."""
    found = UploadPlan.objects.filter(environment=environment, number=number).first()
    return found or UploadPlan(environment=environment, number=number, at=NIGHT)


def hold_number(environment: str, number: str) -> UploadPlan:
    """Wait for one's turn with this number, until the transaction ends."""
    rows = UploadPlan.objects.select_for_update(of=("self",)).filter(environment=environment, number=number)
    if (plan := rows.first()) is not None:
        return plan
    try:
        with atomic():
            return UploadPlan.objects.create(environment=environment, number=number, at=NIGHT)
    except IntegrityError:
        return rows.get()


def save_plans(
    numbers: Iterable[str], *, is_on: bool, at: time, every: int, at_once: int, by: Member
) -> list[UploadPlan]:
    """Set the plan of these numbers; Refused with the field at fault."""
    wanted = [number for number in KINDS if number in set(numbers)]
    wrong = [] if wanted else [("numbers", "请选择交易")]
    if every and not LEAST <= every <= MOST:
        wrong.append(("every", f"间隔应为 {LEAST} 至 {MOST} 分钟，0 为每天一次"))
    if not 1 <= at_once <= AT_ONCE:
        wrong.append(("at_once", f"应为 1 至 {AT_ONCE} 条"))
    if wrong:
        raise Refused.of(wrong)
    environment = environment_for(by)
    return [_save(environment, number, is_on, at, every, at_once, by) for number in wanted]


def _save(environment: str, number: str, is_on: bool, at: time, every: int, at_once: int, by: Member) -> UploadPlan:
    plan = hold_number(environment, number)
    plan.is_on, plan.at, plan.every, plan.at_once = is_on, at, every, at_once
    plan.changed_as, plan.changed_at = by.label[:100], timezone.now()
    plan.next_at = next_time(plan.at, plan.every, timezone.now()) if is_on else None
    plan.save()
    kind = kind_of(number)
    record(UPLOADS_SCHEDULED, plan, by=by, number=number, title=kind.title if kind else number, what=str(plan))
    return plan


def next_time(at: time, every: int, now: datetime) -> datetime:
    """When it is due after `now`: in so many minutes, or at that time of the day (Asia/Shanghai). Pure."""
    if every:
        return now + timedelta(minutes=every)
    local = timezone.localtime(now)
    today = timezone.make_aware(datetime.combine(local.date(), at))
    return today if today > now else today + timedelta(days=1)


def due_plans(institution: Institution) -> list[UploadPlan]:
    """Plans whose time has come, each put to its next time at once: several sweeps start a run once."""
    now = timezone.now()
    rows = UploadPlan.objects.select_for_update(of=("self",), skip_locked=True)
    due = list(rows.filter(environment=institution.environment, is_on=True, next_at__lte=now).order_by("number"))
    for plan in due:
        plan.next_at = next_time(plan.at, plan.every, now)
        plan.save(update_fields=["next_at"])
    return due
