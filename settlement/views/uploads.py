"""采集上传: every number with what waits and what went, runs, plans; departments and matchings beside the centre's."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.gateway.national import current_edition
from portal.web.tables.bulk import SelectionChanged
from settlement.forms.uploads import PlanForm
from settlement.models import UploadRun
from settlement.rules.uploads import KINDS, MOST
from settlement.services.refusals import Refused
from settlement.services.uploads.making import make_lists, make_matches
from settlement.services.uploads.mending import send_again
from settlement.services.uploads.overview import Queue, queues
from settlement.services.uploads.plans import plan_of, save_plans
from settlement.services.uploads.runs import pause, start_run
from settlement.views.asking import acted, environment, said
from settlement.views.upload_lists import DepartmentList, ItemList, RecordList, UnlistedList


def rights(request: PortalRequest) -> dict[str, bool]:
    names = ("view", "enter", "send", "schedule")
    return {f"may_{name}": request.member.may(f"settlement.uploads.{name}") for name in names}


def grouped(found: list[Queue]) -> dict[str, list[Queue]]:
    groups: dict[str, list[Queue]] = {}
    for one in found:
        groups.setdefault(one.kind.group, []).append(one)
    return groups


@page("settlement.uploads.view")
def upload_list(request: PortalRequest) -> HttpResponseBase:
    """采集上传: number by number."""
    found = queues(environment(request))
    counts = {
        "waiting": sum(one.waiting for one in found),
        "sent": sum(one.sent_today for one in found),
        "blocked": sum(one.blocked for one in found),
        "refused": sum(one.refused for one in found),
        "doubtful": sum(one.doubtful for one in found),
    }
    busy = any(one.is_running for one in found)
    context = {"groups": grouped(found), "counts": counts, "busy": busy, **rights(request)}
    return render(request, "settlement/upload_list.html", context)


@page("settlement.uploads.view")
def upload_progress(request: PortalRequest) -> HttpResponseBase:
    """Part page, polled while runs go on; then the whole page is loaded anew."""
    found = [one for one in queues(environment(request)) if one.is_running]
    answer = render(request, "settlement/parts/upload_progress.html", {"running": found, **rights(request)})
    if not found:
        answer["HX-Refresh"] = "true"
    return answer


@page("settlement.uploads.send", methods=("POST",))
def upload_start(request: PortalRequest, number: str) -> HttpResponse:
    """立即上传: what waits of one number."""
    where = "settlement:department-list" if number in ("3401A", "3403") else "settlement:upload-list"
    return said(
        request, lambda: start_run(number, by=request.member), "开始上传，进展显示在“采集上传”，可以离开", where
    )


@page("settlement.uploads.send", methods=("POST",))
def upload_pause(request: PortalRequest, run_id: UUID) -> HttpResponse:
    """暂停: what is under way ends, nothing more is sent."""
    run = get_or_404(UploadRun, run_id)
    return said(request, lambda: pause(run), "已暂停，其余等待下次上传", "settlement:upload-list")


@page("settlement.uploads.schedule", methods=("GET", "POST"))
def upload_schedule(request: PortalRequest) -> HttpResponseBase:
    """自动上传: which numbers, when."""
    here = environment(request)
    known = [number for number in KINDS if current_edition(here).has(number)]
    first = request.GET.get("number", "")
    plan = plan_of(here, first if first in KINDS else known[0])
    initial = {"numbers": [first], "is_on": True, "at": plan.at, "every": plan.every, "at_once": plan.at_once}
    form = PlanForm(request.POST or None, initial=initial, numbers=known)
    if form.is_valid():
        saved = acted(form, lambda: save_plans(**form.cleaned_data, by=request.member))
        if saved is not None:
            messages.success(request, "自动上传的设置已保存")
            return redirect("settlement:upload-list")
    return render(request, "settlement/upload_schedule.html", {"form": form, "queues": queues(here)})


@page("settlement.uploads.view")
def upload_records(request: PortalRequest) -> HttpResponseBase:
    """采集记录: all of them, filtered."""
    kind = KINDS.get(request.GET.get("number", ""))
    return RecordList(request.member, request.GET).respond(request, kind=kind, **rights(request))


@page("settlement.uploads.send", methods=("POST",))
def upload_again(request: PortalRequest) -> HttpResponse:
    """Refused records of the selection wait again."""
    try:
        count = send_again(RecordList.selection(request).checked(), by=request.member)
        messages.success(request, f"{count} 条被拒绝的记录重新排队，点“立即上传”或等待自动上传")
    except SelectionChanged as changed:
        messages.error(request, str(changed))
    return redirect("settlement:upload-records")


@page("settlement.uploads.view")
def upload_unlisted(request: PortalRequest) -> HttpResponseBase:
    """Settlements without a settlement list."""
    return UnlistedList(request.member, request.GET).respond(request, **rights(request))


@page("settlement.uploads.enter", methods=("POST",))
def upload_lists_make(request: PortalRequest) -> HttpResponse:
    """Make lists (4101A) of the ticked settlements."""
    return _made(request, UnlistedList, make_lists, "4101A", "settlement:upload-unlisted")


@page("settlement.uploads.enter", methods=("POST",))
def match_make(request: PortalRequest) -> HttpResponse:
    """Make matchings (3301) of the ticked own items."""
    return _made(request, ItemList, make_matches, "3301", "settlement:mapping-list")


def _made(request: PortalRequest, listed: Any, make: Any, number: str, back: str) -> HttpResponse:
    try:
        given = make(list(listed.selection(request).checked()[: MOST + 1]), by=request.member)
    except (SelectionChanged, Refused) as refusal:
        messages.error(request, str(getattr(refusal, "sentence", refusal)))
        return redirect(back)
    fresh = [one for one in given if one.outcome in ("new", "replaced")]
    wrong = sum(one.is_wrong for one in fresh)
    messages.success(request, f"生成 {len(fresh)} 条" + (f"，其中 {wrong} 条还须补填" if wrong else "，可以上传"))
    response: HttpResponse = redirect("settlement:upload-records")
    response["Location"] += f"?number={number}"
    return response


@page("settlement.uploads.view")
def department_list(request: PortalRequest) -> HttpResponseBase:
    """科室: what the centre shall know, and whether it does."""
    return DepartmentList(request.member, request.GET).respond(request, **rights(request))


@page("settlement.uploads.view")
def mapping_list(request: PortalRequest) -> HttpResponseBase:
    """目录对照: own items with their matching."""
    return ItemList(request.member, request.GET).respond(request, **rights(request))


def kind_or_404(request: PortalRequest, number: str) -> Any:
    if number not in KINDS or not current_edition(environment(request)).has(number):
        raise Http404("没有这种采集信息")
    return KINDS[number]
