"""The session that a call goes out under: the one that lasts, or a new one, signed in by one worker for all."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from portal.access.door import tenant_tx
from portal.gateway import wire
from portal.gateway.channels.models import Channel
from portal.gateway.errors import NotSent
from portal.gateway.journal import lease
from portal.gateway.sessions.models import BLOCKED, GatewaySession, SessionState
from portal.gateway.writing import exchanged, refuse_inside_transaction
from portal.jobs.pace import factor

#: Seconds a caller waits for another worker that signs in; what is queued comes again.
PATIENCE = 90.0
#: Seconds that signing out and in may take: the lease lasts at least so long.
LEASE = 180.0
#: Shorter than this, the time of the last call is not written anew (seconds).
FRESH = 20.0
#: After a failed sign-in, before the next: doubled with each failure, up to LONGEST.
PAUSES = {
    SessionState.TAKEN: timedelta(minutes=1),
    SessionState.REFUSED: timedelta(minutes=2),
    SessionState.UNSURE: timedelta(seconds=30),
}
LONGEST = timedelta(minutes=15)

TAKEN = "接口账号正在其他程序中登录。请先在那里退出，或由有权人员在“接口登录”页面接管；在此之前业务保留在队列中"
AFTER_UNSURE = "。上一次登录没有收到答复，占用账号的也可能是本系统自己：2 小时内自动失效，或由有权人员接管"
UNSURE = "登录没有得到确定的答复，稍后自动再试"
ADOPTED = "接口报告账号已登录并给出了会话编号，已沿用"
BUSY = "接口正在由另一个任务登录，稍后自动再试"


def rules_of(settings: wire.WireSettings) -> wire.Sessions | None:
    """How sessions work on this channel's wire; None when it has none."""
    return wire.wire(settings.gateway.wire).sessions


def needs_session(settings: wire.WireSettings, code: str) -> bool:
    rules = rules_of(settings)
    return rules is not None and code != rules.sign_in and not settings.session


def at_hand(settings: wire.WireSettings, code: str, environment: str) -> wire.WireSettings:
    """The settings with the session that lasts, if there is one; inside the door. NotSent while none can be had."""
    if not needs_session(settings, code):
        return settings
    return replace(settings, session=_found(settings, environment))


def entered(settings: wire.WireSettings, code: str, institution_id: int, environment: str) -> wire.WireSettings:
    """The settings with a session that lasts, signed in if necessary; as they are where none is needed.

    NotSent with a sentence for people while the user is signed in elsewhere or signing in is refused. Outside any
    transaction.
    """
    if not needs_session(settings, code):
        return settings
    refuse_inside_transaction()
    until = time.monotonic() + PATIENCE * max(factor(), 0.02)
    while True:
        if session := _lasting(settings, institution_id, environment):
            return replace(settings, session=session)
        held = lease.take(institution_id, lease_name(settings), environment, LEASE)
        if held is not None:
            try:
                # Whoever held the lease before may have signed in meanwhile.
                session = _lasting(settings, institution_id, environment) or sign_in(
                    settings, institution_id, environment
                )
                return replace(settings, session=session)
            finally:
                held.give_back()
        if time.monotonic() > until:
            raise NotSent(BUSY)
        time.sleep(0.1)


def is_over(settings: wire.WireSettings, exchange: wire.Exchange[Any]) -> bool:
    """Whether the gateway said that the call was not carried out because its session is not valid any more."""
    rules = rules_of(settings)
    return rules is not None and exchange.outcome is wire.Outcome.REJECTED and exchange.code in rules.expired


def forget(settings: wire.WireSettings, institution_id: int, environment: str) -> None:
    """The gateway does not know this session any more: the next call signs in. A newer one stays."""
    with tenant_tx(institution_id):
        row = session_row(settings, environment, lock=True)
        if row is not None and row.session is not None and row.session.reveal() == settings.session:
            change(row, SessionState.OUT, "接口答复登录已失效", session=None)


def lease_name(settings: wire.WireSettings) -> str:
    """Signing in has a lease of its own: who sends holds the gateway's for minutes."""
    return f"{settings.gateway.name}:session"[:40]


def session_row(settings: wire.WireSettings, environment: str, *, lock: bool = False) -> GatewaySession | None:
    """The user's row inside the door, if anybody ever signed in."""
    rows = GatewaySession.objects.select_for_update() if lock else GatewaySession.objects.all()
    return rows.filter(gateway=settings.gateway.name, environment=environment, user_name=settings.user_name).first()


def change(row: GatewaySession, state: SessionState, message: str, **changes: Any) -> None:
    """Write a new state; inside the door."""
    row.state, row.message, row.changed_at = state, message[:300], timezone.now()
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=["state", "message", "changed_at", *changes])


def _lasting(settings: wire.WireSettings, institution_id: int, environment: str) -> str:
    with tenant_tx(institution_id):
        return _found(settings, environment)


