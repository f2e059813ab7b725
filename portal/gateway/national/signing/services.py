"""The number that an operator's calls go out under: the one that lasts, or a new one, signed in once for everybody."""

from __future__ import annotations

import time as clock
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from portal.access.door import tenant_tx
from portal.access.models import User
from portal.gateway import wire
from portal.gateway.channels.models import Channel
from portal.gateway.errors import NotSent
from portal.gateway.journal import lease
from portal.gateway.national.signing.models import BLOCKED, NationalSignIn, SignState
from portal.gateway.writing import exchanged, refuse_inside_transaction
from portal.jobs.pace import factor

#: Seconds a caller waits for another worker that signs the same operator in; what is queued comes again.
PATIENCE = 60.0
#: Seconds that signing out and in may take: the lease lasts at least so long.
LEASE = 180.0
#: Shorter than this, the time of the last call is not written anew (seconds).
FRESH = 20.0
#: After a failed sign-in, before the next: doubled with each failure, up to LONGEST.
PAUSES = {SignState.REFUSED: timedelta(minutes=1), SignState.UNSURE: timedelta(seconds=20)}
LONGEST = timedelta(minutes=15)

BUSY = "经办人正在由另一个任务签到，稍后自动再试"
UNSURE = "签到没有得到确定的答复，稍后自动再试"


def rules_of(settings: wire.WireSettings) -> wire.Signing | None:
    """How operators sign in on this channel's wire; None when they do not."""
    return wire.wire(settings.gateway.wire).signing


def needs_number(settings: wire.WireSettings, code: str) -> bool:
    """Whether this call has to carry its operator's number and has none yet."""
    return not settings.sign_no and wire.wire(settings.gateway.wire).signs(settings, code)


def at_hand(settings: wire.WireSettings, code: str, environment: str, person: User | None) -> wire.WireSettings:
    """The settings with operator and the number that lasts, if there is one; inside the door. NotSent while none can
    be had.
    """
    if not needs_number(settings, code):
        return settings
    settings = as_operator(settings, person)
    return replace(settings, sign_no=_found(settings, environment))


def signed(
    settings: wire.WireSettings, code: str, institution_id: int, environment: str, person: User | None
) -> wire.WireSettings:
    """The settings with operator and number, signed in if necessary; as they are where nobody signs in.

    NotSent with a sentence for people while signing in is refused. Outside any transaction.
    """
    if not needs_number(settings, code):
        return settings
    refuse_inside_transaction()
    settings = as_operator(settings, person)
    until = clock.monotonic() + PATIENCE * max(factor(), 0.02)
    while True:
        if number := _lasting(settings, institution_id, environment):
            return replace(settings, sign_no=number)
        held = lease.take(institution_id, lease_name(settings), environment, LEASE)
        if held is not None:
            try:
                # Whoever held the lease before may have signed in meanwhile.
                number = _lasting(settings, institution_id, environment) or sign_in(
                    settings, institution_id, environment, person
                )
                return replace(settings, sign_no=number)
            finally:
                held.give_back()
        if clock.monotonic() > until:
            raise NotSent(BUSY)
        clock.sleep(0.05)


def as_operator(settings: wire.WireSettings, person: User | None) -> wire.WireSettings:
    """The settings of this person's calls; without one, of the channel's own operator."""
    kind = wire.wire(settings.gateway.wire)
    names = (person.username, person.full_name) if person is not None else ("", "")
    return replace(settings, operator=kind.operator(settings, *names))


def is_over(settings: wire.WireSettings, exchange: wire.Exchange[Any]) -> bool:
    """Whether the centre said that the call was not carried out because its number is not valid any more."""
    rules = rules_of(settings)
    return rules is not None and exchange.outcome is wire.Outcome.REJECTED and exchange.code in rules.expired


def forget(settings: wire.WireSettings, institution_id: int, environment: str) -> None:
    """The centre does not know this number any more: the next call signs in. A newer one stays."""
    if settings.operator is None:
        return
    with tenant_tx(institution_id):
        row = row_of(settings, environment, lock=True)
        if row is not None and row.sign_no is not None and row.sign_no.reveal() == settings.sign_no:
            change(row, SignState.OUT, "医保中心答复签到已失效", sign_no=None)


def lease_name(settings: wire.WireSettings) -> str:
    """Each operator's signing in has a lease of its own: who sends holds the gateway's for minutes."""
    return f"{settings.gateway.name}:sign:{operator_of(settings).code}"[:40]


def operator_of(settings: wire.WireSettings) -> wire.Operator:
    if settings.operator is None:
        raise LookupError("these settings name no operator")
    return settings.operator


def row_of(settings: wire.WireSettings, environment: str, *, lock: bool = False) -> NationalSignIn | None:
    """The operator's row inside the door, if they ever signed in."""
    rows = NationalSignIn.objects.select_for_update() if lock else NationalSignIn.objects.all()
    code = operator_of(settings).code
    return rows.filter(gateway=settings.gateway.name, environment=environment, operator=code).first()


def change(row: NationalSignIn, state: SignState, message: str, **changes: Any) -> None:
    """Write a new state; inside the door."""
    row.state, row.message, row.changed_at = state, message[:300], timezone.now()
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=["state", "message", "changed_at", *changes])


def _lasting(settings: wire.WireSettings, institution_id: int, environment: str) -> str:
    with tenant_tx(institution_id):
        return _found(settings, environment)


