"""中心字典: the region's dictionaries (1901) beside ours, and taking one over."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from portal.access.gate import page
from portal.access.member import PortalRequest
from portal.gateway.national.classes import current_edition
from portal.jobs.models import LIVE, Job
from settlement.models import RegionCodes
from settlement.services.catalogue import region_of
from settlement.services.code_lists import (
    FETCH_CODES,
    adopt,
    ask_codes,
    codes_in,
    compared,
    held_list,
    known_kinds,
)
from settlement.services.refusals import Refused
from settlement.views.asking import environment


@page("settlement.catalogue.view")
def codes(request: PortalRequest) -> HttpResponseBase:
    """中心字典: every dictionary, when it was fetched, and how it differs."""
    here, words = environment(request), request.GET.get("q", "").strip().lower()
    told = {one.kind: one for one in codes_in(here).defer("entries")}
    rows = [
        {"kind": kind, "title": title, "told": told.get(kind)}
        for kind, title in known_kinds().items()
        if not words or words in title.lower() or words in kind.lower()
    ]
    if request.GET.get("differing"):
        rows = [row for row in rows if isinstance(row["told"], RegionCodes) and not row["told"].is_same]
    context = {
        "rows": rows,
        "words": request.GET.get("q", ""),
        "differing": request.GET.get("differing"),
        "region": region_of(here),
        "job": live_job(),
        "may_download": request.member.may("settlement.catalogue.download"),
    }
    return render(request, "settlement/code_lists.html", context)


def live_job() -> Job | None:
    return Job.objects.filter(kind=FETCH_CODES, state__in=LIVE).order_by("-created_at").first()


@page("settlement.catalogue.view")
def codes_progress(request: PortalRequest) -> HttpResponseBase:
    """Part page, polled while dictionaries are fetched."""
    job = live_job()
    answer = render(request, "settlement/parts/codes_progress.html", {"job": job})
    if job is None:
        answer["HX-Refresh"] = "true"
    return answer


@page("settlement.catalogue.download", methods=("POST",))
def codes_fetch(request: PortalRequest) -> HttpResponse:
    """Fetch what was ticked, or every dictionary."""
    kinds = list(known_kinds()) if "everything" in request.POST else request.POST.getlist("kinds")
    try:
        job = ask_codes(kinds, by=request.member)
        messages.success(request, "开始获取，进展显示在本页" if not job.joined else "已有获取正在进行")
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    return redirect("settlement:code-lists")


@page("settlement.catalogue.view")
def codes_detail(request: PortalRequest, kind: str) -> HttpResponseBase:
    """One dictionary, code by code, ours beside theirs."""
    if kind not in known_kinds():
        raise Http404("没有这个字典")
    here = environment(request)
    told, edition = codes_in(here).filter(kind=kind).first(), current_edition(here)
    rows = compared(held_list(kind, edition), told.entries if told else [])
    context = {
        "kind": kind,
        "title": known_kinds()[kind],
        "told": told,
        "rows": rows,
        "edition": edition.title,
        "differs": bool(told) and any(one.difference for one in rows),
        "may_adopt": request.member.may("settlement.editions.manage"),
    }
    return render(request, "settlement/code_list.html", context)


@page("settlement.editions.manage", methods=("POST",))
def codes_adopt(request: PortalRequest, kind: str) -> HttpResponse:
    """A new edition with the centre's dictionary; it waits to be put into use on the page of editions."""
    told = codes_in(environment(request)).filter(kind=kind).first()
    if told is None:
        raise Http404("没有这个字典")
    try:
        made = adopt(told, by=request.member)
        messages.success(request, f"已生成省级接口版本“{made}”，启用后生效")
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    return redirect("settlement:code-list", kind)
