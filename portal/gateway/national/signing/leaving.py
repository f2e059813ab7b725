"""Signing out: at the end of a shift, when an operator has left or was idle, when people say so."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

from django.utils import timezone

from portal.access.door import tenant_tx
from portal.access.models import Institution, User
from portal.gateway import wire
from portal.gateway.channels.models import Channel, wire_settings
from portal.gateway.journal import lease
from portal.gateway.national.signing import services
from portal.gateway.national.signing.models import NationalSignIn
from portal.jobs.pace import factor
from portal.vault import BrokenSeal

logger = logging.getLogger(__name__)
#: A call under this number may be on its way so long after it was used.
UNDER_WAY = timedelta(minutes=1)
#: After a sign-out that was not heard, before the sweep tries again.
AGAIN = timedelta(minutes=5)


def sign_out_left(institution_id: int) -> int:
    """Sign out every operator whose shift is over, who is idle or has left the portal; how many ended."""
    with tenant_tx(institution_id):
        rows = list(NationalSignIn.objects.filter(sign_no__isnull=False).select_related("user"))
        due = [row for row in rows if why_due(row)]
    return sum(sign_out(institution_id, row) for row in due)


def why_due(row: NationalSignIn) -> str:
    """Why the operator should be signed out now, in a word; "" while the shift goes on. Inside the door."""
    settings, now = settings_for(row), timezone.now()
    if settings is None or row.last_used_at is None or row.last_used_at > now - UNDER_WAY * factor():
        return ""
    if row.state != "in" or row.message:  # the last try was not heard
        return "again" if row.changed_at < now - AGAIN * factor() else ""
    if row.ends_at is not None and row.ends_at <= now:
        return "shift"
    if row.user is not None and row.user.session_key == User.NO_SESSION:
        return "left"
    if row.last_used_at < now - wire.wire(settings.gateway.wire).shift(settings).idle * factor():
        return "idle"
    elsewhere = not Institution.objects.filter(pk=row.institution_pk, environment=row.environment).exists()
    return "elsewhere" if elsewhere else ""


def sign_out(institution_id: int, row: NationalSignIn, *, asked: bool = False) -> bool:
    """End this operator's shift unless somebody has used it meanwhile; whether it ended. Outside any transaction.

    `asked`: a person wants it, whatever is under way: what is refused for it is sent again under a new number.
    """
    with tenant_tx(institution_id):
        settings = settings_for(row)
    if settings is None:
        return False
    held = lease.take(institution_id, services.lease_name(settings), row.environment, services.LEASE)
    if held is None:
        return False
    try:
        with tenant_tx(institution_id):
            now = services.row_of(settings, row.environment)
            if now is None or now.sign_no is None or (not asked and now.last_used_at != row.last_used_at):
                return False
            number = str(now.sign_no.reveal())
        return services.sign_out(replace(settings, sign_no=number), institution_id, row.environment)
    finally:
        held.give_back()


def settings_for(row: NationalSignIn) -> wire.WireSettings | None:
    """The channel's settings as this operator, also while the channel is switched off; inside the door."""
    channel = Channel.objects.filter(gateway=row.gateway, environment=row.environment).first()
    try:
        settings = wire_settings(channel.gateway, channel.values(), channel.environment) if channel else None
    except (BrokenSeal, LookupError, ValueError):
        logger.exception("sign-in %s: its channel cannot be read", row.pk)
        return None
    return replace(settings, operator=wire.Operator(row.operator, row.operator_name)) if settings else None
