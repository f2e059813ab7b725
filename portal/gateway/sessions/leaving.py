"""Signing out: when nobody called for a while, when the institution works elsewhere, when people say so."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

from django.utils import timezone

from portal.access.door import tenant_tx
from portal.access.models import Institution
from portal.gateway import wire
from portal.gateway.channels.models import Channel, wire_settings
from portal.gateway.errors import NotSent
from portal.gateway.journal import lease
from portal.gateway.journal.models import Attempt, Operation
from portal.gateway.journal.services import SEND
from portal.gateway.journal.states import State
from portal.gateway.sessions import services
from portal.gateway.sessions.models import GatewaySession, SessionState
from portal.jobs.pace import factor
from portal.jobs.queue import later
from portal.vault import BrokenSeal

logger = logging.getLogger(__name__)
#: A call that began so long ago has ended, whatever is written about it.
UNDER_WAY = timedelta(minutes=10)


def leave_idle(institution_id: int) -> int:
    """Sign out every session that nobody has used for the channel's time, or whose environment the institution has
    left; how many ended."""
    with tenant_tx(institution_id):
        rows = list(GatewaySession.objects.filter(state__in=[SessionState.IN, SessionState.LEAVING]))
        due = [row for row in rows if is_due(row)]
    return sum(leave(institution_id, row) for row in due)


def is_due(row: GatewaySession) -> bool:
    """Whether the session should end now; inside the door. Never while a call is under way."""
    settings = settings_for(row)
    if settings is None or row.last_used_at is None:
        return False
    mine = {"gateway": row.gateway, "environment": row.environment}
    since = timezone.now() - UNDER_WAY
    if Attempt.objects.filter(outcome="", sent_at__gt=since, **mine).exists():
        return False
    if Operation.objects.filter(state__in=[State.QUEUED, State.SENDING], **mine).exists():
        return False
    elsewhere = not Institution.objects.filter(pk=row.institution_pk, environment=row.environment).exists()
    idle = wire.wire(settings.gateway.wire).idle(settings) * factor()
    return elsewhere or row.last_used_at < timezone.now() - idle


def leave(institution_id: int, row: GatewaySession) -> bool:
    """Sign this session out unless somebody has used it meanwhile; whether it ended. Outside any transaction."""
    with tenant_tx(institution_id):
        settings = settings_for(row)
    if settings is None:
        return False
    held = lease.take(institution_id, services.lease_name(settings), row.environment, services.LEASE)
    if held is None:
        return False
    try:
        with tenant_tx(institution_id):
            now = services.session_row(settings, row.environment, lock=True)
            if now is None or now.session is None or now.last_used_at != row.last_used_at:
                return False
            # Whoever comes now waits for the lease, and signs in anew.
            services.change(now, SessionState.LEAVING, "正在退出登录")
            session = str(now.session.reveal())
        return services.sign_out(replace(settings, session=session), institution_id, row.environment)
    finally:
        held.give_back()


def settings_for(row: GatewaySession) -> wire.WireSettings | None:
    """The channel's settings as long as they are still this user's, also while it is switched off; inside the door."""
    channel = Channel.objects.filter(gateway=row.gateway, environment=row.environment).first()
    try:
        settings = wire_settings(channel.gateway, channel.values(), channel.environment) if channel else None
    except (BrokenSeal, LookupError, ValueError):
        logger.exception("session %s: its channel cannot be read", row.pk)
        return None
    return settings if settings is not None and settings.user_name == row.user_name else None


def take_over(settings: wire.WireSettings, institution_id: int, environment: str) -> str:
    """Sign out whoever uses the account, and in ourselves; what came of it, in a sentence. Outside any transaction.

    Somebody asked for exactly this: the other program loses its session.
    """
    rules = services.rules_of(settings)
    assert rules is not None
    held = lease.take(institution_id, services.lease_name(settings), environment, services.LEASE)
    if held is None:
        return services.BUSY
    try:
        services.sign_out(replace(settings, session=rules.anybody), institution_id, environment)
        services.sign_in(settings, institution_id, environment)
    except NotSent as error:
        return error.sentence
    finally:
        held.give_back()
    with tenant_tx(institution_id):
        waiting = Operation.objects.filter(gateway=settings.gateway.name, environment=environment, state=State.QUEUED)
        waiting.update(not_before=None)
        later(SEND, institution_id, settings.gateway.name)
    return "已接管登录，排队的业务继续发送"
