"""系统配置 (clearing manual, chapter 4) and the platform's list of allowed addresses."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from portal.access.gate import get_or_404, page, platform_page
from portal.access.member import PortalRequest
from portal.access.models.institution import Environment
from portal.gateway.channels import addresses
from portal.gateway.channels.faults import regions
from portal.gateway.channels.forms import AddressForm, ChannelForm, ReasonForm
from portal.gateway.channels.models import (
    AllowedAddress,
    ChangeState,
    Channel,
    ChannelChange,
    ChannelTrial,
    channel_label,
)
from portal.gateway.channels.services import (
    ChannelFault,
    approve_change,
    change_channel,
    channel_for,
    refuse_change,
)
from portal.gateway.channels.trials import is_lost, start_trial
from portal.gateway.messages import gateways
from portal.gateway.sessions import acts as sessions

HISTORY = 10


@page("gateway.channel.view")
def channels(request: PortalRequest) -> HttpResponseBase:
    """The first gateway, in the environment that the institution works in."""
    assert request.member.institution
    return redirect("channels:channel", gateways()[0].name, request.member.institution.environment)


@page("gateway.channel.view")
def channel(request: PortalRequest, gateway: str, environment: str) -> HttpResponseBase:
    return _page(request, gateway, environment, _form(gateway, environment, request))


@page("gateway.channel.manage", methods=("POST",))
def channel_change(request: PortalRequest, gateway: str, environment: str) -> HttpResponseBase:
    """Save: applied at once, or waiting for a second person."""
    form = _form(gateway, environment, request)
    if form.is_valid():
        try:
            change = change_channel(gateway, environment, form.given(), by=request.member)
        except ChannelFault as fault:
            form.add_faults(fault.faults)
        else:
            _say(request, change)
            return redirect("channels:channel", gateway, environment)
    return _page(request, gateway, environment, form)


@page("gateway.channel.manage", methods=("POST",))
def trial_start(request: PortalRequest, gateway: str, environment: str) -> HttpResponseBase:
    """测试连接 with what is typed, before saving."""
    form = _form(gateway, environment, request)
    context: dict[str, object] = {}
    if form.is_valid():
        try:
            context["trial"] = start_trial(gateway, environment, form.given(), by=request.member)
        except ChannelFault as fault:
            context["faults"] = list(fault.faults.values())
    else:
        context["faults"] = [sentence for sentences in form.errors.values() for sentence in sentences]
    return render(request, "gateway/channel_trial.html", context)


@page("gateway.channel.manage")
def trial(request: PortalRequest, trial_id: UUID) -> HttpResponseBase:
    found = get_or_404(ChannelTrial, trial_id)
    return render(request, "gateway/channel_trial.html", {"trial": found, "is_lost": is_lost(found)})


@page("gateway.channel.approve", methods=("POST",))
def change_approve(request: PortalRequest, change_id: UUID) -> HttpResponseBase:
    change = get_or_404(ChannelChange, change_id)
    try:
        approve_change(change, by=request.member)
        messages.success(request, "已复核通过，新配置立即生效")
    except ChannelFault as fault:
        messages.error(request, str(fault))
    return redirect("channels:channel", change.gateway, change.environment)


@page("gateway.channel.approve", methods=("POST",))
def change_refuse(request: PortalRequest, change_id: UUID) -> HttpResponseBase:
    """Refuse somebody's change, or take one's own back."""
    change = get_or_404(ChannelChange, change_id)
    own = request.member.is_user(change.proposed_by_id)
    form = ReasonForm(request.POST)
    if not own and not form.is_valid():
        messages.error(request, _words(form))
        return redirect("channels:channel", change.gateway, change.environment)
    try:
        refuse_change(change, "" if own else form.cleaned_data["reason"], by=request.member)
        messages.success(request, "已撤回" if own else "已退回，配置没有改变")
    except ChannelFault as fault:
        messages.error(request, str(fault))
    return redirect("channels:channel", change.gateway, change.environment)


@platform_page("gateway.addresses.manage", methods=("GET", "POST"))
def address_list(request: PortalRequest) -> HttpResponseBase:
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            addresses.propose_address(form.cleaned_data["host"], form.cleaned_data["note"], by=request.member)
            messages.success(request, "已提交，由另一位平台管理员复核后生效")
            return redirect("channels:address-list")
        except addresses.AddressFault as fault:
            form.add_error("host", str(fault))
    rows = AllowedAddress.objects.filter(removed_at=None).select_related("proposed_by", "approved_by")
    return render(request, "gateway/channel_addresses.html", {"form": form, "addresses": rows, "me": request.user.pk})


@platform_page("gateway.addresses.manage", methods=("POST",))
def address_approve(request: PortalRequest, address_id: int) -> HttpResponseBase:
    try:
        addresses.approve_address(get_or_404(AllowedAddress, address_id), by=request.member)
        messages.success(request, "已允许该地址")
    except addresses.AddressFault as fault:
        messages.error(request, str(fault))
    return redirect("channels:address-list")


@platform_page("gateway.addresses.manage", methods=("POST",))
def address_remove(request: PortalRequest, address_id: int) -> HttpResponseBase:
    form = ReasonForm(request.POST)
    if form.is_valid():
        address = get_or_404(AllowedAddress, address_id)
        addresses.remove_address(address, form.cleaned_data["reason"], by=request.member)
        messages.success(request, "该地址已停用，立即生效")
    else:
        messages.error(request, _words(form))
    return redirect("channels:address-list")


def _form(gateway: str, environment: str, request: PortalRequest) -> ChannelForm:
    if gateway not in {one.name for one in gateways()} or environment not in Environment.values:
        raise Http404("没有找到这条记录")
    stored, typed = channel_for(gateway, environment), request.POST if request.method == "POST" else None
    return ChannelForm(gateway, environment, stored, typed, institution=request.member.institution)


def _page(request: PortalRequest, gateway: str, environment: str, form: ChannelForm) -> HttpResponseBase:
    changes = ChannelChange.objects.filter(gateway=gateway, environment=environment)
    waiting = changes.filter(state=ChangeState.PROPOSED).first()
    context = {
        "form": form,
        "channel": form.stored,
        "gateway": gateway,
        "gateways": gateways(),
        "environment": environment,
        "environments": Environment.choices,
        "label": channel_label(gateway, environment),
        "waiting": waiting,
        "is_own": waiting is not None and request.member.is_user(waiting.proposed_by_id),
        "history": changes.exclude(state=ChangeState.PROPOSED)[:HISTORY],
        "may_manage": request.member.may("gateway.channel.manage"),
        "may_approve": request.member.may("gateway.channel.approve"),
        "institution": request.member.institution,
        "region": _region(form.stored, gateway),
        "session": sessions.shown(gateway, environment),
    }
    return render(request, "gateway/channel.html", context)


def _region(channel: Channel | None, gateway: str) -> str:
    listed = regions(gateway)
    if channel is None or not channel.region or listed is None:
        return channel.region if channel else ""
    return f"{listed.label(channel.region)}（{channel.region}）"


def _words(form: ReasonForm) -> str:
    return "；".join(str(one) for one in form.errors["reason"])


def _say(request: PortalRequest, change: ChannelChange | None) -> None:
    if change is None:
        messages.info(request, "内容没有变化，没有保存")
    elif change.state == ChangeState.PROPOSED:
        messages.success(request, "已提交，由另一人复核后立即生效；在此之前仍使用原来的配置")
    else:
        messages.success(request, "已保存，立即生效，不需要重新启动")
