"""月结查询: sums and settlements as they were fetched, fetching them again, and the check against the year (ch. 6)."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from clearing.actions import IDENTITY_READ
from clearing.forms.months import IdentityReasonForm, MonthQueryForm, PersonForm
from clearing.models import MonthKind, MonthlyDetail, MonthRead
from clearing.models.month import ReadState
from clearing.services.month_check import OFF, without_row
from clearing.services.months import MonthQuery, by_month, freshness, request_months, running_fetches
from clearing.views.asking import acted, environment
from clearing.views.month_lists import MonthCheckList, MonthDetailList, MonthSummaryList, filter_values
from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.audit import record
from portal.vault import blind_indexes
from portal.web.charts import Chart, Series
from portal.web.tables import ListPage

SCOPE = ("year", "insurance", "agency", "visit_type", "month")
#: Months without a row that the check page names itself; all of them are in 月结汇总.
NAMED = 20
LISTS = {MonthKind.SUMMARY: "clearing:month-summary", MonthKind.DETAIL: "clearing:month-detail"}


@page("clearing.rows.view")
def month_summary(request: PortalRequest) -> HttpResponseBase:
    """月结汇总 (6.2), with a drawing of the same filter."""
    listed = MonthSummaryList(request.member, request.GET)
    if request.GET.keys() & {"export", "part"}:
        return listed.respond(request)
    drawing = {"chart": months_chart(listed), "below_filters": "clearing/parts/month_chart.html"}
    return listed.respond(request, **drawing, **_fetched(request, listed, MonthKind.SUMMARY))


@page("clearing.rows.view")
def month_detail(request: PortalRequest) -> HttpResponseBase:
    """月结明细 (6.1)."""
    listed = MonthDetailList(request.member, request.GET)
    if request.GET.keys() & {"export", "part"}:
        return listed.respond(request)
    return listed.respond(request, person_form=PersonForm(), **_fetched(request, listed, MonthKind.DETAIL))


@page("clearing.rows.view", methods=("POST",))
def month_person(request: PortalRequest) -> HttpResponseBase:
    """One person's settlements: the number becomes a keyed index before it becomes an address."""
    form = PersonForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请填写完整的证件号码")
        return redirect("clearing:month-detail")
    person = "-".join(index.hex() for index in blind_indexes(form.cleaned_data["certno"].strip().upper()))
    return redirect(f"{reverse('clearing:month-detail')}?{urlencode({'person': person})}")


@page("clearing.rows.view")
def month_settlement(request: PortalRequest, detail_id: UUID) -> HttpResponseBase:
    """One settlement, its person masked."""
    detail = get_or_404(MonthlyDetail, detail_id, read__state=ReadState.CURRENT)
    return _settlement(request, detail, IdentityReasonForm())


@page("clearing.identities.read", methods=("POST",))
def month_identity(request: PortalRequest, detail_id: UUID) -> HttpResponseBase:
    """The person in full, once, after a reason was given and recorded."""
    detail = get_or_404(MonthlyDetail, detail_id, read__state=ReadState.CURRENT)
    form = IdentityReasonForm(request.POST)
    if not form.is_valid():
        return _settlement(request, detail, form)
    record(IDENTITY_READ, detail, by=request.member, detail=detail.settlement_no, reason=form.cleaned_data["reason"])
    person = {
        "name": detail.person_name.reveal() if detail.person_name else "",
        "certno": detail.certno.reveal() if detail.certno else "",
    }
    return _settlement(request, detail, form, person=person)


def _settlement(request: PortalRequest, detail: MonthlyDetail, form: IdentityReasonForm, **more: Any) -> HttpResponse:
    may_read = request.member.may("clearing.identities.read")
    context = {"detail": detail, "fetch": detail.read, "form": form, "may_read": may_read, **more}
    return render(request, "clearing/month_settlement.html", context)


@page("clearing.generation.request", methods=("GET", "POST"))
def month_fetch(request: PortalRequest) -> HttpResponseBase:
    """Have the centre asked again; what is shown stays until all of it is here."""
    form = MonthQueryForm(request.POST or None, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        query = form.query(environment(request))
        job = acted(form, lambda: request_months(query, by=request.member))
        if job:
            joined = "这个范围正在获取，请稍候" if job.joined else f"已开始获取{query.kind.label}：{query}"
            messages.info(request, f"{joined}。获取完成前显示的仍是原有数据")
            return redirect(_list_of(query))
    return render(request, "clearing/month_fetch.html", {"form": form})


@page("clearing.rows.view")
def month_progress(request: PortalRequest, kind: str) -> HttpResponseBase:
    """Running fetches, asked for while there are any; then the page shows what they brought."""
    jobs = running_fetches(MonthKind(kind), environment(request)) if kind in MonthKind.values else []
    answer = render(request, "clearing/parts/month_progress.html", {"jobs": jobs, "kind": kind})
    if not jobs:
        answer["HX-Refresh"] = "true"
    return answer


@page("clearing.rows.view")
def month_check(request: PortalRequest) -> HttpResponseBase:
    """Do the months add up to the year? The newest year's differences, before anybody asks for more."""
    if not request.GET:
        year = _newest_year(request)
        if year:
            return redirect(f"{request.path}?{urlencode({'year': year, 'result': OFF})}")
    listed = MonthCheckList(request.member, request.GET)
    if request.GET.keys() & {"export", "part"}:
        return listed.respond(request)
    scope = filter_values(listed, "year", "insurance", "agency", "visit_type", "region")
    lone = without_row(environment(request), **scope)[:NAMED] if listed.filter and listed.filter.is_valid() else []
    fresh = freshness(MonthQuery.shown(MonthKind.SUMMARY, environment(request), **_cells(scope)))
    return listed.respond(request, lone=list(lone), named=NAMED, fresh=fresh)


def months_chart(listed: ListPage) -> Chart:
    """Due and paid by month, of the list's own filter; a month leads to its lines."""
    sums = by_month(listed.filtered)
    return Chart(
        "各月基金应付与月结已付",
        "bar",
        [f"{one.month} 月" for one in sums],
        [Series("基金应付", [one.fund_due for one in sums]), Series("月结已付", [one.monthly_paid for one in sums])],
        head="月份",
        links=[listed.address(month=str(one.month)) if one.rows else "" for one in sums],
    )


def _fetched(request: PortalRequest, listed: ListPage, kind: MonthKind) -> dict[str, Any]:
    """When and for whom the shown months were fetched, what is being fetched, and what the button would fetch."""
    scope = filter_values(listed, *SCOPE)
    return {
        "kind": kind,
        "fresh": freshness(MonthQuery.shown(kind, environment(request), **scope)),
        "jobs": running_fetches(kind, environment(request)),
        "may_fetch": request.member.may("clearing.generation.request"),
        "fetch": {"kind": str(kind), **scope} if {"year", "insurance"} <= scope.keys() else None,
        "fetch_url": f"{reverse('clearing:month-fetch')}?{urlencode({'kind': kind, **scope})}",
    }


def _list_of(query: MonthQuery) -> str:
    scope = {name: value for name, value in query.params.items() if name in SCOPE and value}
    return f"{reverse(LISTS[query.kind])}?{urlencode(scope)}"


def _cells(scope: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in scope.items() if name in SCOPE}


def _newest_year(request: PortalRequest) -> int | None:
    reads = MonthRead.objects.filter(environment=environment(request), state=ReadState.CURRENT)
    return reads.order_by("-year").values_list("year", flat=True).first()
