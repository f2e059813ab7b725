"""Months and their settlements: overview, fetch, list, one settlement, decision, our own settlements."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from clearing.forms.cross_region import CrossMonthForm, DecisionForm, SettlementFileForm
from clearing.models import CrossRegionMonth, CrossRegionRow, CrossRegionUpload, UploadState
from clearing.services import Refused
from clearing.services.arithmetic import shown
from clearing.services.cross_region import decide, preview_upload, request_fetch, use_upload
from clearing.services.cross_region.fetching import running_fetches
from clearing.services.cross_region.months import overview, overviews, sums_of
from clearing.services.cross_region.uploads import comparison_of, read_settlements, upload_in_use
from clearing.views.asking import acted, environment
from clearing.views.cross_region_lists import CrossRowList, OwnList
from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.web.tables import SelectionChanged

#: Months on the overview page; older ones are found by the list's filter.
SHOWN = 24
#: Other settlements of the same person on a settlement's page.
PERSON = 20


@page("clearing.cross_region.view")
def overview_page(request: PortalRequest) -> HttpResponseBase:
    """月份总览: what stands where, newest month first."""
    return render(request, "clearing/cross_region_overview.html", {"form": CrossMonthForm(), **_months(request)})


@page("clearing.cross_region.view")
def overview_progress(request: PortalRequest) -> HttpResponseBase:
    """The table of months alone, asked for while one is being fetched."""
    return render(request, "clearing/parts/cross_region_months.html", _months(request))


@page("clearing.cross_region.fetch", methods=("POST",))
def fetch(request: PortalRequest) -> HttpResponseBase:
    """Have a worker bring a month's settlements (3260)."""
    form = CrossMonthForm(request.POST)
    if form.is_valid():
        chosen = form.cleaned_data
        job = acted(form, lambda: request_fetch(chosen["year"], chosen["month"], by=request.member))
        if job:
            said = "这个月正在获取，请稍候" if job.joined else "已开始获取异地清分明细，完成后显示在下方，可以离开本页"
            messages.success(request, said)
            return redirect("clearing:cross-region")
    return render(request, "clearing/cross_region_overview.html", {"form": form, **_months(request)})


def _months(request: PortalRequest) -> dict[str, Any]:
    found = CrossRegionMonth.objects.filter(environment=environment(request)).select_related("rollback")
    return {"months": overviews(list(found[:SHOWN])), "jobs": running_fetches(), "may": rights(request)}


def rights(request: PortalRequest) -> dict[str, bool]:
    """What this member may do here, for the buttons."""
    words = ("fetch", "decide", "confirm", "roll_back")
    return {word: request.member.may(f"clearing.cross_region.{word}") for word in words}


@page("clearing.cross_region.view")
def row_list(request: PortalRequest) -> HttpResponseBase:
    """异地清分明细; with one month chosen its figures stand above."""
    listed = CrossRowList(request.member, request.GET)
    year, _, number = request.GET.get("month", "").partition("-")
    month = None
    if year.isdecimal() and number.isdecimal():
        mine = CrossRegionMonth.objects.filter(environment=environment(request))
        month = mine.filter(year=int(year), month=int(number)).first()
    figures = overview(month) if month else None
    return listed.respond(request, month=month, overview=figures, may=rights(request))


@page("clearing.cross_region.view")
def row_detail(request: PortalRequest, row_id: UUID) -> HttpResponseBase:
    """One settlement, what differs, what was decided, and the same person's others in that month."""
    row = get_or_404(CrossRegionRow, row_id, month__environment=environment(request))
    same = CrossRegionRow.objects.filter(month=row.month, certificate_index=row.certificate_index).exclude(pk=row.pk)
    others = same.order_by("sequence")[:PERSON]
    context = {"row": row, "findings": shown(cast(Any, row)), "others": others, "may": rights(request)}
    return render(request, "clearing/cross_region_row.html", context)


@page("clearing.cross_region.decide", methods=("POST",))
def decide_rows(request: PortalRequest) -> HttpResponseBase:
    """First what was chosen, with the form; then the decision."""
    selection = CrossRowList.selection(request)
    is_answer = "decision" in request.POST or "step" in request.POST
    form = DecisionForm(request.POST if is_answer else None)
    back = reverse("clearing:cross-region-rows") + f"?{request.POST.get('query', '')}"
    try:
        rows = selection.checked()
    except SelectionChanged as changed:
        messages.error(request, str(changed))
        return redirect(back)
    if is_answer and form.is_valid():
        count = acted(form, lambda: decide(rows, **form.cleaned_data, by=request.member))
        if count:
            messages.success(request, f"已对 {count} 条明细作出决定")
            return redirect(back)
    context = {"form": form, "sums": sums_of(rows), "kept": _kept(request), "back": back, "first": rows[:10]}
    return render(request, "clearing/cross_region_decide.html", context)


def _kept(request: PortalRequest) -> list[tuple[str, str]]:
    """The selection, carried along as hidden fields."""
    names = ("all", "query", "claimed")
    return [(name, request.POST.get(name, "")) for name in names] + [("ids", pk) for pk in request.POST.getlist("ids")]


@page("clearing.cross_region.view")
def own_list(request: PortalRequest) -> HttpResponseBase:
    """本机构结算: what the centre is compared with."""
    return OwnList(request.member, request.GET).respond(request)


@page("clearing.cross_region.fetch", methods=("GET", "POST"))
def upload(request: PortalRequest, month_id: UUID) -> HttpResponseBase:
    """A file of our own settlements: read, shown beside the centre's list, not used yet."""
    month = get_or_404(CrossRegionMonth, month_id, environment=environment(request))
    form = SettlementFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        name = str(form.cleaned_data["file"].name)
        made = acted(form, lambda: preview_upload(month, name, read_settlements(form.lines), by=request.member))
        if made:
            return redirect("clearing:cross-region-upload-preview", made.pk)
    context = {"month": month, "form": form, "used": upload_in_use(month)}
    return render(request, "clearing/cross_region_upload.html", context)


@page("clearing.cross_region.fetch", methods=("GET", "POST"))
def upload_preview(request: PortalRequest, upload_id: UUID) -> HttpResponseBase:
    """What comparing with the file would say; the button uses it."""
    uploaded = get_or_404(CrossRegionUpload, upload_id, month__environment=environment(request))
    if request.method == "POST":
        try:
            different = use_upload(uploaded, by=request.member)
        except Refused as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, f"已按本机构结算比对，{different} 条有差异")
        return redirect("clearing:cross-region-month", uploaded.month_id)
    context = {"upload": uploaded, "month": uploaded.month, "is_preview": uploaded.state == UploadState.PREVIEW}
    return render(request, "clearing/cross_region_upload_preview.html", context | comparison_of(uploaded))
