"""Uploading fees: who has what waiting, one admission's progress, a batch, a wipe, the schedule."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from injury.forms.uploads import ScheduleForm, WipeForm
from injury.models import Admission, FeeBatch
from injury.services import Refused
from injury.services.standing import fee_standing
from injury.services.uploading import request_wipe, save_schedule, schedule_of, start_all, start_check, start_upload
from injury.services.uploading.overview import progress_of
from injury.services.uploading.scheduling import waiting_admissions
from injury.views.asking import acted, admission_or_404, environment
from injury.views.sections import section
from injury.views.upload_lists import LineList, UploadList
from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.web.tables import SelectionChanged

NAMED = 3


@page("injury.fees.view")
def upload_list(request: PortalRequest) -> HttpResponseBase:
    """费用上传: every admission at the centre, with what waits."""
    schedule, here = schedule_of(environment(request)), environment(request)
    context = {"schedule": schedule, "ready": waiting_admissions(here).count(), "may": rights(request)}
    return UploadList(request.member, request.GET).respond(request, **context)


@page("injury.fees.upload", methods=("POST",))
def upload_start(request: PortalRequest) -> HttpResponseBase:
    """Start what was ticked, or everything that waits."""
    try:
        if "everything" in request.POST:
            admissions = waiting_admissions(environment(request))
        else:
            admissions = UploadList.selection(request).checked()
    except SelectionChanged as changed:
        messages.error(request, str(changed))
        return redirect("injury:upload-list")
    count, refused = start_all(admissions, by=request.member)
    if count:
        messages.success(request, f"{count} 次就诊开始上传，进展显示在本页，可以离开")
    if refused:
        more = f" 等 {len(refused)} 次就诊" if len(refused) > NAMED else ""
        messages.warning(request, f"没有上传：{'；'.join(refused[:NAMED])}{more}")
    if not count and not refused:
        messages.info(request, "没有等待上传的费用")
    return redirect("injury:upload-list")


@page("injury.fees.view")
def upload(request: PortalRequest, admission_id: UUID) -> HttpResponseBase:
    """One admission's upload: counts, sums by category, batches, what happens next."""
    admission = admission_or_404(admission_id)
    return render(request, "injury/upload.html", {"admission": admission, **shown(request, admission)})


@page("injury.fees.view")
def upload_progress(request: PortalRequest, admission_id: UUID) -> HttpResponseBase:
    """The part that changes; asked for again while something moves, the whole page once nothing does."""
    admission = admission_or_404(admission_id)
    context = shown(request, admission)
    answer = render(request, "injury/parts/upload_progress.html", {"admission": admission, **context})
    if not context["upload"].is_moving:
        answer["HX-Refresh"] = "true"
    return answer


@page("injury.fees.upload", methods=("POST",))
def upload_one(request: PortalRequest, admission_id: UUID) -> HttpResponseBase:
    """Upload what waits in this admission."""
    return _acted(request, admission_id, start_upload, "已开始上传，进展显示在本页，可以离开")


@page("injury.fees.upload", methods=("POST",))
def upload_check(request: PortalRequest, admission_id: UUID) -> HttpResponseBase:
    """Have the centre's sums read (4.12)."""
    return _acted(request, admission_id, start_check, "正在读取中心金额，结果显示在本页")


def _acted(request: PortalRequest, admission_id: UUID, act: Any, said: str) -> HttpResponseBase:
    admission = admission_or_404(admission_id)
    try:
        act(admission, by=request.member)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, said)
    return redirect("injury:upload", admission.pk)


@page("injury.fees.view")
def upload_detail(request: PortalRequest, batch_id: UUID) -> HttpResponseBase:
    """One batch: its items as they went."""
    batch = get_or_404(FeeBatch, batch_id)
    lines = LineList(request.member, request.GET)
    lines.batch = batch.pk
    return lines.respond(request, batch=batch, admission=batch.epoch.admission)


@page("injury.fees.wipe", methods=("GET", "POST"))
def wipe(request: PortalRequest, admission_id: UUID) -> HttpResponseBase:
    """Ask for everything at the centre to be deleted (4.11, 4.25); a second person decides."""
    admission = admission_or_404(admission_id)
    form = WipeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if acted(form, lambda: request_wipe(admission, **given, by=request.member)):
            messages.success(request, "已提请作废，须由另一位复核人员复核后才会发送")
            return redirect("injury:upload", admission.pk)
    context = {"admission": admission, "form": form, **shown(request, admission)}
    return render(request, "injury/wipe.html", context)


@page("injury.uploads.schedule", methods=("GET", "POST"))
def upload_schedule(request: PortalRequest) -> HttpResponseBase:
    """When fees go by themselves."""
    schedule = schedule_of(environment(request))
    first = {"is_on": schedule.is_on, "times": schedule.times.replace(",", " "), "every": schedule.every}
    form = ScheduleForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if acted(form, lambda: save_schedule(**given, by=request.member)):
            messages.success(request, "自动上传的设置已保存")
            return redirect("injury:upload-schedule")
    return render(request, "injury/upload_schedule.html", {"form": form, "schedule": schedule})


def shown(request: PortalRequest, admission: Admission) -> dict[str, Any]:
    """What the pages of one admission's upload have in common."""
    found = progress_of(admission)
    return {"upload": found, "standing": found.standing, "may": rights(request)}


def rights(request: PortalRequest) -> dict[str, bool]:
    may = request.member.may
    return {
        "upload": may("injury.fees.upload"),
        "wipe": may("injury.fees.wipe"),
        "schedule": may("injury.uploads.schedule"),
        "approve": may("gateway.operations.approve"),
    }


@section("uploads", "费用上传")
def uploads_section(request: PortalRequest, admission: Admission) -> dict[str, Any]:
    """On the admission's page: where its upload stands."""
    standing = fee_standing(admission)
    return {"standing": standing, "epoch": standing.epoch, "may": rights(request)}
