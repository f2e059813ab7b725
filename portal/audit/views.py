from datetime import date

from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from portal.access.gate import page, platform_page
from portal.access.member import PortalRequest
from portal.audit.daily import write_day
from portal.audit.lists import FullLog, Log, PlatformLog
from portal.audit.models import Event


@page("audit.view")
def log(request: PortalRequest) -> HttpResponseBase:
    """The institution's log, newest first."""
    kind = FullLog if request.member.may("audit.addresses.view") else Log
    return kind(request.member, request.GET).respond(request, today=timezone.localdate())


@page("audit.view")
def event(request: PortalRequest, seq: int) -> HttpResponseBase:
    """One record in full, with its place in the chain."""
    found = Event.objects.filter(chain=request.member.institution_id, seq=seq).first()
    if found is None:
        raise Http404("没有找到这条记录")
    sees_address = request.member.may("audit.addresses.view")
    return render(request, "audit/event_detail.html", {"event": found, "sees_address": sees_address})


@page("audit.export")
def day(request: PortalRequest) -> HttpResponseBase:
    """One day as JSONL, named as in the manual (chapter 10): 2026-04-26.jsonl."""
    try:
        chosen = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        raise Http404("没有这一天的日志") from None
    return FileResponse(
        write_day(chosen, by=request.member),
        as_attachment=True,
        filename=f"{chosen:%Y-%m-%d}.jsonl",
        content_type="application/x-ndjson; charset=utf-8",
    )


@platform_page("platform.manage")
def platform_log(request: PortalRequest) -> HttpResponseBase:
    """The platform's own chain."""
    return render(request, PlatformLog.template, {"list": PlatformLog(request.member, request.GET)})
