"""医保目录: what is here in which version, downloading, looking entries up, what a version changed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from portal.access.gate import page
from portal.access.member import PortalRequest
from portal.jobs.models import LIVE, Job
from settlement.forms.catalogue import RefreshForm
from settlement.models import Catalogue, CatalogueEntry
from settlement.rules.catalogue import PAGED, SHAPES, differences, title_of, told
from settlement.services.catalogue import DOWNLOAD, ask_download, catalogues_of, refresh_of, region_of, save_refresh
from settlement.services.catalogue.store import held_numbers
from settlement.services.refusals import Refused
from settlement.views.asking import acted, environment
from settlement.views.catalogue_lists import ChangeList, EditionList, EntryList


@page("settlement.catalogue.view")
def catalogue_list(request: PortalRequest) -> HttpResponseBase:
    """医保目录: every catalogue with its version, how many entries it has, when it was asked about."""
    here = environment(request)
    known = {one.number: one for one in catalogues_of(here)}
    busy = held_numbers(here)
    rows = [
        {
            "number": number,
            "title": title_of(number),
            "is_paged": number in PAGED,
            "catalogue": known.get(number),
            "is_busy": number in busy,
        }
        for number in SHAPES
    ]
    context = {
        "rows": rows,
        "region": region_of(here),
        "job": live_job(),
        "refresh": refresh_of(here),
        **rights(request),
    }
    return render(request, "settlement/catalogue_list.html", context)


def live_job() -> Job | None:
    return Job.objects.filter(kind=DOWNLOAD, state__in=LIVE).order_by("-created_at").first()


def rights(request: PortalRequest) -> dict[str, bool]:
    return {"may_download": request.member.may("settlement.catalogue.download")}


@page("settlement.catalogue.view")
def catalogue_progress(request: PortalRequest) -> HttpResponseBase:
    """Part page, polled while a download runs; then the whole page is loaded anew."""
    job = live_job()
    answer = render(request, "settlement/parts/catalogue_progress.html", {"job": job, **rights(request)})
    if job is None:
        answer["HX-Refresh"] = "true"
    return answer


@page("settlement.catalogue.download", methods=("POST",))
def catalogue_download(request: PortalRequest) -> HttpResponse:
    """Download what was ticked, or everything."""
    wanted = list(SHAPES) if "everything" in request.POST else request.POST.getlist("numbers")
    try:
        job = ask_download(wanted, by=request.member)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("settlement:catalogue-list")
    if job.joined:
        messages.info(request, "已有下载正在进行，完成后再下载其他目录")
    else:
        messages.success(request, "开始下载，进展显示在本页，可以离开")
    return redirect("settlement:catalogue-list")


@page("settlement.catalogue.download", methods=("GET", "POST"))
def catalogue_refresh(request: PortalRequest) -> HttpResponseBase:
    """自动更新: whether and when the catalogues keep themselves new."""
    setting = refresh_of(environment(request))
    form = RefreshForm(request.POST or None, initial={"is_on": setting.is_on, "at": setting.at})
    saved = acted(form, lambda: save_refresh(**form.cleaned_data, by=request.member)) if form.is_valid() else None
    if saved is not None:
        messages.success(request, "自动更新的设置已保存")
        return redirect("settlement:catalogue-list")
    return render(request, "settlement/catalogue_refresh.html", {"form": form, "refresh": setting})


@page("settlement.catalogue.view")
def catalogue_search(request: PortalRequest) -> HttpResponseBase:
    """查目录: entries by code, any part of a name, or initials."""
    listed = EntryList(request.member, request.GET)
    return listed.respond(request, nothing_here=not listed.catalogues and not request.GET.get("number"))


def catalogue_or_404(request: PortalRequest, number: str) -> Catalogue:
    if number not in SHAPES:
        raise Http404("没有这个目录")
    found = catalogues_of(environment(request)).filter(number=number).first()
    return found or Catalogue(number=number)


def _of(request: PortalRequest, number: str) -> QueryDict:
    """The list's parameters, with the catalogue that the address names."""
    params = request.GET.copy()
    params["number"] = number
    return params


@page("settlement.catalogue.view")
def catalogue_editions(request: PortalRequest, number: str) -> HttpResponseBase:
    """The versions of one catalogue, the newest first."""
    catalogue = catalogue_or_404(request, number)
    listed = EditionList(request.member, _of(request, number))
    return listed.respond(request, catalogue=catalogue, title=title_of(number))


@page("settlement.catalogue.view")
def catalogue_changes(request: PortalRequest, number: str) -> HttpResponseBase:
    """What a version added, changed and ended."""
    catalogue = catalogue_or_404(request, number)
    listed = ChangeList(request.member, _of(request, number))
    return listed.respond(request, catalogue=catalogue, title=title_of(number))


@page("settlement.catalogue.view")
def catalogue_item(request: PortalRequest, entry_id: int) -> HttpResponseBase:
    """Every column of one entry, and how it was in earlier versions."""
    mine = CatalogueEntry.objects.filter(catalogue__in=catalogues_of(environment(request)))
    entry = mine.select_related("catalogue").filter(pk=entry_id).first()
    if entry is None:
        raise Http404("没有找到这条记录")
    number = entry.catalogue.number
    versions = list(mine.filter(catalogue=entry.catalogue, key=entry.key).order_by("-since"))
    history: list[dict[str, Any]] = [
        {"entry": one, "differences": differences(number, before.line, one.line) if before else []}
        for one, before in zip(versions, [*versions[1:], None], strict=True)
    ]
    names = dict(entry.catalogue.editions.values_list("edition", "version"))
    context = {"entry": entry, "facts": told(number, entry.line), "history": history, "names": names}
    return render(request, "settlement/catalogue_item.html", {**context, "title": title_of(number)})
