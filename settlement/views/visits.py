"""A visit on its page, whatever its kind: facts, what is open, bills, settlements, lines, how it came about."""

from __future__ import annotations

from uuid import UUID

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from portal.access.gate import page
from portal.access.member import PortalRequest
from portal.audit import record
from portal.gateway.exchanges import exchanges_shown
from portal.gateway.journal import operations_about
from settlement.actions import PERSON_READ
from settlement.forms.settling import ReasonForm
from settlement.models import SettlementState
from settlement.services.settling.standing import standing
from settlement.views import inpatient_steps
from settlement.views.asking import visit_or_404
from settlement.views.outpatient_steps import steps_context
from settlement.views.settlements import MAY_SETTLE, SHOWN_LINES
from settlement.views.visit_lists import VisitList


@page("settlement.visits.view")
def visit_list(request: PortalRequest) -> HttpResponseBase:
    """All visits, by kind and state."""
    return VisitList(request.member, request.GET).respond(request)


@page("settlement.visits.view")
def visit_detail(request: PortalRequest, visit_id: UUID) -> HttpResponseBase:
    """The visit on one page; what a flow adds stands in `settlement/parts/<kind>_steps.html`."""
    visit = visit_or_404(visit_id)
    may = request.member.may
    settlements = visit.settlements.select_related("bill", "operation", "undone_by").exclude(
        state__in=[SettlementState.EXPIRED, SettlementState.FAILED]
    )
    context = {
        "visit": visit,
        "standing": standing(visit),
        "steps": steps_template(visit.kind),
        "diagnoses": visit.diagnoses.all(),
        "bills": visit.bills.all(),
        "settlements": settlements.order_by("-created_at")[:50],
        "lines": visit.lines.order_by("occurred_at", "number")[:SHOWN_LINES],
        "lines_count": visit.lines.count(),
        "operations": operations_about(visit)[:50],
        "may_settle": may(MAY_SETTLE[visit.kind]),
        "may_read": may("settlement.identities.read"),
        "reason_form": ReasonForm(),
        "exchanges": exchanges_shown(visit.mdtrt_id or visit.number, request.member),
    }
    context |= steps_context(visit, request.member)
    context |= inpatient_steps.steps_context(visit, request.member)
    return render(request, "settlement/visit_detail.html", context)


def steps_template(kind: str) -> str:
    """What the flow of this kind shows of its steps, where it shows any."""
    name = f"settlement/parts/{kind}_steps.html"
    try:
        get_template(name)
    except TemplateDoesNotExist:
        return ""
    return name


@page("settlement.visits.view")
def visit_state(request: PortalRequest, visit_id: UUID) -> HttpResponseBase:
    """Part page, polled while an operation moves the visit; then the whole page is loaded anew."""
    visit = visit_or_404(visit_id)
    answer = render(request, "settlement/parts/visit_moving.html", {"visit": visit, "standing": standing(visit)})
    if visit.operation is None or not visit.operation.is_moving:
        answer["HX-Refresh"] = "true"
    return answer


@page("settlement.identities.read", methods=("POST",))
def visit_identity(request: PortalRequest, visit_id: UUID) -> HttpResponseBase:
    """The whole identity, once, with a reason that the chain keeps."""
    visit = visit_or_404(visit_id)
    form = ReasonForm(request.POST)
    if form.is_valid():
        record(PERSON_READ, visit, by=request.member, number=visit.number, reason=form.cleaned_data["reason"])
    context = {"visit": visit, "form": form, "shown": form.is_valid()}
    return render(request, "settlement/visit_identity.html", context)
