"""One message, written down before and after it leaves: an attempt without an operation."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import connection
from django.utils import timezone

from portal.access.door import tenant_tx
from portal.gateway import wire
from portal.gateway.filing import Into
from portal.gateway.journal.models import Attempt
from portal.gateway.messages import Record, Request, subject_of
from portal.jobs.behalf import asker

R = TypeVar("R", bound=Record)


def exchanged(
    settings: wire.WireSettings,
    request: Request[R],
    institution_id: int,
    environment: str,
    *,
    subject: str = "",
    by_console: bool = False,
    into: Into | None = None,
) -> tuple[Attempt, wire.Exchange[R]]:
    """Send it once, outside any transaction; `into` takes a reply that is a file. NotSent when it cannot be made."""
    prepared = wire.prepare(settings, request, wire.new_msgid(settings))
    with tenant_tx(institution_id):
        attempt = Attempt(
            gateway=settings.gateway.name,
            environment=environment,
            kind=type(request).code,
            msgid=prepared.msgid,
            subject=subject or subject_of(request),
            asked_by=asker()[:100],
            by_console=by_console,
            raw_request=text(prepared.plain),
        )
        attempt.save(force_insert=True)
    refuse_inside_transaction()
    exchange = wire.send(prepared, into=into)
    with tenant_tx(institution_id):
        write_outcome(attempt, exchange)
    return attempt, exchange


def write_outcome(attempt: Attempt, exchange: wire.Exchange[Any]) -> None:
    """Finish the attempt with what came of it; inside the door."""
    attempt.outcome = exchange.outcome.value
    attempt.finished_at = timezone.now()
    attempt.took_ms = int(exchange.seconds * 1000)
    attempt.code = exchange.code[:40]
    attempt.message = (exchange.sentence or exchange.message)[:500]
    attempt.raw_reply = text(exchange.raw_reply) if exchange.raw_reply else None
    attempt.save(update_fields=["outcome", "finished_at", "took_ms", "code", "message", "raw_reply"])


def text(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")


def refuse_inside_transaction() -> None:
    """I8: a gateway may take a minute; no row may stay locked, and nothing may be undone, that long."""
    if connection.in_atomic_block:
        raise RuntimeError("a gateway is called outside any transaction (I8)")
