"""测试连接 where operators sign in: in as the channel's own operator, one harmless query, and out again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from portal.gateway import wire
from portal.gateway.messages import Request
from portal.gateway.national.signing.services import as_operator

Exchange = wire.Exchange[Any]


def tried(settings: wire.WireSettings, probe: Callable[[], Request[Any]]) -> Exchange:
    """What came of the query, or of signing in if that brought no number; nothing is written down as an attempt.

    Each sign-in has a number of its own, so nobody who works is disturbed.
    """
    kind = wire.wire(settings.gateway.wire)
    if not kind.signs(settings, ""):
        return wire.exchange(settings, probe())
    settings = as_operator(settings, None)
    signed_in: Exchange = wire.exchange(settings, kind.sign_on(settings))
    number = kind.number_in(signed_in.raw_reply) if signed_in.outcome is wire.Outcome.OK else ""
    if not number:
        return signed_in
    settings = replace(settings, sign_no=number)
    found = wire.exchange(settings, probe())
    wire.exchange(settings, kind.sign_off(settings))
    return found
