"""A job's page, its progress bar, stopping it, and its file."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from portal.access.gate import get_or_404, page
from portal.access.member import Member, PortalRequest
from portal.access.permissions import permission
from portal.jobs.kinds import declared
from portal.jobs.models import Job, JobState
from portal.jobs.services import cancel

TONES = {
    JobState.QUEUED: "brand",
    JobState.RUNNING: "brand",
    JobState.WAITING: "brand",
    JobState.DONE: "good",
    JobState.FAILED: "bad",
    JobState.CANCELLED: "",
    JobState.DOUBTFUL: "doubt",
}
#: What a browser may open by itself is never served inline: always a download.
CONTENT_TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pdf": "application/pdf",
    ".zip": "application/zip",
    ".csv": "text/csv; charset=utf-8",
}


def facts(job: Job, member: Member) -> dict[str, Any]:
    stoppable = job.state in (JobState.QUEUED, JobState.RUNNING) and member.may("jobs.cancel")
    return {"job": job, "tone": TONES[JobState(job.state)], "may_cancel": stoppable}


@page("jobs.view")
def job(request: PortalRequest, job_id: UUID) -> HttpResponseBase:
    found = get_or_404(Job, job_id)
    if found.operation:
        return redirect("gateway:operation", found.operation)
    return render(request, "jobs/job.html", facts(found, request.member))


@page("jobs.view")
def progress(request: PortalRequest, job_id: UUID) -> HttpResponseBase:
    """The bar alone; it asks for itself again while the job lives, and loads the page anew at the end."""
    found = get_or_404(Job, job_id)
    response = render(request, "jobs/parts/progress.html", facts(found, request.member))
    if not found.is_live:
        response["HX-Refresh"] = "true"
    return response


@page("jobs.cancel", methods=("POST",))
def stop(request: PortalRequest, job_id: UUID) -> HttpResponseBase:
    found = get_or_404(Job, job_id)
    if cancel(found):
        messages.success(request, "已要求停止，正在处理的一条完成后停下")
    else:
        messages.error(request, "任务已经结束")
    return redirect("jobs:job", found.pk)


@page("jobs.view")
def result(request: PortalRequest, job_id: UUID) -> HttpResponseBase:
    """The job's file, for those who may see what is in it."""
    found = get_or_404(Job, job_id)
    needed = permission(declared(found.kind).permission)
    if not request.member.may(needed.name):
        raise PermissionDenied(f"您没有“{needed.label}”的权限")
    if not found.result_path or not default_storage.exists(found.result_path):
        raise Http404("没有找到这条记录")
    with default_storage.open(found.result_path) as file:
        content = file.read()
    suffix = found.result_name[found.result_name.rfind(".") :].lower()
    response = HttpResponse(content, content_type=CONTENT_TYPES.get(suffix, "application/octet-stream"))
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.result_name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response
