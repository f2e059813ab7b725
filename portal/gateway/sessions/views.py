"""接口登录: who is signed in at the gateways that want it, and what people may do about it."""

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from portal.access.gate import page
from portal.access.member import PortalRequest
from portal.gateway.sessions.acts import ACTS, all_shown, start_act


@page("gateway.sessions.view")
def sessions(request: PortalRequest) -> HttpResponseBase:
    return render(request, "gateway/sessions.html", facts(request))


@page("gateway.sessions.view")
def sessions_part(request: PortalRequest) -> HttpResponseBase:
    """What the page asks for again while something is under way."""
    return render(request, "gateway/parts/sessions.html", facts(request))


@page("gateway.sessions.manage", methods=("POST",))
def session_act(request: PortalRequest, gateway: str, act: str) -> HttpResponseBase:
    assert request.member.institution
    if act not in ACTS:
        raise Http404
    try:
        job = start_act(gateway, request.member.institution.environment, act, by=request.member)
    except LookupError:
        raise Http404 from None
    said = f"“{job.title}”正在办理，请稍候" if job.joined else f"已开始“{job.title}”"
    messages.info(request, said)
    return redirect(reverse("gateway:sessions"))


def facts(request: PortalRequest) -> dict[str, object]:
    assert request.member.institution
    found = all_shown(request.member.institution.environment)
    return {
        "sessions": found,
        "is_moving": any(one.is_moving for one in found),
        "may_manage": request.member.may("gateway.sessions.manage"),
    }
