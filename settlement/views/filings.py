"""Filings: the list, a new one of each kind, one on its page, looking for it at the centre, taking it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.gateway.journal import operations_about
from portal.gateway.national import current_edition
from portal.vault import blind_indexes
from portal.web.tables import Column, ListFilter, ListPage, QuickSearch, choose
from settlement.forms.filings import FilingForm, first_values
from settlement.forms.settling import ReasonForm
from settlement.models import Filing, FilingKind, FilingState, Identification, IdentificationState
from settlement.services.filings import file, start_look, withdraw
from settlement.services.filings.kinds import number_of, offered
from settlement.services.filings.submitting import OPEN, why_not_withdraw
from settlement.services.refusals import Refused
from settlement.services.steps import HEAVY
from settlement.views.asking import environment, light, said
from settlement.views.visit_lists import DAY, shown_tones

PEOPLE = 30
TONES: dict[Any, Any] = {
    FilingState.SUBMITTED: "brand",
    FilingState.CONFIRMED: "good",
    FilingState.REFUSED: "bad",
    FilingState.WITHDRAWN: "",
}


class FilingFilter(ListFilter):
    """A person is found by the whole number: it is sealed."""

    kind = choose("备案类型", FilingKind.choices)
    state = choose("状态", FilingState.choices)
    since = django_filters.DateFilter(label="申报日期从", field_name="created_at", lookup_expr="date__gte", widget=DAY)
    until = django_filters.DateFilter(label="申报日期到", field_name="created_at", lookup_expr="date__lte", widget=DAY)
    person_no = django_filters.CharFilter(label="人员编号（完整）", method="by_person", max_length=30)
    q = QuickSearch(("name", "病种或机构"), ("code", "编码"), ("number", "流水号"))

    class Meta:
        model = Filing
        fields: list[str] = []

    def by_person(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(person_no_index__in=blind_indexes(value.strip())) if value.strip() else rows


def filing_url(row: Filing) -> str:
    return reverse("settlement:filing-detail", args=[row.pk])


class FilingList(ListPage):
    """Filings, the newest first."""

    name = "settlement.filings"
    title = "备案"
    columns = (
        Column("created_at", "申报时间", "datetime", sort="created_at"),
        Column("kind", "备案类型", width=12, link=filing_url),
        Column("state", "状态", "state", value=lambda row: row.shown_state, tones=shown_tones(FilingState, TONES)),
        Column("name_masked", "姓名", width=10),
        Column("document_masked", "证件号码", "id"),
        Column("code", "编码", "id"),
        Column("name", "病种或机构", width=24),
        Column("begins", "开始日期", "date"),
        Column("ends", "结束日期", "date"),
        Column("number", "待遇申报明细流水号", "id"),
        Column("created_as", "申报人", width=12, shown=False),
        Column("note", "说明", width=30),
    )
    filterset = FilingFilter
    template = "settlement/filing_list.html"
    default_sort = "-created_at"

    def rows(self) -> Any:
        assert self.member.institution
        rows = Filing.objects.filter(environment=self.member.institution.environment)
        return rows.select_related("operation").defer(*HEAVY, "content")


@page("settlement.filings.view")
def filing_list(request: PortalRequest) -> HttpResponseBase:
    """Every filing, by kind and state."""
    kinds = [(kind, FilingKind(kind).label) for kind in offered(current_edition(environment(request)))]
    may = request.member.may("settlement.filings.file")
    return FilingList(request.member, request.GET).respond(request, kinds=kinds, may_file=may)


@page("settlement.filings.file", methods=("GET", "POST"))
def filing_new(request: PortalRequest, kind: str) -> HttpResponseBase:
    """The form of one kind, from its table; sent, it leads to the filing."""
    edition = current_edition(environment(request))
    number = number_of(kind, edition) if kind in FilingKind.values else ""
    if not number:
        raise Http404("当前接口版本没有这类备案")
    known = Identification.objects.filter(environment=environment(request), state=IdentificationState.KNOWN)
    people = list(known.exclude(insured_at="").defer("answer", "entitlements", "certificate")[:PEOPLE])
    wanted = request.GET.get("identification", "")
    first = next((one for one in people if str(one.pk) == wanted), None)
    form = FilingForm(number, edition, request.POST or None, people=people, given=first_values(first))
    if request.method == "POST" and form.is_valid():
        try:
            made = file(kind, form.values, form.chosen, by=request.member)
            messages.success(request, "已提交备案，结果显示在本页")
            return redirect("settlement:filing-detail", made.pk)
        except Refused as refusal:
            form.refuse(refusal.faults)
    context = {"form": form, "number": number, "label": FilingKind(kind).label}
    return render(request, "settlement/filing_new.html", context)


def filing_or_404(filing_id: UUID) -> Filing:
    """The filing with what moves it."""
    filing = get_or_404(Filing, filing_id)
    if filing.operation_id:
        filing.operation = light(filing.operation_id)
    return filing


@page("settlement.filings.view")
def filing_detail(request: PortalRequest, filing_id: UUID) -> HttpResponseBase:
    """What was filed, where it stands, and how that came about."""
    filing = filing_or_404(filing_id)
    context = {
        "filing": filing,
        "items": items_of(filing),
        "why": why_not_withdraw(filing),
        "may_withdraw": request.member.may("settlement.filings.undo"),
        "may_look": request.member.may("settlement.filings.file") and filing.state in OPEN and not filing.is_moving,
        "form": ReasonForm(),
        "operations": operations_about(filing)[:20],
    }
    return render(request, "settlement/filing_detail.html", context)


def items_of(filing: Filing) -> list[tuple[str, str]]:
    """What was filed under the table's labels; what identifies somebody stays hidden."""
    edition = current_edition(filing.environment)
    titles = {column.wire: column for node in edition.table(filing.transaction).input for column in node.columns}
    content = filing.content.reveal() or {}
    hidden = ("tel", "addr", "agnter_name", "agnter_certno", "agnter_tel", "agnter_addr")
    return [
        (titles[name].title if name in titles else name, "（已隐去）" if name in hidden else str(value))
        for name, value in content.items()
    ]


@page("settlement.filings.view")
def filing_state(request: PortalRequest, filing_id: UUID) -> HttpResponseBase:
    """Part page, polled while an operation moves the filing; then the whole page is loaded anew."""
    filing = filing_or_404(filing_id)
    answer = render(request, "settlement/parts/filing_moving.html", {"filing": filing})
    if filing.operation is None or not filing.operation.is_moving:
        answer["HX-Refresh"] = "true"
    return answer


@page("settlement.filings.file", methods=("POST",))
def filing_look(request: PortalRequest, filing_id: UUID) -> HttpResponse:
    filing = filing_or_404(filing_id)
    act = lambda: start_look(filing, by=request.member)  # noqa: E731
    return said(request, act, "正在向医保中心查询，请稍后刷新", "settlement:filing-detail", filing.pk)


@page("settlement.filings.undo", methods=("POST",))
def filing_withdraw(request: PortalRequest, filing_id: UUID) -> HttpResponse:
    filing = filing_or_404(filing_id)
    memo = request.POST.get("reason", "")
    act = lambda: withdraw(filing, by=request.member, memo=memo)  # noqa: E731
    return said(request, act, "已提请撤销备案", "settlement:filing-detail", filing.pk)
