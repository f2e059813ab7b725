"""Charges of all stays by themselves, once a day, where an institution wants it."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from portal.access.member import Member
from portal.access.models import Institution
from portal.audit import record
from portal.gateway.environments.standstill import environment_for
from settlement.actions import FEES_SCHEDULED
from settlement.models import ChargeSchedule, FeeLine, LineState, Visit, VisitKind, VisitState
from settlement.services.inpatient.automatic import CLOCK, member_named
from settlement.services.inpatient.sending import start_upload
from settlement.services.refusals import Refused

#: When nobody said otherwise: after the day's charges are entered.
EVENING = time(22, 0)


def schedule_of(environment: str) -> ChargeSchedule:
    """The institution's setting; a new one, off, when none was saved."""
    found = ChargeSchedule.objects.filter(environment=environment).first()
    return found or ChargeSchedule(environment=environment, at=EVENING)


def save_schedule(*, is_on: bool, at: time, by: Member) -> ChargeSchedule:
    """Set it for the environment that the institution works in."""
    environment = environment_for(by)
    setting = ChargeSchedule.objects.select_for_update(of=("self",)).filter(environment=environment).first()
    setting = setting or ChargeSchedule(environment=environment)
    setting.is_on, setting.at, setting.changed_as = is_on, at, by.label[:100]
    setting.next_at = next_time(at, timezone.now()) if is_on else None
    setting.save()
    record(FEES_SCHEDULED, setting, by=by, what=str(setting))
    return setting


def next_time(at: time, now: datetime) -> datetime:
    """The next time that the clock shows it (Asia/Shanghai), after `now`. Pure."""
    local = timezone.localtime(now)
    today = timezone.make_aware(datetime.combine(local.date(), at))
    return today if today > now else timezone.make_aware(datetime.combine(local.date() + timedelta(days=1), at))


def waiting_stays(environment: str) -> QuerySet[Visit]:
    """Stays at the centre in which something waits and nothing moves, the longest first."""
    lines = FeeLine.objects.filter(visit=OuterRef("pk"), state=LineState.DRAFT)
    rows = Visit.objects.filter(environment=environment, kind=VisitKind.INPATIENT, operation=None)
    return rows.filter(Exists(lines), state__in=[VisitState.OPEN, VisitState.LEFT]).order_by("started_at", "pk")


def start_all(environment: str, *, by: Member) -> tuple[int, list[str]]:
    """Start each of them; how many, and why the others could not."""
    count, refused = 0, []
    for visit in waiting_stays(environment):
        try:
            start_upload(visit, by=by)
            count += 1
        except Refused as refusal:
            refused.append(f"{visit.number}：{refusal.sentence}")
    return count, refused


def run_schedule(institution: Institution) -> int:
    """Start what is due, inside the door; how many stays. Several sweeps at once start it once."""
    now = timezone.now()
    due = ChargeSchedule.objects.select_for_update(of=("self",), skip_locked=True).filter(
        environment=institution.environment, is_on=True, next_at__lte=now
    )
    setting = due.first()
    if setting is None:
        return 0
    count, _ = start_all(institution.environment, by=member_named(CLOCK, institution))
    setting.last_at, setting.last_count, setting.next_at = now, count, next_time(setting.at, now)
    setting.save(update_fields=["last_at", "last_count", "next_at"])
    return count
