"""对账单: a run on paper for finance, and the same as Excel."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.papers.failures import PaperFailed
from portal.papers.pdf import CONTENT_TYPE as PDF
from portal.papers.xlsx import CONTENT_TYPE as EXCEL
from portal.web.tables.export import attachment
from reconciliation.models import Run
from reconciliation.papers import statement
from reconciliation.services.refusals import Refused


@page("reconciliation.papers.make", methods=("POST",))
def run_statement(request: PortalRequest, run_id: UUID) -> HttpResponse:
    """The statement as PDF, recorded."""
    run = get_or_404(Run, run_id)

    def made() -> bytes:
        paper = statement.gather(run, by=request.member)
        content = statement.write(paper)
        statement.recorded(paper, by=request.member)
        return content

    return _sent(request, run, made, "pdf", PDF)


@page("reconciliation.papers.make", methods=("POST",))
def run_statement_sheet(request: PortalRequest, run_id: UUID) -> HttpResponse:
    """The statement as Excel, with every difference; recorded."""
    run = get_or_404(Run, run_id)

    def made() -> bytes:
        content = statement.workbook(run, by=request.member)
        statement.recorded(statement.gather(run, by=request.member), by=request.member)
        return content

    return _sent(request, run, made, "xlsx", EXCEL)


def _sent(request: PortalRequest, run: Run, made: Callable[[], bytes], ending: str, kind: str) -> HttpResponse:
    try:
        return attachment(made(), statement.file_name(run, ending), kind)
    except (Refused, PaperFailed) as refusal:
        messages.error(request, str(refusal))
        return redirect("reconciliation:run-detail", run.pk)
