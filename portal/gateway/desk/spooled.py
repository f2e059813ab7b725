"""What a bridge has kept of a call whose answer never came: evidence for the journal."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from portal.access.door import tenant_tx
from portal.gateway import client, transport, wire
from portal.gateway.codecs import Garbled, JsonCodec
from portal.gateway.errors import Doubt, GatewayError, NotSent, Unknown
from portal.gateway.journal.handlers import request_of
from portal.gateway.journal.models import Attempt, Operation
from portal.gateway.writing import refuse_inside_transaction

READ = 20.0
#: States of a call at the bridge that say how it ended.
ENDED = ("returned", "not_called", "unknown")
UNDER_WAY = ("waiting", "running")


def stored_answer(operation: Operation) -> wire.Exchange[Any] | None:
    """The last attempt's answer as its bridge kept it, judged like one that came in time; outside any transaction.

    An outcome NOT_SENT is proof that the library was never given the call: the bridge has noted that it never will be.
    None: the bridge cannot be asked, or does not know how the call ended. Unknown while it still has the call.
    """
    refuse_inside_transaction()
    with tenant_tx(operation.institution_pk):
        attempt = Attempt.objects.filter(operation=operation).order_by("-n").first()
        try:
            settings = client.wire_settings(operation.gateway, operation.environment)
        except NotSent:
            return None
    if attempt is None:
        return None
    try:
        prepared = wire.prepare(settings, request_of(operation), attempt.msgid)
        asked = {"id": attempt.msgid, "sent_at": int(attempt.sent_at.timestamp()), "close": True}
        body = _asked(prepared, asked)
        told = JsonCodec().unpack(body)
    except (GatewayError, Garbled, ValueError, LookupError):
        return None
    if told.get("state") in UNDER_WAY:
        raise Unknown(Doubt.TIMEOUT, "桥接程序还在处理这个请求")
    return wire.judge(prepared, body, started_at=wire.clock()) if told.get("state") in ENDED else None


def _asked(prepared: wire.Prepared[Any], asked: dict[str, Any]) -> bytes:
    parts = urlsplit(prepared.url)
    return transport.post(
        urlunsplit((*parts[:2], "/answers", "", "")),
        JsonCodec().pack(asked),
        prepared.headers,
        connect_timeout=prepared.connect_timeout,
        read_timeout=READ,
        allowed=prepared.settings.allowed_hosts,
        tls=prepared.tls,
    ).body
