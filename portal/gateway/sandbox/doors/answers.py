"""How an answer leaves, with the fault that hits it carried out; the same for every kind of wire."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse

from portal.gateway.messages import Record, Request
from portal.gateway.sandbox.faults import Hit
from portal.gateway.sandbox.models import Party, UsedNonce
from portal.gateway.sandbox.plays import Call, Refuse, play_of
from portal.gateway.sandbox.trouble import HTML, gone, hold, sever, truncate

JSON = "application/json; charset=utf-8"


def declared_name(party: Party, wire_name: str) -> str:
    """The declared code behind the name that this party's province uses."""
    return next((code for code, name in party.wire_names.items() if name == wire_name), wire_name)


def use(party: Party, nonce: str) -> UsedNonce | None:
    """Accept a nonce or message id once, whatever becomes of the call; None when it was used before."""
    try:
        with transaction.atomic():
            return UsedNonce.objects.create(party=party, nonce=nonce)
    except IntegrityError:
        return None


def played(asked: Request[Any], call: Call, unknown: Refuse) -> Record:
    """What the business answers, in one transaction with its effect; raises Refuse, `unknown` when nobody plays it."""
    play = play_of(type(asked))
    if play is None:
        raise unknown
    with transaction.atomic():
        return play(asked, call)


def answered(request: HttpRequest, hit: Hit, body_of: Callable[[], bytes], *, content_type: str = JSON) -> HttpResponse:
    """The answer with `body_of()`, or what the fault makes of it."""
    if hit.kind == "late_execution":
        return gone()
    if hit.kind in ("drop_response", "reset"):
        return sever(request, reset=hit.kind == "reset")
    if hit.kind == "html":
        return HttpResponse(HTML, content_type="text/html; charset=utf-8")
    if hit.kind in ("late", "slow"):
        hold(request, hit.seconds)
    body = body_of()
    return truncate(request, body) if hit.kind == "truncate" else HttpResponse(body, content_type=content_type)


def json_answer(body: bytes) -> HttpResponse:
    return HttpResponse(body, content_type=JSON)
