"""The clearing gateway's wire: JSON in the SM envelope, one address for all (clearing manual, appendix A)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.gateway.codecs import JsonCodec
from portal.gateway.crypto import SM2, check_pair, iv, public_key
from portal.gateway.messages import Request, wire_form
from portal.gateway.seals.sm_envelope import SmEnvelope
from portal.gateway.wire.kinds import Opened, Prepared, R
from portal.gateway.wire.settings import LABELS, WireSettings

SUCCESS = "0"


class SmEnvelopeWire:
    """Codec JSON, seal SM envelope, transport HTTP POST. Code "0" means success."""

    def prepare(self, settings: WireSettings, request: Request[R], msgid: str, now: datetime) -> Prepared[R]:
        kind = type(request)
        plain = JsonCodec(amounts=settings.switches.amounts).pack(wire_form(request))
        body = _seal(settings).close_request(
            settings.app_code, settings.names.get(kind.code, kind.code), plain, nonce=msgid, now=now
        )
        return Prepared(
            settings=settings,
            request=request,
            msgid=msgid,
            url=_address(settings),
            headers={"Content-Type": "application/json; charset=utf-8", "Accept": "application/json"},
            plain=plain,
            body=body,
            connect_timeout=settings.connect_timeout,
            read_timeout=settings.read_timeout or float(kind.patience),
            prepared_at=now,
        )

    def open(self, prepared: Prepared[Any], body: bytes, now: datetime) -> Opened:
        reply = _seal(prepared.settings).open_reply(body, nonce=prepared.msgid, now=now)
        return Opened(reply.code, reply.message, reply.code == SUCCESS, reply.data or b"")

    def read(self, prepared: Prepared[Any], data: bytes) -> dict[str, Any]:
        return JsonCodec().unpack(data or b"{}")


def _seal(settings: WireSettings) -> SmEnvelope:
    check_pair(settings.private_key, settings.public_key, LABELS["private_key"], LABELS["public_key"])
    provider = public_key(settings.provider_public_key, LABELS["provider_public_key"])
    user = settings.switches.user_id
    return SmEnvelope(
        own=SM2(private_key=settings.private_key, user_id=user),
        peer=SM2(public_key=provider, user_id=user),
        iv=iv(settings.iv, LABELS["iv"]),
        switches=settings.switches,
    )


def _address(settings: WireSettings) -> str:
    # The manual prints whole addresses; what people paste may or may not contain the path.
    base, path = settings.base_url.strip().rstrip("/"), settings.switches.path
    return base if base.endswith(path.rstrip("/")) else base + path
