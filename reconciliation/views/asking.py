"""What the pages share: where the institution works, and refusals said in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect

from portal.access.member import PortalRequest
from portal.gateway.journal import NotAllowed
from portal.jobs import StandStill
from reconciliation.services.refusals import Refused

T = TypeVar("T")


def environment(request: PortalRequest) -> str:
    assert request.member.institution
    return str(request.member.institution.environment)


def acted(form: Form, act: Callable[[], T], **names: str) -> T | None:
    """The service's result, or None with its refusal in the form; `names`: its field → the form's."""
    try:
        return act()
    except Refused as refusal:
        for field, sentence in refusal.faults:
            place = names.get(field, field)
            form.add_error(place if place in form.fields else None, sentence)
    except StandStill as refusal:
        form.add_error(None, refusal.sentence)
    return None


def said(request: PortalRequest, act: Callable[[], Any], done: str, *where: Any) -> HttpResponse:
    """Do it, say what came of it, and go there."""
    try:
        act()
        messages.success(request, done)
    except (Refused, NotAllowed, StandStill) as refusal:
        messages.error(request, refusal.sentence)
    return redirect(*where)
