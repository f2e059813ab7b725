"""运行环境: how both environments stand, the two buttons of the manual (4.2), and the way of a switch."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.access.models.institution import Environment
from portal.access.services.presence import confirm_password
from portal.access.services.refusals import NotAllowed
from portal.gateway.channels.services import ChannelFault
from portal.gateway.environments.forms import PasswordForm, SwitchForm
from portal.gateway.environments.models import OPEN, Switch, SwitchState
from portal.gateway.environments.services import (
    SwitchFault,
    approve_switch,
    check_channel,
    obstacles,
    phrase_for,
    readiness,
    refuse_switch,
    request_switch,
    withdraw_switch,
    work_in,
)
from portal.gateway.environments.services.switching import open_switch
from portal.gateway.messages import gateways

HISTORY = 10
HOME = "environments:environment"


@page("gateway.environment.view")
def environment(request: PortalRequest) -> HttpResponseBase:
    return render(request, "gateway/environments/environment.html", facts(request))


def facts(request: PortalRequest) -> dict[str, Any]:
    member = request.member
    assert member.institution
    sides = []
    for value, label in Environment.choices:
        channels = readiness(value)
        sides.append(
            {
                "value": value,
                "label": label,
                "is_current": value == member.institution.environment,
                "channels": channels,
                "obstacles": obstacles(value, found=channels),
                "is_trying": any(one.is_trying for one in channels),
            }
        )
    waiting = open_switch()
    own = waiting is not None and member.is_user(waiting.proposed_by_id)
    return {
        "sides": sides,
        "is_trying": any(side["is_trying"] for side in sides),
        "work": work_in(member.institution.environment),
        "other": work_in(other_than(member.institution.environment)),
        "waiting": waiting,
        "own": own,
        "history": Switch.objects.exclude(state__in=OPEN)[:HISTORY],
        "form": PasswordForm(),
        "may_switch": member.may("gateway.environment.switch"),
        "may_approve": member.may("gateway.environment.approve") and not own,
        "may_check": member.may("gateway.channel.manage"),
        "may_export": member.may("gateway.environment.export"),
        "may_import": member.may("gateway.environment.import"),
        "institution": member.institution,
    }


def other_than(environment: str) -> str:
    return Environment.TEST if environment == Environment.PRODUCTION else Environment.PRODUCTION


@page("gateway.environment.view")
def progress(request: PortalRequest) -> HttpResponseBase:
    """What still runs while a switch waits; loads the page anew when it has ended."""
    waiting = open_switch()
    if waiting is None or not waiting.is_draining:
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    return render(request, "gateway/environments/progress.html", {"waiting": waiting, "work": work_in(waiting.before)})


@page("gateway.environment.switch", methods=("GET", "POST"))
def switch(request: PortalRequest, environment: str) -> HttpResponseBase:
    """Ask for the switch: reason, the words that name institution and environment, and the password once more."""
    institution = request.member.institution
    assert institution
    if environment not in Environment.values or environment == institution.environment:
        raise Http404("没有找到这条记录")
    label = Environment(environment).label
    form = SwitchForm(phrase_for(institution, environment), request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            confirm_password(request, given["password"], purpose=f"申请切换到{label}", by=request.member)
            found = request_switch(environment, reason=given["reason"], phrase=given["phrase"], by=request.member)
        except NotAllowed as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, _said(found))
            return redirect(HOME)
    context = {"form": form, "environment": environment, "label": label, "obstacles": obstacles(environment)}
    more = {"work": work_in(institution.environment), "institution": institution, "waiting": open_switch()}
    return render(request, "gateway/environments/switch.html", context | more)


@page("gateway.environment.approve", methods=("POST",))
def approve(request: PortalRequest, switch_id: UUID) -> HttpResponseBase:
    found, form = get_or_404(Switch, switch_id), PasswordForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请输入您的登录密码")
        return redirect(HOME)
    try:
        purpose = f"复核切换到{found.get_after_display()}"
        confirm_password(request, form.cleaned_data["password"], purpose=purpose, by=request.member)
        approve_switch(found, by=request.member)
        messages.success(request, "已复核通过，在途业务结束后立即切换")
    except NotAllowed as refusal:
        messages.error(request, refusal.message)
    return redirect(HOME)


@page("gateway.environment.approve", methods=("POST",))
def refuse(request: PortalRequest, switch_id: UUID) -> HttpResponseBase:
    return _end(
        request, lambda found: refuse_switch(found, request.POST.get("reason", ""), by=request.member), switch_id
    )


@page("gateway.environment.switch", methods=("POST",))
def withdraw(request: PortalRequest, switch_id: UUID) -> HttpResponseBase:
    return _end(request, lambda found: withdraw_switch(found, by=request.member), switch_id)


def _end(request: PortalRequest, act: Any, switch_id: UUID) -> HttpResponseBase:
    found = get_or_404(Switch, switch_id)
    try:
        act(found)
        messages.success(request, "运行环境没有改变，可以照常办理业务")
    except SwitchFault as fault:
        messages.error(request, fault.message)
    return redirect(HOME)


@page("gateway.channel.manage", methods=("POST",))
def check(request: PortalRequest, gateway: str, environment: str) -> HttpResponseBase:
    """Try the channel exactly as it is saved."""
    if gateway not in {one.name for one in gateways()} or environment not in Environment.values:
        raise Http404("没有找到这条记录")
    try:
        check_channel(gateway, environment, by=request.member)
        messages.info(request, "正在用已保存的配置测试连接，结果稍后显示在表中")
    except ChannelFault as fault:
        messages.error(request, str(fault))
    return redirect(HOME)


def _said(found: Switch) -> str:
    if found.state == SwitchState.DRAINING:
        return "已开始切换：在途业务结束后立即生效"
    return "已提交，由另一人复核后开始切换；在此之前照常办理业务"
