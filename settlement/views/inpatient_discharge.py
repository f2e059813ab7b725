"""The discharge: written down, then sent."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from portal.access.gate import page
from portal.access.member import PortalRequest
from settlement.forms.inpatient import DischargeForm, diagnoses_given, first_discharge
from settlement.forms.outpatient import DiagnosisRows
from settlement.rules.inpatient import days_of
from settlement.services.inpatient.discharge import discharge, save_discharge
from settlement.services.inpatient.scenes import scene_of
from settlement.services.refusals import Refused
from settlement.views.asking import said
from settlement.views.inpatient import DETAIL, stay_or_404


@page("settlement.inpatient.settle", methods=("GET", "POST"))
def inpatient_discharge(request: PortalRequest, visit_id: UUID) -> HttpResponseBase:
    """Time, way and diagnoses of the discharge; kept, or kept and sent."""
    visit = stay_or_404(visit_id)
    more = 1 if "more" in request.POST else 0
    form = DischargeForm(request.POST or None, initial=first_discharge(visit))
    stored = list(visit.diagnoses.filter(moment="out") or visit.diagnoses.filter(moment="in"))
    rows = DiagnosisRows(request.POST, more=more) if request.method == "POST" else DiagnosisRows(stored=stored)
    if request.method == "POST" and not more and form.is_valid():
        try:
            save_discharge(visit, form.given(), diagnoses_given(rows), by=request.member)
            if "send" in request.POST:
                done = "已提交出院办理，结果显示在本页"
                return said(request, lambda: discharge(visit, by=request.member), done, DETAIL, visit.pk)
            messages.success(request, "已保存，没有发送")
            return redirect(DETAIL, visit.pk)
        except Refused as refusal:
            rows.blame(refusal.faults, form)
    days = days_of(visit.started_at, visit.ended_at, timezone.now())
    context = {"visit": visit, "form": form, "rows": rows, "scene": scene_of(visit), "days": days}
    return render(request, "settlement/inpatient_discharge.html", context)
