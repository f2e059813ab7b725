"""Where a call of a gateway comes in: the door of its kind of wire, or a control door of that gateway."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse

from portal.gateway.messages import Gateway, gateway
from portal.gateway.sandbox.doors import control
from portal.gateway.sandbox.doors.aes_session import aes_session
from portal.gateway.sandbox.doors.desk import desk
from portal.gateway.sandbox.doors.envelope import envelope
from portal.gateway.sandbox.doors.national import national
from portal.gateway.sandbox.plays import control_of

DOORS: dict[str, Callable[[HttpRequest, Gateway, str], HttpResponse]] = {
    "sm-envelope": envelope,
    "national": national,
    "aes-session": aes_session,
    "desk": desk,
}


def entry(request: HttpRequest, name: str, tail: str = "") -> HttpResponse:
    """`POST /<gateway>/<path of the wire>` or `POST /<gateway>/<action>`."""
    try:
        found = gateway(name)
    except LookupError:
        raise Http404 from None
    is_call = found.wire != "sm-envelope" or "/" in tail
    if control_of(name, tail) is not None or not is_call:
        return control.act(request, name, tail)
    if found.wire not in DOORS:
        raise Http404
    return DOORS[found.wire](request, found, tail)
