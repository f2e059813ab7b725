from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from clearing.forms import ReasonForm
from clearing.models import ClearingRow, RowState
from clearing.services import accept_finding
from clearing.services.arithmetic import arithmetic, shown
from clearing.services.month_check import row_months
from clearing.services.timeline import row_events, row_operations
from clearing.views.asking import acted
from clearing.views.lists import RowList
from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest

#: What an accepted difference makes possible, by the row's state.
ACCEPTED = {
    RowState.GENERATED: "已接受差异，这条数据现在可以核对",
    RowState.VERIFIED: "已接受差异，这条数据可以进入清算申请",
}


@page("clearing.rows.view")
def row_list(request: PortalRequest) -> HttpResponseBase:
    """查询清算数据 (5.3)."""
    return RowList(request.member, request.GET).respond(request)


@page("clearing.rows.view")
def row_detail(request: PortalRequest, row_id: UUID) -> HttpResponseBase:
    """One row with its identities as arithmetic."""
    row = get_or_404(ClearingRow, row_id)
    return _detail(request, row, ReasonForm())


@page("clearing.finding.accept", methods=("POST",))
def accept(request: PortalRequest, row_id: UUID) -> HttpResponseBase:
    """A reviewer accepts what does not add up, with a reason."""
    row = get_or_404(ClearingRow, row_id)
    form = ReasonForm(request.POST)
    accepted = None
    if form.is_valid():
        accepted = acted(form, lambda: accept_finding(row, form.cleaned_data["reason"], by=request.member))
    if accepted:
        messages.success(request, ACCEPTED.get(RowState(row.state), "已接受差异"))
        return redirect("clearing:row-detail", row.pk)
    return _detail(request, row, form)


def _detail(request: PortalRequest, row: ClearingRow, form: ReasonForm) -> HttpResponseBase:
    may_accept = row.needs_acceptance and row.is_live and request.member.may("clearing.finding.accept")
    context = {
        "row": row,
        "sums": arithmetic(row),
        "findings": shown(row),
        "form": form,
        "may_accept": may_accept,
        "row_months": row_months(row),
        "events": row_events(row),
        "operations": row_operations(row),
    }
    return render(request, "clearing/row_detail.html", context)
