"""月末: every month with what was applied for, what stands in the way, and its end."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from portal.access.gate import page
from portal.access.member import PortalRequest
from reconciliation.forms.runs import CloseForm
from reconciliation.services.months import (
    blocking_rows,
    close_month,
    month_lines,
    month_state,
    start_month,
)
from reconciliation.views.asking import environment, said
from reconciliation.views.runs import rights

FIRST_YEAR, LAST_YEAR = 2000, 2999


def month_or_404(year: int, month: int) -> date:
    """Its first day; Http404 for what is no month, or has not begun."""
    if not (1 <= month <= 12 and FIRST_YEAR <= year <= LAST_YEAR) or date(year, month, 1) > timezone.localdate():
        raise Http404("没有这个月")
    return date(year, month, 1)


@page("reconciliation.runs.view")
def month_list(request: PortalRequest) -> HttpResponseBase:
    """整月对账: this month and the twelve before it."""
    lines = month_lines(environment(request))
    return render(request, "reconciliation/month_list.html", {"months": lines, **rights(request)})


@page("reconciliation.runs.view")
def month_detail(request: PortalRequest, year: int, month: int) -> HttpResponseBase:
    """One month: scope by scope, and the rows that block its end."""
    here = environment(request)
    state = month_state(here, month_or_404(year, month))
    rows = blocking_rows(state, here)
    context = {"month": state, "rows": rows, "form": CloseForm(), **rights(request)}
    return render(request, "reconciliation/month_detail.html", context)


@page("reconciliation.months.close", methods=("POST",))
def month_start(request: PortalRequest, year: int, month: int) -> HttpResponse:
    """整月对账: what is balanced counts as an application for clearing."""
    first = month_or_404(year, month)
    done = "开始整月对账；对平的范围视同申请清算，结果显示在本页"
    return said(
        request, lambda: start_month(first, by=request.member), done, "reconciliation:month-detail", year, month
    )


@page("reconciliation.months.close", methods=("POST",))
def month_close(request: PortalRequest, year: int, month: int) -> HttpResponse:
    """月末结账: nothing is open, everything was applied for."""
    first = month_or_404(year, month)
    form = CloseForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    where = ("reconciliation:month-detail", year, month)
    return said(request, lambda: close_month(first, by=request.member, note=note), "本月已结账", *where)
