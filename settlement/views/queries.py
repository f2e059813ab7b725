"""查询: any query of the interface as a form, its answer as tables."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.audit import record
from portal.gateway.national.classes import current_edition
from portal.papers.xlsx import CONTENT_TYPE
from portal.web.tables.export import attachment
from settlement.actions import ENQUIRY_EXPORTED, ENQUIRY_READ
from settlement.forms.enquiry import QueryForm
from settlement.forms.settling import ReasonForm
from settlement.models import Enquiry, Identification, IdentificationState
from settlement.papers.enquiry import answer_xlsx, file_name
from settlement.rules.questions import GROUPS, NUMBERS
from settlement.services.answers import tables_of
from settlement.services.catalogue import region_of
from settlement.services.enquiries import enquire, repeat
from settlement.services.refusals import Refused
from settlement.views.asking import environment
from settlement.views.query_lists import QueryList

#: Identified people that the form offers, and queries that the page lists again.
PEOPLE, RECENT = 12, 8


@page("settlement.enquiries.ask")
def query(request: PortalRequest) -> HttpResponseBase:
    """医保查询: what can be asked, and what was asked last."""
    edition = current_edition(environment(request))
    groups = {
        title: [(number, edition.table(number).name) for number in numbers if edition.has(number)]
        for title, numbers in GROUPS.items()
    }
    recent = Enquiry.objects.filter(environment=environment(request)).defer("params", "answer")[:RECENT]
    return render(request, "settlement/query.html", {"groups": groups, "recent": recent})


@page("settlement.enquiries.ask", methods=("GET", "POST"))
def query_ask(request: PortalRequest, number: str) -> HttpResponseBase:
    """The form of one query; sent, it leads to the page of its answer."""
    form = _form(request, number)
    if request.method == "POST" and form.is_valid():
        try:
            asked = enquire(number, form.content, by=request.member, insured_at=form.insured_at, label=form.label)
            return redirect("settlement:query-detail", asked.pk)
        except Refused as refusal:
            form.refuse(refusal.faults)
    return render(request, "settlement/query_ask.html", {"form": form, "number": number, "table": form.table})


def _form(request: PortalRequest, number: str) -> QueryForm:
    edition = current_edition(environment(request))
    if number not in NUMBERS or not edition.has(number):
        raise Http404("没有这种查询")
    known = Identification.objects.filter(environment=environment(request), state=IdentificationState.KNOWN)
    given = {name: value for name, value in request.GET.items() if len(value) <= 60}
    return QueryForm(
        number,
        edition,
        request.POST if request.method == "POST" else None,
        people=list(known.exclude(insured_at="").defer("answer", "entitlements", "certificate")[:PEOPLE]),
        region=region_of(environment(request)),
        given=given,
    )


@page("settlement.enquiries.ask")
def query_list(request: PortalRequest) -> HttpResponseBase:
    """查询记录: every query of the last 180 days."""
    return QueryList(request.member, request.GET).respond(request)


@page("settlement.enquiries.ask")
def query_detail(request: PortalRequest, enquiry_id: UUID) -> HttpResponseBase:
    """The answer, once it is there; until then the page asks for it by itself."""
    enquiry = get_or_404(Enquiry, enquiry_id)
    if request.GET.get("export", ""):
        return _exported(request, enquiry)
    return render(request, "settlement/query_detail.html", _shown(request, enquiry))


@page("settlement.identities.read", methods=("POST",))
def query_full(request: PortalRequest, enquiry_id: UUID) -> HttpResponseBase:
    """The whole answer, once, with a reason that the chain keeps."""
    enquiry, form = get_or_404(Enquiry, enquiry_id), ReasonForm(request.POST)
    context = _shown(request, enquiry) | {"reason": form}
    if form.is_valid():
        said: dict[str, Any] = {"number": enquiry.number, "what": enquiry.title, "reason": form.cleaned_data["reason"]}
        record(ENQUIRY_READ, enquiry, by=request.member, **said)
        context |= {"tables": tables_of(enquiry, full=True), "full": True}
    return render(request, "settlement/query_detail.html", context)


@page("settlement.enquiries.ask")
def query_state(request: PortalRequest, enquiry_id: UUID) -> HttpResponseBase:
    """Part page, polled while it is asked; then the whole page is loaded anew."""
    enquiry = get_or_404(Enquiry, enquiry_id)
    answer = render(request, "settlement/parts/query_state.html", {"enquiry": enquiry})
    if not enquiry.is_asking:
        answer["HX-Refresh"] = "true"
    return answer


@page("settlement.enquiries.ask", methods=("POST",))
def query_again(request: PortalRequest, enquiry_id: UUID) -> HttpResponseBase:
    """Ask the same once more."""
    return redirect("settlement:query-detail", repeat(get_or_404(Enquiry, enquiry_id), by=request.member).pk)


def _shown(request: PortalRequest, enquiry: Enquiry) -> dict[str, Any]:
    may_read = request.member.may("settlement.identities.read")
    tables = tables_of(enquiry) if enquiry.is_answered else []
    secret = any(column.secret for table in tables for column in table.columns)
    return {"enquiry": enquiry, "tables": tables, "may_read": may_read and secret, "reason": ReasonForm()}


def _exported(request: PortalRequest, enquiry: Enquiry) -> HttpResponseBase:
    """One table as Excel, masked as the page shows it."""
    asked, tables = request.GET["export"], tables_of(enquiry)
    if not asked.isdecimal() or not 1 <= int(asked) <= len(tables):
        raise Http404("没有这个表")
    table = tables[int(asked) - 1]
    content = answer_xlsx(enquiry, table, by=request.member)
    what: dict[str, Any] = {"number": enquiry.number, "what": enquiry.title, "rows": len(table.rows)}
    record(ENQUIRY_EXPORTED, enquiry, by=request.member, how="身份信息已遮盖", **what)
    return attachment(content, file_name(enquiry, table), CONTENT_TYPE)
