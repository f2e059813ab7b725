"""Uploads by themselves: per institution on or off, at times of the day or every so many minutes (4.10, note 5)."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from injury.actions import SCHEDULE_SET
from injury.models import (
    Admission,
    AdmissionState,
    Advice,
    EpochState,
    FeeEpoch,
    FeeItem,
    FeeState,
    UploadSchedule,
)
from injury.services.refusals import Refused
from injury.services.uploading.epochs import automatic
from injury.services.uploading.starting import start_upload
from portal.access.member import Member
from portal.access.models import Institution
from portal.audit import record
from portal.gateway.environments.standstill import environment_for

TIME = re.compile(r"([01]?[0-9]|2[0-3])[:：]([0-5][0-9])")
LEAST, MOST, MOST_TIMES = 5, 1440, 24


def schedule_of(environment: str) -> UploadSchedule:
    """The institution's schedule; a new one, off, when none was saved."""
    return UploadSchedule.objects.filter(environment=environment).first() or UploadSchedule(environment=environment)


def read_times(text: str) -> tuple[str, ...]:
    """Times of the day as people type them, sorted: `8:00 12：30` → `08:00`, `12:30`. Raises Refused naming the first
    that is none."""
    found = set()
    for word in re.split(r"[\s,，、;；]+", text.strip()):
        if not word:
            continue
        match = TIME.fullmatch(word)
        if match is None:
            raise Refused(f"“{word[:20]}”不是时刻，请写成 08:00 这样", "times")
        found.add(f"{int(match[1]):02}:{match[2]}")
    if len(found) > MOST_TIMES:
        raise Refused(f"最多 {MOST_TIMES} 个时刻", "times")
    return tuple(sorted(found))


def save_schedule(*, is_on: bool, times: str, every: int, by: Member) -> UploadSchedule:
    """Set it for the environment that the institution works in; Refused with the field at fault."""
    environment = environment_for(by)
    known = read_times(times)
    if not known and not LEAST <= every <= MOST:
        raise Refused(f"间隔应为 {LEAST} 至 {MOST} 分钟", "every")
    schedule = UploadSchedule.objects.select_for_update(of=("self",)).filter(environment=environment).first()
    schedule = schedule or UploadSchedule(environment=environment)
    schedule.is_on, schedule.times, schedule.every = is_on, ",".join(known), every
    schedule.changed_as = by.label[:100]
    schedule.next_at = next_time(schedule.times, every, timezone.now()) if is_on else None
    schedule.save()
    record(SCHEDULE_SET, schedule, by=by, what=str(schedule))
    return schedule


def next_time(times_of_day: str, every: int, now: datetime) -> datetime:
    """When it is due after `now`: at the next of "08:00,12:30" (Asia/Shanghai), else in so many minutes. Pure."""
    if not times_of_day:
        return now + timedelta(minutes=every)
    local = timezone.localtime(now)
    times = [time.fromisoformat(one) for one in times_of_day.split(",")]
    today = [_at(local.date(), one) for one in times]
    later = [one for one in today if one > now]
    return later[0] if later else _at(local.date() + timedelta(days=1), times[0])


def _at(day: date, at: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, at))


def waiting_admissions(environment: str) -> QuerySet[Admission]:
    """Admissions in which something waits and may go, the longest first; none that a person has to look at."""
    items = FeeItem.objects.filter(admission=OuterRef("pk"), state=FeeState.WAITING)
    advices = Advice.objects.filter(admission=OuterRef("pk"), version__gt=F("uploaded_version"))
    busy = FeeEpoch.objects.filter(admission=OuterRef("pk")).exclude(state__in=[EpochState.COMPLETE, EpochState.WIPED])
    mine = Admission.objects.filter(environment=environment, state=AdmissionState.ADMITTED)
    return mine.filter(Exists(items) | Q(Exists(advices)), ~Exists(busy)).order_by("admitted_on", "pk")


def run_schedule(institution: Institution) -> int:
    """Start what is due, inside the door; how many admissions. Several sweeps at once start it once."""
    now = timezone.now()
    due = UploadSchedule.objects.select_for_update(of=("self",), skip_locked=True).filter(
        environment=institution.environment, is_on=True, next_at__lte=now
    )
    schedule = due.first()
    if schedule is None:
        return 0
    count, _ = start_all(waiting_admissions(institution.environment), by=automatic(institution))
    schedule.last_at, schedule.last_count, schedule.next_at = now, count, next_time(schedule.times, schedule.every, now)
    schedule.save(update_fields=["last_at", "last_count", "next_at"])
    return count


def start_all(admissions: QuerySet[Admission], *, by: Member) -> tuple[int, list[str]]:
    """Start each of them; how many, and why the others could not."""
    count, refused = 0, []
    for admission in admissions:
        try:
            start_upload(admission, by=by)
            count += 1
        except Refused as refusal:
            refused.append(f"{admission.number}：{refusal.sentence}")
    return count, refused
