"""The institution's own channel to the national interface, as far as a business may know it."""

from __future__ import annotations

from portal.gateway import client, wire
from portal.gateway.national import NATIONAL


def channel_settings(environment: str) -> wire.WireSettings:
    """The open institution's settings; inside the door. NotSent with a sentence when there are none to use."""
    return client.wire_settings(NATIONAL.name, environment)
