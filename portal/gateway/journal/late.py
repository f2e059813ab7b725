"""A reply that came after its attempt was given up: no outcome any more, but evidence."""

from typing import Any

from portal.access.door import tenant_tx
from portal.gateway import wire
from portal.gateway.client import text
from portal.gateway.journal.handlers import text_of
from portal.gateway.journal.models import Attempt, Evidence, Operation
from portal.gateway.journal.moves import move
from portal.gateway.journal.services import RESOLVE
from portal.gateway.journal.states import LIVE, Finding, Method, State, Task
from portal.jobs.queue import later

VERDICTS = {
    wire.Outcome.OK: Finding.APPLIED,
    wire.Outcome.REJECTED: Finding.NOT_APPLIED,
    wire.Outcome.NOT_SENT: Finding.NOT_APPLIED,
}


def keep_late_reply(operation: Operation, attempt: Attempt, exchange: wire.Exchange[Any]) -> None:
    """Store what arrived too late beside the attempt, and have the completer look at it at once.

    When the operation has meanwhile gone on as if nothing had happened, it is stopped for people to see.
    """
    verdict = VERDICTS.get(exchange.outcome)
    if verdict is None:
        return
    with tenant_tx(operation.institution_pk):
        now = Operation.objects.select_for_update().get(pk=operation.pk)
        Evidence.objects.create(
            operation=now,
            attempt=Attempt.objects.get(pk=attempt.pk),
            version=now.version,
            method=Method.LATE_REPLY,
            verdict=verdict,
            note=f"第 {attempt.n} 次发送的答复迟到：{exchange.sentence}"[:500],
            answered=text_of(exchange.reply) if exchange.reply is not None else text(exchange.raw_reply),
        )
        if now.state == State.IN_DOUBT and now.attempts == attempt.n:
            Operation.objects.filter(pk=now.pk).update(quiet_until=None)
            later(RESOLVE, now.institution_pk, now.pk)
        elif now.state == State.RESOLVING and now.attempts == attempt.n:
            Operation.objects.filter(pk=now.pk).update(next_look_at=None)
            later(RESOLVE, now.institution_pk, now.pk)
        elif contradicts(now, attempt, verdict):
            Operation.objects.filter(pk=now.pk).update(task=Task.CONTRADICTION)
            if now.state == State.QUEUED:
                # Nothing may be sent again before people have looked: it happened after all.
                Operation.objects.filter(pk=now.pk).update(recovered=True)
                move(now, State.IN_DOUBT, quiet_until=None, task=Task.CONTRADICTION)


def contradicts(operation: Operation, attempt: Attempt, verdict: Finding) -> bool:
    """Whether the late word is not what the operation went on with."""
    if verdict == Finding.APPLIED:
        return operation.state != State.DONE or operation.attempts != attempt.n
    return operation.state == State.DONE and operation.attempts == attempt.n and operation.state not in LIVE


def late_reply(operation: Operation) -> Evidence | None:
    """The late word on the newest attempt, if there is one."""
    return (
        operation.evidence_rows.filter(method=Method.LATE_REPLY, attempt__n=operation.attempts)
        .order_by("-at", "-id")
        .first()
    )
