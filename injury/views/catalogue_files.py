"""中心目录 and files of it: bring one, look at what it would change, use it or throw it away."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from injury.forms.mappings import CatalogueUploadForm
from injury.models import CatalogueFile, CatalogueItem, FileKind, FileState
from injury.papers.catalogue import catalogue_template
from injury.services import Refused
from injury.services.catalogue_files import ask_use, bring_file, drop_file, latest_files, live_job
from injury.services.catalogue_preview import preview_of
from injury.views.asking import environment
from injury.views.catalogue_lists import CatalogueLineList, CatalogueList, MappingLineList
from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.papers.xlsx import CONTENT_TYPE
from portal.web.tables.export import attachment

#: The page of a file, by its kind.
PAGES = {FileKind.CATALOGUE: "injury:catalogue-file", FileKind.MAPPINGS: "injury:mapping-file"}


@page("injury.mappings.view")
def catalogue_list(request: PortalRequest) -> HttpResponseBase:
    """中心目录: what the centre lets hospitals charge, in every version it handed out."""
    listed = CatalogueList(request.member, request.GET)
    return listed.respond(request, may_edit=request.member.may("injury.mappings.edit"))


@page("injury.mappings.edit", methods=("GET", "POST"))
def catalogue_import(request: PortalRequest) -> HttpResponseBase:
    """导入中心目录: a file that a worker reads; nothing changes before the preview is confirmed."""
    return _brought(request, FileKind.CATALOGUE)


@page("injury.mappings.edit", methods=("GET", "POST"))
def mapping_import(request: PortalRequest) -> HttpResponseBase:
    """导入目录对照: the same for the hospital's own mappings."""
    return _brought(request, FileKind.MAPPINGS)


def _brought(request: PortalRequest, kind: FileKind) -> HttpResponseBase:
    said = (request.POST, request.FILES) if request.method == "POST" else ()
    form = CatalogueUploadForm(*said, kind=kind)
    if form.is_valid():
        file = form.cleaned_data["file"]
        is_complete = bool(form.cleaned_data.get("is_complete"))
        made = bring_file(kind, str(file.name), file.read(), by=request.member, is_complete=is_complete)
        return redirect(PAGES[kind], made.pk)
    here = environment(request)
    context = {
        "form": form,
        "kind": kind,
        "is_catalogue": kind == FileKind.CATALOGUE,
        "files": latest_files(kind, here),
        "has_catalogue": CatalogueItem.objects.filter(environment=here).exists(),
    }
    return render(request, "injury/file_import.html", context)


@page("injury.mappings.view")
def catalogue_import_template(request: PortalRequest) -> HttpResponseBase:
    """An empty file with the heads that the import looks for."""
    return attachment(catalogue_template(), "中心目录导入模板.xlsx", CONTENT_TYPE)


@page("injury.mappings.view")
def file_detail(request: PortalRequest, file_id: UUID) -> HttpResponseBase:
    """What a file would change, what is wrong with it, or how far the worker is; under the tab of its kind."""
    own = PAGES[FileKind(get_or_404(CatalogueFile, file_id).kind)]
    if request.resolver_match and request.resolver_match.view_name != own:
        return redirect(own, file_id)
    return render(request, "injury/file_detail.html", _shown(request, file_id))


@page("injury.mappings.view")
def file_progress(request: PortalRequest, file_id: UUID) -> HttpResponseBase:
    """How far the worker is; once it is done the page is loaded anew."""
    file = get_or_404(CatalogueFile, file_id)
    job = live_job(file)
    answer = render(request, "injury/parts/file_progress.html", {"file": file, "job": job})
    if job is None:
        answer["HX-Refresh"] = "true"
    return answer


def _shown(request: PortalRequest, file_id: UUID) -> dict[str, Any]:
    file = get_or_404(CatalogueFile, file_id)
    job = live_job(file)
    is_preview = file.state == FileState.PREVIEW and job is None
    return {
        "file": file,
        "job": job,
        "is_catalogue": file.kind == FileKind.CATALOGUE,
        "is_preview": is_preview,
        "is_lost": file.state == FileState.READING and job is None,
        "may_edit": request.member.may("injury.mappings.edit"),
        "today": timezone.localdate(),
        **(preview_of(file) if is_preview else {}),
    }


@page("injury.mappings.edit", methods=("POST",))
def file_use(request: PortalRequest, file_id: UUID) -> HttpResponseBase:
    """Take over what the preview shows."""
    file = get_or_404(CatalogueFile, file_id)
    try:
        ask_use(file, by=request.member)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.info(request, "正在导入，完成后本页自动更新")
    return redirect(PAGES[FileKind(file.kind)], file.pk)


@page("injury.mappings.edit", methods=("POST",))
def file_drop(request: PortalRequest, file_id: UUID) -> HttpResponseBase:
    """Throw the file away; nothing was changed by it."""
    file = get_or_404(CatalogueFile, file_id)
    try:
        drop_file(file, by=request.member)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    return redirect("injury:catalogue-import" if file.kind == FileKind.CATALOGUE else "injury:mapping-import")


@page("injury.mappings.view")
def catalogue_lines(request: PortalRequest) -> HttpResponseBase:
    """Every line of a catalogue file that waits to be used."""
    listed = CatalogueLineList(request.member, request.GET)
    return listed.respond(request, file=listed.file)


@page("injury.mappings.view")
def mapping_lines(request: PortalRequest) -> HttpResponseBase:
    """Every line of a file of mappings that waits to be used."""
    listed = MappingLineList(request.member, request.GET)
    return listed.respond(request, file=listed.file)
