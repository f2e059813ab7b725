"""Fee items and advices from Excel: template, file, preview row by row, import."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from injury.forms.fees import FeeFileForm
from injury.models import Admission, ArrivalFile, ArrivalState, Content
from injury.papers.fee_templates import template
from injury.services import Refused
from injury.services.fee_arrival import LinesRefused
from injury.services.fee_files import look_at, read_file, take_file
from injury.views.asking import acted
from injury.views.fees import asked_for, chosen_admission, of
from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.papers.xlsx import CONTENT_TYPE
from portal.web.tables.export import attachment

#: Faults and lines on the preview page; the rest is counted.
SHOWN = 200
FIRST = 20


@page("injury.fees.enter")
def fee_template(request: PortalRequest, content: str) -> HttpResponseBase:
    """The empty table to fill in."""
    if content not in Content.values:
        raise Http404
    name, body = template(Content(content))
    return attachment(body, name, CONTENT_TYPE)


@page("injury.fees.enter", methods=("GET", "POST"))
def fee_import(request: PortalRequest) -> HttpResponseBase:
    """A file: read and kept beside the admission, not taken yet."""
    admission = chosen_admission(request)
    if admission is None:
        return asked_for(request, "导入费用")
    form = FeeFileForm(request.POST or None, request.FILES or None, initial={"content": request.GET.get("content")})
    if request.method == "POST" and form.is_valid():
        made = _read(request, admission, form)
        if made:
            return redirect("injury:fee-import-preview", made.pk)
    mine = ArrivalFile.objects.filter(admission=admission).defer("rows", "numbers")
    context = {"admission": admission, "form": form, "files": mine.order_by("-uploaded_at")[:FIRST]}
    return render(request, "injury/fee_import.html", context)


def _read(request: PortalRequest, admission: Admission, form: FeeFileForm) -> ArrivalFile | None:
    content, name = form.cleaned_data["content"], str(form.cleaned_data["file"].name)
    return acted(form, lambda: read_file(admission, content, name, form.lines, by=request.member))


@page("injury.fees.enter", methods=("GET", "POST"))
def fee_import_preview(request: PortalRequest, file_id: UUID) -> HttpResponseBase:
    """Every fault by row and column, and what would be stored; the buttons take all, or what is in order."""
    file = get_or_404(ArrivalFile, file_id)
    if request.method == "POST" and _took(request, file):
        return redirect(of("fee-list" if file.content == Content.FEES else "advice-list", file.admission))
    context = {"file": file, "admission": file.admission, "shown": SHOWN}
    try:
        if file.state == ArrivalState.PREVIEW:
            look = look_at(file)
            context |= {"look": look, "faults": look.faults[:SHOWN], "first": look.fees.items[:FIRST]}
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    return render(request, "injury/fee_import_preview.html", context)


def _took(request: PortalRequest, file: ArrivalFile) -> bool:
    try:
        arrival = take_file(file, by=request.member, partial="partial" in request.POST)
    except LinesRefused as refused:
        messages.error(request, refused.sentence)
        return False
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return False
    fees, advices = arrival.fees, arrival.advices
    held = f"，其中 {len(fees.held)} 条暂不能上传" if fees.held else ""
    said = f"已导入费用 {len(fees.items)} 条，合计 {fees.amount:,.2f} 元{held}"
    if file.content == Content.ADVICES:
        said = f"已导入医嘱：新增 {len(advices.new)} 条，更新 {len(advices.changed)} 条"
    messages.success(request, said)
    return True
