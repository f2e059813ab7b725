"""Records from a file: template, file, preview record by record, import; and our lists beside the centre's."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.gateway.errors import NotSent
from portal.gateway.national import current_edition
from portal.papers.xlsx import CONTENT_TYPE
from portal.web.tables.export import attachment
from settlement.forms.uploads import RecordsFileForm
from settlement.models import UploadFile
from settlement.papers.upload_template import template
from settlement.services.refusals import Refused
from settlement.services.uploads.beside import ask_centre, beside
from settlement.services.uploads.files import look_at_file, read_file, take_file
from settlement.views.asking import acted, environment
from settlement.views.uploads import kind_or_404

SHOWN, RECENT = 300, 20


@page("settlement.uploads.enter")
def upload_template(request: PortalRequest, number: str) -> HttpResponseBase:
    """The empty table of a number."""
    name, body = template(kind_or_404(request, number), current_edition(environment(request)))
    return attachment(body, name, CONTENT_TYPE)


@page("settlement.uploads.enter", methods=("GET", "POST"))
def upload_import(request: PortalRequest, number: str) -> HttpResponseBase:
    """A file: read and kept, not taken yet."""
    kind = kind_or_404(request, number)
    form = RecordsFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        name = str(form.cleaned_data["file"].name)
        made = acted(form, lambda: read_file(number, name, form.content, form.lines, by=request.member))
        if made:
            return redirect("settlement:upload-file", made.pk)
    files = UploadFile.objects.filter(environment=environment(request), number=number).defer("content", "places")
    return render(request, "settlement/upload_import.html", {"form": form, "kind": kind, "files": files[:RECENT]})


@page("settlement.uploads.enter", methods=("GET", "POST"))
def upload_file(request: PortalRequest, file_id: UUID) -> HttpResponseBase:
    """What would be stored and what is wrong with it; the buttons take all, or what is in order."""
    file = get_or_404(UploadFile, file_id)
    kind = kind_or_404(request, file.number)
    if request.method == "POST":
        try:
            counted = take_file(file, by=request.member, only_good="good" in request.POST)
            messages.success(request, f"已导入：新增 {counted['new']} 条，替换 {counted['replaced']} 条")
        except Refused as refusal:
            messages.error(request, refusal.sentence)
        return redirect("settlement:upload-file", file.pk)
    look = look_at_file(file, by=request.member) if file.taken_at is None else None
    faults = look.faults if look else []
    context = {"file": file, "kind": kind, "look": look, "faults": faults[:SHOWN], "wrong": len(faults), "shown": SHOWN}
    return render(request, "settlement/upload_file.html", context)


COMPARED = {
    "5101": ("settlement:department-compare", "settlement:department-list", "科室"),
    "1317": ("settlement:mapping-compare", "settlement:mapping-list", "目录对照"),
}


@page("settlement.uploads.view")
def department_compare(request: PortalRequest) -> HttpResponseBase:
    """Our departments beside the centre's (5101)."""
    return _beside(request, "5101")


@page("settlement.uploads.view")
def mapping_compare(request: PortalRequest) -> HttpResponseBase:
    """Our matchings beside the centre's (1317)."""
    return _beside(request, "1317")


@page("settlement.enquiries.ask", methods=("POST",))
def upload_ask(request: PortalRequest, number: str) -> HttpResponseBase:
    """Ask for the centre's list, to compare with."""
    if number not in COMPARED:
        raise Http404("没有这种比对")
    try:
        ask_centre(number, by=request.member)
    except (Refused, NotSent) as refusal:
        messages.error(request, refusal.sentence)
    return redirect(COMPARED[number][0])


def _beside(request: PortalRequest, number: str) -> HttpResponseBase:
    _, back, title = COMPARED[number]
    found = beside(number, environment(request))
    may_ask = request.member.may("settlement.enquiries.ask")
    context = {"beside": found, "title": title, "back": back, "number": number, "may_ask": may_ask}
    return render(request, "settlement/upload_compare.html", context)
