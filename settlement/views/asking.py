"""What the pages share: where the institution works, rows with what moves them, and refusals said in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect

from portal.access.gate import get_or_404
from portal.access.member import PortalRequest
from portal.gateway.journal import NotAllowed, Operation
from settlement.models import Settlement, Visit
from settlement.services.refusals import Refused

T = TypeVar("T")


def environment(request: PortalRequest) -> str:
    assert request.member.institution
    return str(request.member.institution.environment)


def acted(form: Form, act: Callable[[], T]) -> T | None:
    """The service's result, or None with its refusal in the form, each fault beside its field."""
    try:
        return act()
    except Refused as refusal:
        for field, sentence in refusal.faults:
            form.add_error(field if field in form.fields else None, sentence)
        return None


def said(request: PortalRequest, act: Callable[[], Any], done: str, *where: Any) -> HttpResponse:
    """Do it, say what came of it, and go there."""
    try:
        act()
        messages.success(request, done)
    except (Refused, NotAllowed) as refusal:
        messages.error(request, refusal.sentence)
    return redirect(*where)


def light(operation_id: Any) -> Operation:
    """An operation without what it sent and was answered."""
    return Operation.objects.defer("request", "reply").get(pk=operation_id)


def visit_or_404(visit_id: UUID) -> Visit:
    """The visit with what moves it; Http404 as get_or_404."""
    visit = get_or_404(Visit, visit_id)
    if visit.operation_id:
        visit.operation = light(visit.operation_id)
    return visit


def settlement_or_404(settlement_id: UUID) -> Settlement:
    """The settlement with its visit, its bill and what moves them."""
    settlement = get_or_404(Settlement, settlement_id)
    settlement.visit = visit_or_404(settlement.visit_id)
    if settlement.operation_id:
        settlement.operation = light(settlement.operation_id)
    if settlement.undone_by_id:
        settlement.undone_by = light(settlement.undone_by_id)
    return settlement


def second_says(request: PortalRequest) -> str:
    """What follows from asking for something that may need a second person."""
    assert request.member.institution
    return "须由复核人员复核后才会发送" if request.member.institution.four_eyes else "结果显示在本页"
