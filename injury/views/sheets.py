"""结算单 (4.16, 5.4): ask, look, print; what was struck out and what it costs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from csp.decorators import csp_replace
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.clickjacking import xframe_options_sameorigin

from injury.models import Admission, SettlementSheet
from injury.papers import sheet as paper
from injury.papers.making import start_sheet_paper
from injury.services.refusals import Refused
from injury.services.sheets import asked, current_sheet, request_sheet, sheet_obstacle
from injury.views.sheet_lists import MATCH_TONES, RejectedList, SheetList, by_reason
from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.papers.failures import PaperFailed
from portal.web.tables.export import attachment

#: Struck-out items that the page itself shows; the list has them all.
SHOWN = 200


def _context(request: PortalRequest, admission: Admission) -> dict[str, Any]:
    sheet, question, may = current_sheet(admission), asked(admission), request.member.may
    obstacle = sheet_obstacle(admission) if may("injury.sheet.ask") else ""
    return {
        "admission": admission,
        "sheet": sheet,
        "question": question if question and not question.is_answered else None,
        "obstacle": obstacle,
        "may_ask": may("injury.sheet.ask") and not obstacle,
        "may_print": may("injury.papers.make"),
    }


@page("injury.admissions.view")
def sheet(request: PortalRequest, admission_id: UUID) -> HttpResponseBase:
    """The newest sheet with every struck-out item, and what the readings before said."""
    admission = get_or_404(Admission, admission_id)
    context = _context(request, admission)
    if context["sheet"]:
        lines = context["sheet"].lines.select_related("fee_item").order_by("-rejected", "position")
        context["lines"] = [(line, MATCH_TONES[line.match]) for line in lines[:SHOWN]]
        context["more"] = max(0, context["sheet"].line_count - SHOWN)
        context["readings"] = SettlementSheet.objects.filter(admission=admission).order_by("-read_at")[:20]
        context["at_once"] = context["sheet"].line_count <= paper.AT_ONCE
    return render(request, "injury/sheet.html", context)


def sheet_section(request: PortalRequest, admission: Admission) -> dict[str, Any] | None:
    """The section on the admission's page."""
    return _context(request, admission)


@page("injury.sheet.ask", methods=("POST",))
def sheet_ask(request: PortalRequest, admission_id: UUID) -> HttpResponseBase:
    """Have the worker ask; the answer appears on the page."""
    admission = get_or_404(Admission, admission_id)
    try:
        request_sheet(admission, by=request.member)
        messages.success(request, "正在获取结算单，结果显示在本页")
    except Refused as refusal:
        messages.error(request, f"不能获取结算单：{refusal.sentence}")
    return redirect("injury:sheet", admission.pk)


@csp_replace({"frame-ancestors": ["'self'"]})
@xframe_options_sameorigin
@page("injury.papers.make")
def sheet_preview(request: PortalRequest, sheet_id: UUID) -> HttpResponseBase:
    """The PDF inside our own page."""
    reading = get_or_404(SettlementSheet, sheet_id)
    try:
        if reading.line_count > paper.AT_ONCE:
            raise Refused(f"自付项目超过 {paper.AT_ONCE} 项，请下载后查看")
        content = paper.as_pdf(paper.gather(reading, by=request.member))
    except (Refused, PaperFailed) as failure:
        return render(request, "injury/parts/no_preview.html", {"sentence": failure.sentence}, status=409)
    response = attachment(content, f"{reading.admission.number}.pdf", paper.TYPES["pdf"])
    response["Content-Disposition"] = response["Content-Disposition"].replace("attachment", "inline", 1)
    return response


@page("injury.papers.make", methods=("POST",))
def paper_sheet(request: PortalRequest, sheet_id: UUID) -> HttpResponseBase:
    """The file, or for many items a job that makes it."""
    reading = get_or_404(SettlementSheet, sheet_id)
    fmt = "xlsx" if request.POST.get("format") == "xlsx" else "pdf"
    if reading.line_count > paper.AT_ONCE:
        return redirect("jobs:job", start_sheet_paper(reading, fmt, by=request.member).pk)
    try:
        made = paper.gather(reading, by=request.member)
        content = paper.write(made, fmt)
    except (Refused, PaperFailed) as failure:
        messages.error(request, failure.sentence)
        return redirect("injury:sheet", reading.admission_id)
    paper.recorded(made, fmt, by=request.member)
    return attachment(content, paper.file_name(made, fmt), paper.TYPES[fmt])


@page("injury.admissions.view")
def sheet_list(request: PortalRequest) -> HttpResponseBase:
    """All current sheets."""
    return SheetList(request.member, request.GET).respond(request)


@page("injury.admissions.view")
def rejected_list(request: PortalRequest) -> HttpResponseBase:
    """Everything that was struck out, with what each reason costs."""
    listed = RejectedList(request.member, request.GET)
    return listed.respond(request, chart=by_reason(listed.filtered))
