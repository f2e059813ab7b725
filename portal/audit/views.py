from datetime import date

from django.contrib import messages
from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from portal.access.gate import page, platform_page
from portal.access.member import PortalRequest
from portal.audit.daily import Days
from portal.audit.exporting import export_days
from portal.audit.lists import FullLog, Log, PlatformLog
from portal.audit.models import Event
from portal.audit.state import is_intact, start_verification, state_of
from portal.jobs import Job


@page("audit.view")
def log(request: PortalRequest) -> HttpResponseBase:
    """The institution's log, newest first."""
    kind = FullLog if request.member.may("audit.addresses.view") else Log
    chain = request.member.institution_id
    may_verify = request.member.may("audit.verify")
    context = {"today": timezone.localdate(), "state": state_of(chain), "may_verify": may_verify}
    return kind(request.member, request.GET).respond(request, **context)


@page("audit.view")
def event(request: PortalRequest, seq: int) -> HttpResponseBase:
    """One record in full, with its place in the chain."""
    mine = Event.objects.filter(chain=request.member.institution_id)
    found = {one.seq: one for one in mine.filter(seq__in=[seq - 1, seq, seq + 1])}
    if seq not in found:
        raise Http404("没有找到这条记录")
    context = {
        "event": found[seq],
        "intact": is_intact(found[seq]),
        "before": found.get(seq - 1),
        "after": found.get(seq + 1),
        "sees_address": request.member.may("audit.addresses.view"),
    }
    return render(request, "audit/event_detail.html", context)


@page("audit.export")
def days(request: PortalRequest) -> HttpResponseBase:
    """One day as JSONL, several as a zip of such files; very many records as a job."""
    try:
        since, until = (date.fromisoformat(request.GET.get(name, "")) for name in ("since", "until"))
    except ValueError:
        raise Http404("没有这一天的日志") from None
    try:
        wanted = Days(since, until)
    except ValueError as error:
        messages.error(request, str(error))
        return redirect("audit:log")
    made = export_days(wanted, by=request.member)
    if isinstance(made, Job):
        messages.info(request, "记录较多，正在后台导出，完成后可在“办理进度”下载")
        return redirect("audit:log")
    return FileResponse(made, as_attachment=True, filename=wanted.file_name, content_type=wanted.content_type)


@page("audit.verify", methods=("POST",))
def verify(request: PortalRequest) -> HttpResponseBase:
    """Have the whole chain computed again in the background."""
    start_verification(by=request.member)
    messages.info(request, "正在后台核对操作日志，结果会显示在本页上方，并写入日志")
    return redirect("audit:log")


@platform_page("platform.manage")
def platform_log(request: PortalRequest) -> HttpResponseBase:
    """The platform's own chain."""
    return render(request, PlatformLog.template, {"list": PlatformLog(request.member, request.GET)})
