"""From queued to an outcome: claim, write down, send, write down (design 3.2)."""

import logging
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from django.db.models import Exists, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from portal.access.door import tenant_tx
from portal.gateway import actions, client, entering, wire
from portal.gateway.errors import NotSent
from portal.gateway.journal import lease, pace, spool
from portal.gateway.journal.ahead import Work, work_during
from portal.gateway.journal.handlers import request_of, text_of
from portal.gateway.journal.late import keep_late_reply
from portal.gateway.journal.lease import Held
from portal.gateway.journal.models import Attempt, Operation
from portal.gateway.journal.moves import Overtaken, leave_for_later, move, tell, tell_business
from portal.gateway.journal.services import wake
from portal.gateway.journal.states import DOUBTFUL, State, Task
from portal.gateway.messages import subject_of

logger = logging.getLogger(__name__)


class Step(Enum):
    SENT = "sent"
    NOTHING = "nothing to send"
    STOP = "not now"


@dataclass
class Claimed:
    """An operation that this worker alone may send, once; `since` is the monotonic clock at its commit."""

    operation: Operation
    attempt: Attempt
    held: Held
    prepared: wire.Prepared[Any]
    since: float


def send_queued(institution_id: int, gateway: str, lane: str | None = None, *, seconds: float = 240) -> int:
    """Send what is queued in this lane, one message after the other; how many left this machine, or may have.

    None: one lane of the gateway after the other. Returns at once while another worker holds the lane's lease: that
    one looks again before it stops. Stops after `seconds`, and then calls a worker, and when the gateway cannot be
    reached; the sweep comes back to what is left.
    """
    sent, until = 0, time.monotonic() + seconds
    for name in lanes_waiting(institution_id, gateway) if lane is None else [lane]:
        with lease.sending(institution_id, gateway, name):
            some, is_late = _send_until(until, institution_id, gateway, name)
        sent += some
        if is_late:
            wake(gateway, institution_id, name)
    return sent


def lanes_waiting(institution_id: int, gateway: str) -> list[str]:
    """The lanes in which something is queued."""
    with tenant_tx(institution_id):
        rows = Operation.objects.filter(gateway=gateway, state=State.QUEUED).order_by("lane")
        return list(rows.values_list("lane", flat=True).distinct())


def _send_until(until: float, institution_id: int, gateway: str, lane: str) -> tuple[int, bool]:
    """How many left, and whether only the time was over."""
    sent = 0
    while time.monotonic() < until:
        with tenant_tx(institution_id):
            operation = next_queued(gateway, lane)
        held = lease.take(institution_id, gateway, operation.environment, lane=lane) if operation else None
        if held is None:
            return sent, False
        step = Step.SENT
        try:
            while step is Step.SENT and time.monotonic() < until:
                step = send_next(held)
                sent += step is Step.SENT
        finally:
            held.give_back()
        if step is Step.STOP:
            return sent, False
        # Whoever queued something between our last look and giving back the lease found it taken: look again.
    return sent, True


def next_queued(gateway: str, lane: str = "", environment: str = "") -> Operation | None:
    """The lane's oldest operation that may be sent now; None also while recovered ones keep the gateway closed."""
    rows = Operation.objects.filter(gateway=gateway, lane=lane, state=State.QUEUED)
    rows = rows.filter(Q(not_before=None) | Q(not_before__lte=Now()))
    if environment:
        rows = rows.filter(environment=environment)
    return rows.exclude(Exists(_quarantine(gateway))).order_by("queued_at", "id").first()


def is_quarantined(gateway: str) -> bool:
    """After a restore nothing new is sent until what the database forgot has been settled."""
    return _quarantine(gateway).exists()


def _quarantine(gateway: str) -> QuerySet[Operation]:
    return Operation.objects.filter(gateway=gateway, recovered=True, state__in=DOUBTFUL)


