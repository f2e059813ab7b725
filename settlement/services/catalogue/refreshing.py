"""Catalogues that keep themselves new at night, where an institution wants it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from portal.access.member import Member
from portal.access.models import Institution
from portal.audit import record
from portal.gateway.environments.standstill import environment_for
from settlement.actions import REFRESH_SET
from settlement.models import CatalogueRefresh
from settlement.services.catalogue.downloading import begin
from settlement.services.catalogue.store import catalogues_of, required_region

#: When nobody said otherwise: at night the centre is idle.
NIGHT = time(2, 30)
#: A catalogue that somebody in the region asked about within these hours is not asked about again.
FRESH = timedelta(hours=12)


def refresh_of(environment: str) -> CatalogueRefresh:
    """The institution's setting; a new one, off, when none was saved."""
    found = CatalogueRefresh.objects.filter(environment=environment).first()
    return found or CatalogueRefresh(environment=environment, at=NIGHT)


def save_refresh(*, is_on: bool, at: time, by: Member) -> CatalogueRefresh:
    """Set it for the environment that the institution works in; Refused without a channel's region."""
    environment = environment_for(by)
    if is_on:
        required_region(environment)
    setting = CatalogueRefresh.objects.select_for_update(of=("self",)).filter(environment=environment).first()
    setting = setting or CatalogueRefresh(environment=environment)
    setting.is_on, setting.at, setting.changed_as = is_on, at, by.label[:100]
    setting.next_at = next_time(at, timezone.now()) if is_on else None
    setting.save()
    record(REFRESH_SET, setting, by=by, what=str(setting))
    return setting


def next_time(at: time, now: datetime) -> datetime:
    """The next time that the clock shows it (Asia/Shanghai), after `now`. Pure."""
    local = timezone.localtime(now)
    today = _at(local.date(), at)
    return today if today > now else _at(local.date() + timedelta(days=1), at)


def _at(day: date, at: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, at))


def run_refresh(institution: Institution) -> list[str]:
    """Start what is due, inside the door; the catalogues that are asked about. Only those that somebody downloaded
    once, and that no other institution of the region has looked after tonight."""
    now = timezone.now()
    due = CatalogueRefresh.objects.select_for_update(of=("self",), skip_locked=True).filter(
        environment=institution.environment, is_on=True, next_at__lte=now
    )
    setting = due.first()
    if setting is None:
        return []
    known = catalogues_of(setting.environment).exclude(version="")
    numbers = [one.number for one in known if one.asked_at is None or one.asked_at < now - FRESH]
    if numbers:
        begin(setting.environment, numbers, by=None)
    setting.last_at, setting.next_at = now, next_time(setting.at, now)
    setting.save(update_fields=["last_at", "next_at"])
    return numbers
