"""The institution's own channels, as far as a business may know them."""

from __future__ import annotations

from portal.gateway import client, wire
from portal.gateway.desk import ONETRANS
from portal.gateway.errors import NotSent
from portal.gateway.national import NATIONAL
from settlement.services.refusals import Refused


def channel_settings(environment: str) -> wire.WireSettings:
    """The open institution's settings; inside the door. NotSent with a sentence when there are none to use."""
    return client.wire_settings(NATIONAL.name, environment)


def onetrans_settings(environment: str) -> wire.WireSettings:
    """The same of the desk's library; Refused when there are none to use."""
    try:
        return client.wire_settings(ONETRANS.name, environment)
    except NotSent as error:
        raise Refused(error.sentence) from error