def send_next(held: Held) -> Step:
    """Send the oldest queued operation under this lease."""
    with tenant_tx(held.institution_id):
        operation = next_queued(held.gateway, held.lane, held.environment)
        if operation is None:
            return Step.NOTHING
        try:
            person = operation.created_by
            settings = client.wire_settings(held.gateway, held.environment)
            settings = entering.at_hand(settings, operation.kind, held.environment, person)
        except NotSent as error:
            return postpone(operation, error.sentence)
        if entering.may_wait(settings, operation.kind):
            held.keep(entering.LONGEST)
    try:
        settings = entering.entered(settings, operation.kind, held.institution_id, held.environment, person)
        prepared = wire.prepare(settings, request_of(operation), wire.new_msgid(settings))
    except NotSent as error:
        sentence = error.sentence
    except (ValueError, LookupError):
        logger.exception("operation %s cannot be sent", operation.pk)
        sentence = "请求内容与提交时不一致或已不被支持，没有发出，请联系管理员"
    else:
        work = work_during(operation, settings)
        claimed = claim(operation, held, prepared)
        return send_claimed(claimed, work) if claimed else Step.STOP
    with tenant_tx(held.institution_id):
        return postpone(operation, sentence)


def postpone(operation: Operation, sentence: str) -> Step:
    """Nothing left this machine: stay queued, say why, try again later."""
    rows = Operation.objects.filter(pk=operation.pk, state=State.QUEUED, version=operation.version)
    rows.update(not_before=Now() + waiting(operation), message=sentence[:500])
    return Step.STOP


def waiting(operation: Operation) -> timedelta:
    """As long again as it has been waiting already, within limits."""
    queued = operation.queued_at or operation.created_at
    return pace.back_off((timezone.now() - queued).total_seconds())


def claim(operation: Operation, held: Held, prepared: wire.Prepared[Any]) -> Claimed | None:
    """Queued → sending, with the attempt committed before anything leaves (I3); None when overtaken."""
    seconds = prepared.deadline + pace.margin()
    try:
        with tenant_tx(held.institution_id):
            if not held.keep(seconds):
                return None
            deadline = Now() + timedelta(seconds=seconds)
            move(operation, State.SENDING, attempts=operation.attempts + 1, deadline=deadline, not_before=None)
            attempt = Attempt(
                operation=operation,
                gateway=operation.gateway,
                environment=operation.environment,
                kind=operation.kind,
                n=operation.attempts,
                msgid=prepared.msgid,
                fence=held.fence,
                subject=subject_of(prepared.request),
                asked_by=operation.created_label,
                by_console=operation.by_console,
                raw_request=client.text(prepared.plain),
                deadline=deadline,
            )
            attempt.save(force_insert=True)
    except Overtaken:
        return None
    return Claimed(operation, attempt, held, prepared, time.monotonic())


def send_claimed(claimed: Claimed, work: Work | None = None) -> Step:
    """Spool line on disk, then the one and only call, meanwhile that `work`, then the call's outcome."""
    exchange = _spool_and_send(claimed, work)
    if entering.is_over(claimed.prepared.settings, exchange):
        entering.forget(claimed.prepared.settings, claimed.held.institution_id, claimed.held.environment)
    write_outcome(claimed, exchange)
    return Step.STOP if exchange.outcome is wire.Outcome.NOT_SENT else Step.SENT


def _spool_and_send(claimed: Claimed, work: Work | None) -> wire.Exchange[Any]:
    try:
        spool.write(line_of(claimed))
    except OSError:
        logger.exception("the spool cannot be written: nothing is sent")
        return _not_sent(claimed, "发送登记簿无法写入（磁盘已满或无权限），没有发出")
    if time.monotonic() - claimed.since > pace.OVERSLEPT:
        # This process slept: others may already be looking into the attempt. No byte has left, so none will.
        return _not_sent(claimed, "本机繁忙，没有按时发出，将重新发送")
    client.refuse_inside_transaction()
    return wire.send(claimed.prepared, meanwhile=work)


def _not_sent(claimed: Claimed, sentence: str) -> wire.Exchange[Any]:
    at = wire.clock()
    return wire.Exchange(wire.Outcome.NOT_SENT, claimed.prepared.msgid, sentence=sentence, started_at=at, ended_at=at)


