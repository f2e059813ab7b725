"""The security control at the desk: asked for a check medium at its address. The only thing it is asked for."""

from __future__ import annotations

from dataclasses import dataclass, field

from portal.gateway import transport, wire
from portal.gateway.codecs import Garbled, JsonCodec
from portal.gateway.errors import GatewayError, NotSent
from portal.gateway.seals.national import NationalSwitches
from portal.gateway.writing import refuse_inside_transaction

CONNECT, READ = 5.0, 60.0
#: Seconds that a medium lasts when the control does not say.
LASTS = 600


@dataclass(frozen=True)
class Medium:
    """What the control gave, and for how many seconds it is good."""

    text: str = field(repr=False)
    seconds: int


def is_used(settings: wire.WireSettings) -> bool:
    """Whether calls of this channel carry check media."""
    return _switches(settings).control != "none"


def has_address(settings: wire.WireSettings) -> bool:
    """Whether the control can be asked; otherwise people pass the medium on."""
    return is_used(settings) and bool(_switches(settings).control_address)


def obtain(settings: wire.WireSettings, infno: str) -> Medium:
    """A medium for this transaction; NotSent with a sentence when the control gives none. Outside any transaction."""
    refuse_inside_transaction()
    asked = {"infno": infno, "fixmedins_code": settings.medins_code}
    try:
        answer = transport.post(
            _switches(settings).control_address,
            JsonCodec().pack(asked),
            {"Content-Type": "application/json; charset=utf-8", "Accept": "application/json"},
            connect_timeout=CONNECT,
            read_timeout=READ,
            allowed=settings.allowed_hosts,
        )
        told = JsonCodec().unpack(answer.body)
    except GatewayError as error:
        raise NotSent(f"安全控件没有答复（{error.sentence}），请求没有发出") from None
    except Garbled:
        raise NotSent("安全控件的答复无法读取，请求没有发出") from None
    text, seconds = str(told.get("medium") or ""), told.get("seconds")
    if not text or len(text) > 2000:
        raise NotSent(f"安全控件没有给出校验介质：{str(told.get('error') or '没有说明')[:200]}，请求没有发出")
    return Medium(text, seconds if isinstance(seconds, int) and 0 < seconds <= 86400 else LASTS)


def _switches(settings: wire.WireSettings) -> NationalSwitches:
    if not isinstance(settings.switches, NationalSwitches):
        raise TypeError("the security control belongs to the national interface")
    return settings.switches
