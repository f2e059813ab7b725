"""医保签到: who is signed in since when, signing out now, and when shifts end."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.gateway.national.signing.acts import begin_shift, counters, end_shift
from portal.gateway.national.signing.models import NationalSignIn
from portal.jobs import Job


@page("gateway.sessions.view")
def shifts(request: PortalRequest) -> HttpResponseBase:
    return render(request, "gateway/shifts.html", facts(request))


@page("gateway.sessions.view")
def shifts_part(request: PortalRequest) -> HttpResponseBase:
    """What the page asks for again while something is under way."""
    return render(request, "gateway/parts/shifts.html", facts(request))


@page("gateway.sessions.manage", methods=("POST",))
def shift_begin(request: PortalRequest, gateway: str) -> HttpResponseBase:
    assert request.member.institution
    try:
        job = begin_shift(gateway, request.member.institution.environment, by=request.member)
    except LookupError:
        raise Http404 from None
    return _said(request, job)


@page("gateway.sessions.manage", methods=("POST",))
def shift_end(request: PortalRequest, sign_in_id: UUID) -> HttpResponseBase:
    return _said(request, end_shift(get_or_404(NationalSignIn, sign_in_id), by=request.member))


def _said(request: PortalRequest, job: Job) -> HttpResponseBase:
    messages.info(request, f"“{job.title}”正在办理，请稍候" if job.joined else f"已开始“{job.title}”")
    return redirect(reverse("gateway:shifts"))


def facts(request: PortalRequest) -> dict[str, object]:
    assert request.member.institution
    found = counters(request.member.institution.environment, request.member)
    return {
        "counters": found,
        "is_moving": any(one.is_moving for one in found),
        "may_manage": request.member.may("gateway.sessions.manage"),
    }
