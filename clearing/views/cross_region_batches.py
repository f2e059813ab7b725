"""Confirming a month, its batches, and taking confirmations back."""

from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from clearing.models import CrossRegionBatch, CrossRegionMonth
from clearing.services import Refused
from clearing.services.cross_region import confirm_month, roll_back_batch, roll_back_month
from clearing.services.cross_region.confirmation import preview
from clearing.services.cross_region.months import batches_of, overview
from clearing.services.cross_region.rollback import rollback_of_month
from clearing.services.cross_region.uploads import upload_in_use
from clearing.views.asking import acted, environment
from clearing.views.cross_region import rights
from clearing.views.cross_region_lists import BatchList
from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest


@page("clearing.cross_region.view")
def batch_list(request: PortalRequest) -> HttpResponseBase:
    """异地清分确认批次."""
    return BatchList(request.member, request.GET).respond(request)


@page("clearing.cross_region.view")
def month_page(request: PortalRequest, month_id: UUID) -> HttpResponseBase:
    """One month: its figures, its batches, and what may be taken back."""
    month = get_or_404(CrossRegionMonth, month_id, environment=environment(request))
    batches = list(batches_of(month).order_by("-number"))
    context = {
        "month": month,
        "overview": overview(month),
        "batches": batches,
        "used": upload_in_use(month),
        "whole": rollback_of_month(month, batches),
        "may": rights(request),
    }
    return render(request, "clearing/cross_region_month.html", context)


@page("clearing.cross_region.confirm", methods=("GET", "POST"))
def confirm(request: PortalRequest, month_id: UUID) -> HttpResponseBase:
    """First what is sent and what is left out, then the button (3261)."""
    month = get_or_404(CrossRegionMonth, month_id, environment=environment(request))
    form = Form(request.POST or None)
    if request.method == "POST" and form.is_valid():
        claimed = request.POST.get("count", "")
        count = int(claimed) if claimed.isascii() and claimed.isdecimal() else -1
        batches = acted(form, lambda: confirm_month(month, by=request.member, count=count))
        if batches:
            sent = sum(batch.count for batch in batches)
            messages.success(request, f"已提交 {sent} 条，分 {len(batches)} 批依次发送，结果显示在本页，可以离开")
            return redirect("clearing:cross-region-month", month.pk)
    context = {"month": month, "form": form, "preview": preview(month)}
    return render(request, "clearing/cross_region_confirm.html", context)


@page("clearing.cross_region.roll_back", methods=("POST",))
def roll_back(request: PortalRequest, batch_id: UUID) -> HttpResponseBase:
    """Take one confirmation back by its message id (3262)."""
    batch = get_or_404(CrossRegionBatch, batch_id, month__environment=environment(request))
    try:
        operation = roll_back_batch(batch, by=request.member)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, f"已提交：{operation.title}，{_next(request)}")
    return redirect("clearing:cross-region-month", batch.month_id)


@page("clearing.cross_region.roll_back", methods=("POST",))
def roll_back_all(request: PortalRequest, month_id: UUID) -> HttpResponseBase:
    """Take everything of the month back (3262 with 0)."""
    month = get_or_404(CrossRegionMonth, month_id, environment=environment(request))
    try:
        operation = roll_back_month(month, by=request.member)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, f"已提交：{operation.title}，{_next(request)}")
    return redirect("clearing:cross-region-month", month.pk)


def _next(request: PortalRequest) -> str:
    assert request.member.institution
    return "须由复核人员复核后才会发送" if request.member.institution.four_eyes else "结果将显示在本页"