def _found(settings: wire.WireSettings, environment: str) -> str:
    """The session to use, its use noted; "" when somebody must sign in. NotSent while that is no use."""
    rules = rules_of(settings)
    assert rules is not None
    row, now = session_row(settings, environment), timezone.now()
    if row is None:
        return ""
    if row.lasts(now, rules.lasts) and row.session is not None:
        note_use(row, now)
        return str(row.session.reveal())
    if row.is_blocked(now, channel_version(settings, environment)):
        raise NotSent(row.message)
    return ""


def note_use(row: GatewaySession, now: datetime) -> None:
    if row.last_used_at is None or (now - row.last_used_at).total_seconds() > FRESH * factor():
        GatewaySession.objects.filter(pk=row.pk, state=SessionState.IN).update(last_used_at=now)


def channel_version(settings: wire.WireSettings, environment: str) -> int:
    found = Channel.objects.filter(gateway=settings.gateway.name, environment=environment)
    return int(found.values_list("version", flat=True).first() or 0)


def sign_in(settings: wire.WireSettings, institution_id: int, environment: str) -> str:
    """Sign in under the lease and keep what comes of it; the session. NotSent with a sentence for people.

    A session of ours that has run out or was being given back is signed out before, or it would be in the way.
    """
    rules = rules_of(settings)
    assert rules is not None
    with tenant_tx(institution_id):
        row = _row_for_certain(settings, environment)
        old = str(row.session.reveal()) if row.session is not None else ""
    if old:
        sign_out(replace(settings, session=old), institution_id, environment)
    kind = wire.wire(settings.gateway.wire)
    _, exchange = exchanged(settings, kind.sign_in(settings), institution_id, environment)
    with tenant_tx(institution_id):
        row = _row_for_certain(settings, environment)
        session = kind.session_in(exchange.raw_reply)
        adopted = exchange.outcome is wire.Outcome.REJECTED and exchange.code in rules.taken and session
        if (exchange.outcome is wire.Outcome.OK and session) or adopted:
            keep(settings, environment, session, ADOPTED if adopted else "")
            return session
        sentence = _failed(row, rules, exchange, channel_version(settings, environment))
    raise NotSent(sentence)


def sign_out(settings: wire.WireSettings, institution_id: int, environment: str) -> bool:
    """Give the session back, under the lease; whether the gateway has none of ours any more.

    Without a certain answer the row keeps its session, so that the next sweep or sign-in gives it back.
    """
    rules, kind = rules_of(settings), wire.wire(settings.gateway.wire)
    assert rules is not None
    try:
        _, exchange = exchanged(settings, kind.sign_out(settings), institution_id, environment)
    except NotSent:
        return False
    done = exchange.outcome in (wire.Outcome.OK, wire.Outcome.OK_UNPARSED) or exchange.code in rules.gone
    with tenant_tx(institution_id):
        row = session_row(settings, environment, lock=True)
        if row is not None and row.session is not None and row.session.reveal() == settings.session:
            if done:
                change(row, SessionState.OUT, "已退出登录", session=None)
            elif row.state == SessionState.LEAVING:
                change(row, SessionState.IN, f"退出登录没有成功：{exchange.sentence}")
    return done


def keep(settings: wire.WireSettings, environment: str, session: str, message: str) -> None:
    """From now on calls go out under this session; inside the door, under the lease."""
    row, now = _row_for_certain(settings, environment), timezone.now()
    more = {"signed_in_at": now, "last_used_at": now, "not_before": None, "failures": 0}
    change(row, SessionState.IN, message, session=session, **more)


def _row_for_certain(settings: wire.WireSettings, environment: str) -> GatewaySession:
    row = session_row(settings, environment, lock=True)
    if row is None:
        with transaction.atomic():
            row, _ = GatewaySession.objects.get_or_create(
                gateway=settings.gateway.name, environment=environment, user_name=settings.user_name
            )
    return row


def _failed(row: GatewaySession, rules: wire.Sessions, exchange: wire.Exchange[Any], version: int) -> str:
    """Note a sign-in that brought no session and when the next one may come; the sentence for people."""
    if exchange.outcome is wire.Outcome.NOT_SENT:
        change(row, SessionState.OUT, exchange.sentence, session=None)
        return exchange.sentence
    if exchange.outcome is wire.Outcome.REJECTED and exchange.code in rules.taken:
        state, sentence = SessionState.TAKEN, TAKEN + (AFTER_UNSURE if row.state == SessionState.UNSURE else "")
    elif exchange.outcome is wire.Outcome.REJECTED:
        state, sentence = SessionState.REFUSED, f"接口不接受登录：{exchange.sentence}"
    else:
        state, sentence = SessionState.UNSURE, f"{UNSURE}（{exchange.sentence}）"
    failures = row.failures + 1 if row.state in BLOCKED else 1
    pause = min(PAUSES[state] * 2 ** min(failures - 1, 8), LONGEST) * factor()
    more = {"session": None, "failures": failures, "settings_version": version, "not_before": timezone.now() + pause}
    change(row, state, sentence, **more)
    return sentence
