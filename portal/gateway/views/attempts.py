"""The exchange log: every message that left, masked; its full text only with a permission, a reason and a record."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.audit import record
from portal.gateway import shown
from portal.gateway.actions import RAW_READ, RAW_TAKEN
from portal.gateway.console.texts import Unreadable, read
from portal.gateway.exchanges import meaning_of
from portal.gateway.folding import folded
from portal.gateway.journal.models import Attempt
from portal.gateway.journal.states import Outcome
from portal.gateway.views.attempt_list import AttemptList
from portal.vault import BrokenSeal


@page("gateway.attempts.view")
def attempts(request: PortalRequest) -> HttpResponseBase:
    return AttemptList(request.member, request.GET).respond(request)


@page("gateway.attempts.view")
def attempt(request: PortalRequest, attempt_id: UUID) -> HttpResponseBase:
    return render(request, "gateway/attempt.html", facts(get_or_404(Attempt, attempt_id), request))


@page("gateway.attempts.read", methods=("POST",))
def attempt_read(request: PortalRequest, attempt_id: UUID) -> HttpResponseBase:
    """The full text, once, after a reason was given and recorded."""
    found = get_or_404(Attempt, attempt_id)
    if not (reason := reason_of(request)):
        return redirect("gateway:attempt", found.pk)
    record(RAW_READ, found, by=request.member, msgid=found.msgid, reason=reason)
    context = facts(found, request, masked=False)
    context |= {"is_raw": True, "raw_request": raw(found.raw_request), "raw_reply": raw(found.raw_reply)}
    return render(request, "gateway/attempt.html", context)


@page("gateway.attempts.read", methods=("POST",))
def attempt_download(request: PortalRequest, attempt_id: UUID) -> HttpResponseBase:
    """Request and reply as one JSON file, after a reason was given and recorded."""
    found = get_or_404(Attempt, attempt_id)
    if not (reason := reason_of(request)):
        return redirect("gateway:attempt", found.pk)
    record(RAW_TAKEN, found, by=request.member, msgid=found.msgid, reason=reason)
    response = HttpResponse(as_file(found), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.kind}-{found.msgid}.json"'
    return response


def reason_of(request: PortalRequest) -> str:
    """The reason that was given; without one a message says so."""
    reason = request.POST.get("reason", "").strip()[:200]
    if len(reason) >= 2:
        return reason
    messages.error(request, "请填写理由")
    return ""


def facts(found: Attempt, request: PortalRequest, *, masked: bool = True) -> dict[str, Any]:
    sent, received = folded(found, masked=masked)
    return {
        "attempt": found,
        "tone": shown.OUTCOME_TONES.get(Outcome(found.outcome), ""),
        "kind_title": shown.kind_title(found.gateway, found.kind),
        "gateway_title": shown.gateway_title(found.gateway),
        "meaning": meaning_of(found.gateway, found.kind, found.outcome, found.code, found.message),
        "sent": sent,
        "received": received,
        "masked": masked,
        "may_read": request.member.may("gateway.attempts.read"),
    }


def raw(sealed: Any) -> str:
    try:
        return str(sealed.reveal()) if sealed else ""
    except BrokenSeal as error:
        return str(error)


def as_file(found: Attempt) -> str:
    """The message with its circumstances; contents that are no JSON stay text."""
    content = {
        "msgid": found.msgid,
        "gateway": found.gateway,
        "environment": found.environment,
        "transaction": found.kind,
        "sent_at": found.sent_at.isoformat(),
        "took_ms": found.took_ms,
        "outcome": found.outcome,
        "code": found.code,
        "message": found.message,
        "request": plain(raw(found.raw_request)),
        "reply": plain(raw(found.raw_reply)),
    }
    return json.dumps(content, ensure_ascii=False, indent=2, default=str)


def plain(text: str) -> Any:
    try:
        return read(text)
    except Unreadable:
        return text
