"""One exchange with a gateway: codec, seal and transport composed by the kind of wire.

`exchange` does it in one go; `prepare` and `send` leave room between them for what must be on disk before the first
byte leaves (design 3.1, I3).
"""

from portal.gateway.wire.aes_session import AesSessionWire
from portal.gateway.wire.declared import SEALED, Setting
from portal.gateway.wire.desk import DeskWire
from portal.gateway.wire.exchange import (
    Exchange,
    Outcome,
    clock,
    exchange,
    judge,
    new_msgid,
    prepare,
    prepare_ahead,
    send,
)
from portal.gateway.wire.kinds import (
    Opened,
    Operator,
    Prepared,
    Sessions,
    Shift,
    Signing,
    Wire,
    register_wire,
    wire,
)
from portal.gateway.wire.national import NationalWire
from portal.gateway.wire.settings import WireSettings
from portal.gateway.wire.sm_envelope import SmEnvelopeWire

register_wire("sm-envelope", SmEnvelopeWire())
register_wire("national", NationalWire())
register_wire("aes-session", AesSessionWire())
register_wire("desk", DeskWire())

__all__ = [
    "SEALED",
    "Exchange",
    "Opened",
    "Operator",
    "Outcome",
    "Prepared",
    "Sessions",
    "Setting",
    "Shift",
    "Signing",
    "Wire",
    "WireSettings",
    "clock",
    "exchange",
    "judge",
    "new_msgid",
    "prepare",
    "prepare_ahead",
    "register_wire",
    "send",
    "wire",
]
