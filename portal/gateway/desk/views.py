"""终端: the computers with a bridge, their settings files, and which one somebody sits at."""

from __future__ import annotations

import json
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.gateway.desk.forms import DeskForm, values_of
from portal.gateway.desk.listing import DeskList
from portal.gateway.desk.models import Desk
from portal.gateway.desk.services import (
    CHECK,
    DeskFault,
    change_desk,
    check_desk,
    desk_of,
    hand_out,
    register_desk,
    sit_at,
)
from portal.jobs import Job
from portal.jobs.models import LIVE


@page("gateway.desks.view")
def desk_list(request: PortalRequest) -> HttpResponseBase:
    listed = DeskList(request.member, request.GET)
    return listed.respond(request, may_manage=request.member.may("gateway.channel.manage"))


@page("gateway.channel.manage", methods=("GET", "POST"))
def desk_new(request: PortalRequest) -> HttpResponseBase:
    form = DeskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            desk = register_desk(form.cleaned_data, by=request.member)
        except DeskFault as fault:
            form.add_faults(fault.faults)
        else:
            messages.success(request, "已登记，请生成设置文件并拷到窗口电脑")
            return redirect("gateway:desk", desk.pk)
    return render(request, "gateway/desk_new.html", {"form": form})


@page("gateway.desks.view")
def desk(request: PortalRequest, desk_id: UUID) -> HttpResponseBase:
    found = get_or_404(Desk, desk_id)
    return render(request, "gateway/desk.html", facts(request, found, DeskForm(initial=values_of(found))))


@page("gateway.desks.view")
def desk_part(request: PortalRequest, desk_id: UUID) -> HttpResponseBase:
    """What the page asks for again while the bridge is being asked."""
    return render(request, "gateway/parts/desk.html", facts(request, get_or_404(Desk, desk_id), None))


@page("gateway.channel.manage", methods=("POST",))
def desk_change(request: PortalRequest, desk_id: UUID) -> HttpResponseBase:
    found, form = get_or_404(Desk, desk_id), DeskForm(request.POST)
    if form.is_valid():
        try:
            change_desk(found, form.cleaned_data, by=request.member)
        except DeskFault as fault:
            form.add_faults(fault.faults)
        else:
            messages.success(request, "已保存，立即生效")
            return redirect("gateway:desk", found.pk)
    return render(request, "gateway/desk.html", facts(request, found, form))


@page("gateway.channel.manage", methods=("POST",))
def desk_file(request: PortalRequest, desk_id: UUID) -> HttpResponseBase:
    """The settings file of the bridge, once; the one before it is worthless now."""
    settings = hand_out(get_or_404(Desk, desk_id), by=request.member)
    answer = HttpResponse(json.dumps(settings, ensure_ascii=False, indent=2), content_type="application/json")
    answer["Content-Disposition"] = 'attachment; filename="desk-bridge.json"'
    return answer


@page("gateway.desks.sit", methods=("POST",))
def desk_check(request: PortalRequest, desk_id: UUID) -> HttpResponseBase:
    found = get_or_404(Desk, desk_id)
    check_desk(found, by=request.member)
    return redirect("gateway:desk", found.pk)


@page("gateway.desks.sit", methods=("POST",))
def desk_sit(request: PortalRequest, desk_id: UUID) -> HttpResponseBase:
    found = get_or_404(Desk, desk_id)
    try:
        sit_at(found, by=request.member)
        messages.success(request, f"您的读卡和收退费将在“{found.name}”进行")
    except DeskFault as fault:
        messages.error(request, str(fault))
    return redirect("gateway:desk", found.pk)


def facts(request: PortalRequest, found: Desk, form: DeskForm | None) -> dict[str, object]:
    mine = desk_of(request.member.user)
    return {
        "desk": found,
        "form": form,
        "is_checking": Job.objects.filter(kind=CHECK, key=str(found.pk), state__in=LIVE).exists(),
        "is_mine": mine is not None and mine.pk == found.pk,
        "may_manage": request.member.may("gateway.channel.manage"),
        "may_sit": request.member.may("gateway.desks.sit"),
    }