def _found(settings: wire.WireSettings, environment: str) -> str:
    """The number to use, its use noted; "" when somebody must sign in. NotSent while that is no use."""
    rules = rules_of(settings)
    assert rules is not None
    row, now = row_of(settings, environment), timezone.now()
    if row is None:
        return ""
    if row.lasts(now, rules.lasts) and row.sign_no is not None:
        if row.last_used_at is None or (now - row.last_used_at).total_seconds() > FRESH * factor():
            NationalSignIn.objects.filter(pk=row.pk, state=SignState.IN).update(last_used_at=now)
        return str(row.sign_no.reveal())
    if row.is_blocked(now, _channel_version(settings, environment)):
        raise NotSent(row.message)
    return ""


def _channel_version(settings: wire.WireSettings, environment: str) -> int:
    found = Channel.objects.filter(gateway=settings.gateway.name, environment=environment)
    return int(found.values_list("version", flat=True).first() or 0)


def sign_in(settings: wire.WireSettings, institution_id: int, environment: str, person: User | None = None) -> str:
    """Sign in under the lease and keep what comes of it; the number. NotSent with a sentence for people.

    A number of an earlier shift is signed out before, so that the centre sees a change of shifts.
    """
    with tenant_tx(institution_id):
        row = _row_for_certain(settings, environment, person)
        old = str(row.sign_no.reveal()) if row.sign_no is not None else ""
    if old:
        sign_out(replace(settings, sign_no=old), institution_id, environment)
    kind = wire.wire(settings.gateway.wire)
    _, exchange = exchanged(settings, kind.sign_on(settings), institution_id, environment)
    with tenant_tx(institution_id):
        row = _row_for_certain(settings, environment, person)
        number = kind.number_in(exchange.raw_reply) if exchange.outcome is wire.Outcome.OK else ""
        if number:
            now = timezone.now()
            more = {"signed_in_at": now, "last_used_at": now, "not_before": None, "failures": 0}
            change(row, SignState.IN, "", sign_no=number, ends_at=shift_end(kind.shift(settings), now), **more)
            return number
        sentence = _failed(row, exchange, _channel_version(settings, environment))
    raise NotSent(sentence)


def shift_end(shift: wire.Shift, now: datetime) -> datetime:
    """When a shift that begins now is over: at the next of its times of the day, and after its hours at the latest."""
    here = timezone.localtime(now)
    days = (here.date(), here.date() + timedelta(days=1))
    times = [datetime.combine(day, at, tzinfo=here.tzinfo) for day in days for at in shift.ends]
    return min([here + timedelta(hours=shift.hours), *(one for one in times if one > here)])


def sign_out(settings: wire.WireSettings, institution_id: int, environment: str) -> bool:
    """Give the number back, under the lease; whether the centre has certainly heard it.

    Without a certain answer the number is kept for the next sweep, until it has run out by itself.
    """
    rules, kind = rules_of(settings), wire.wire(settings.gateway.wire)
    assert rules is not None
    try:
        _, exchange = exchanged(settings, kind.sign_off(settings), institution_id, environment)
    except NotSent:
        return False
    # A definite refusal means that there is nothing to sign out.
    done = exchange.outcome in (wire.Outcome.OK, wire.Outcome.OK_UNPARSED, wire.Outcome.REJECTED)
    with tenant_tx(institution_id):
        row = row_of(settings, environment, lock=True)
        if row is not None and row.sign_no is not None and row.sign_no.reveal() == settings.sign_no:
            over = row.signed_in_at is None or timezone.now() > row.signed_in_at + rules.lasts
            if done or over:
                change(row, SignState.OUT, "已签退" if done else "签到编号已过期", sign_no=None)
            else:
                change(row, SignState(row.state), f"签退没有成功：{exchange.sentence}")
    return done


def _row_for_certain(settings: wire.WireSettings, environment: str, person: User | None) -> NationalSignIn:
    row, operator = row_of(settings, environment, lock=True), operator_of(settings)
    if row is None:
        with transaction.atomic():
            row, _ = NationalSignIn.objects.get_or_create(
                gateway=settings.gateway.name,
                environment=environment,
                operator=operator.code,
                defaults={"operator_name": operator.name, "user": person},
            )
    elif (row.operator_name, row.user) != (operator.name, person):
        row.operator_name, row.user = operator.name, person
        row.save(update_fields=["operator_name", "user"])
    return row


def _failed(row: NationalSignIn, exchange: wire.Exchange[Any], version: int) -> str:
    """Note a sign-in that brought no number and when the next one may come; the sentence for people."""
    if exchange.outcome is wire.Outcome.NOT_SENT:
        change(row, SignState.OUT, exchange.sentence, sign_no=None)
        return exchange.sentence
    if exchange.outcome is wire.Outcome.REJECTED:
        state, sentence = SignState.REFUSED, f"医保中心不接受操作员 {row.operator} 签到：{exchange.sentence}"
    else:
        state, sentence = SignState.UNSURE, f"{UNSURE}（{exchange.sentence}）"
    failures = row.failures + 1 if row.state in BLOCKED else 1
    pause = min(PAUSES[state] * 2 ** min(failures - 1, 8), LONGEST) * factor()
    more = {"sign_no": None, "failures": failures, "settings_version": version, "not_before": timezone.now() + pause}
    change(row, state, sentence, **more)
    return sentence