def line_of(claimed: Claimed) -> spool.Line:
    attempt, operation = claimed.attempt, claimed.operation
    return spool.Line(
        msgid=attempt.msgid,
        operation=str(operation.pk),
        institution=operation.institution_pk,
        gateway=operation.gateway,
        environment=operation.environment,
        kind=operation.kind,
        n=attempt.n,
        fence=attempt.fence,
        at=timezone.localtime(attempt.sent_at).isoformat(),
        hash=operation.request_hash,
    )


def write_outcome(claimed: Claimed, exchange: wire.Exchange[Any]) -> None:
    """Attempt and operation in one transaction; what cannot be written stays `sending` and the reaper finds it."""
    with_business = True
    for pause in (0.5, 1.0, 2.0, 0):
        try:
            _write(claimed, exchange, with_business=with_business)
            return
        except Overtaken:
            keep_late_reply(claimed.operation, claimed.attempt, exchange)
            return
        except (OperationalError, InterfaceError):
            logger.exception("operation %s: its outcome could not be written", claimed.operation.pk)
            connection.close()
            time.sleep(pause)
        except Exception:
            if not with_business:
                raise
            # The business broke the transaction itself. What happened at the gateway is written without it.
            logger.exception("operation %s: its outcome is written without the business", claimed.operation.pk)
            with_business = False


def _write(claimed: Claimed, exchange: wire.Exchange[Any], *, with_business: bool) -> None:
    """Raises Overtaken when the reaper was faster or the lease has a newer holder; then nothing is written."""
    with tenant_tx(claimed.held.institution_id):
        # What was sent is not read again: it may be megabytes.
        rows = Attempt.objects.select_for_update(of=("self",)).select_related("operation")
        attempt = rows.defer("raw_request", "operation__request").get(pk=claimed.attempt.pk)
        operation = attempt.operation
        assert operation is not None
        if attempt.outcome or (operation.state, operation.version) != (State.SENDING, claimed.operation.version):
            raise Overtaken(f"attempt {attempt.msgid} was given up")
        client.write_outcome(attempt, exchange)
        if entering.is_over(claimed.prepared.settings, exchange):
            settings = claimed.prepared.settings
            if not _was_over_before(operation, attempt):
                said = {"code": exchange.code[:40], "message": entering.again(settings)}
                move(operation, State.QUEUED, only_if=claimed.held.is_mine, **said)
                return
            exchange = replace(exchange, sentence=f"{entering.still_over(settings)}：{exchange.sentence}")
        _conclude(operation, exchange, claimed.held.is_mine, with_business=with_business)


def _was_over_before(operation: Operation, attempt: Attempt) -> bool:
    """Whether the try before ended in the same way: then signing in does not help, and people must look."""
    before = Attempt.objects.filter(operation=operation, n=attempt.n - 1, outcome=wire.Outcome.REJECTED.value)
    return before.filter(code=attempt.code).exists()


def _conclude(operation: Operation, exchange: wire.Exchange[Any], mine: Q, *, with_business: bool) -> None:
    said = {"code": exchange.code[:40], "message": exchange.sentence or exchange.message}
    word = ""
    if exchange.outcome is wire.Outcome.OK:
        operation.reply = text_of(exchange.require())
        move(operation, State.DONE, only_if=mine, sealed=["reply"], **said)
        tell(operation, actions.DONE, code=exchange.code)
        word = "applied"
    elif exchange.outcome is wire.Outcome.REJECTED:
        move(operation, State.REJECTED, only_if=mine, **said)
        tell(operation, actions.REJECTED, reason=exchange.sentence, code=exchange.code)
        word = "rejected"
    elif exchange.outcome is wire.Outcome.NOT_SENT:
        move(operation, State.QUEUED, only_if=mine, not_before=Now() + waiting(operation), **said)
    else:
        task = {"task": Task.UNPARSED} if exchange.outcome is wire.Outcome.OK_UNPARSED else {}
        quiet = pace.quiet(type(request_of(operation)))
        move(operation, State.IN_DOUBT, only_if=mine, quiet_until=Now() + quiet, looks=0, **said, **task)
        tell(operation, actions.IN_DOUBT, reason=exchange.sentence)
    if word and not with_business:
        leave_for_later(operation)
    elif word:
        tell_business(operation, word)
