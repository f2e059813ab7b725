"""Stays at the desk: admission, changes, and every step that is one press of a button."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from settlement.forms.inpatient import AdmissionForm, admission_of, diagnoses_given, first_admission
from settlement.forms.outpatient import DiagnosisRows
from settlement.models import Identification, Visit, VisitKind, VisitState
from settlement.rules.inpatient import why_not_change_draft
from settlement.services.identity import patient_of
from settlement.services.inpatient.admission import admit, tell_change, unadmit
from settlement.services.inpatient.discharge import discharge, undo_discharge
from settlement.services.inpatient.reading import start_reading
from settlement.services.inpatient.removing import clear_upload, remove_all
from settlement.services.inpatient.scenes import details_of, scene_of
from settlement.services.inpatient.sending import start_upload
from settlement.services.inpatient.writing import begin_stay, change_stay, drop_stay
from settlement.services.refusals import Refused
from settlement.services.settling.reversal import propose_reversal
from settlement.views.asking import environment, said, visit_or_404

DETAIL = "settlement:visit-detail"
#: Steps of one press: what is done, and what is said then.
STEPS: dict[str, tuple[Callable[..., Any], str]] = {
    "admit": (admit, "已提交入院登记，结果显示在本页"),
    "tell": (tell_change, "已提交入院信息变更"),
    "upload": (start_upload, "正在上传费用明细，结果显示在本页"),
    "read": (start_reading, "正在核对医保中心的费用明细，结果显示在费用页"),
    "discharge": (discharge, "已提交出院办理，结果显示在本页"),
}
UNDOING: dict[str, tuple[Callable[..., Any], str]] = {
    "discharge": (undo_discharge, "已提交撤销出院"),
    "charges": (remove_all, "已提交撤销全部未结算的费用明细"),
    "upload": (clear_upload, "已提请撤销结果待确认的上传"),
    "admission": (unadmit, "已提交撤销入院登记"),
}


def stay_or_404(visit_id: UUID) -> Visit:
    """A stay with what moves it; Http404 for any other kind."""
    visit = visit_or_404(visit_id)
    if visit.kind != VisitKind.INPATIENT:
        raise Http404("没有找到这条记录")
    return visit


@page("settlement.inpatient.settle", methods=("GET", "POST"))
def inpatient_new(request: PortalRequest) -> HttpResponseBase:
    """A new stay for whoever was identified (`identification`); without one, the desk identifies first."""
    if not request.GET.get("identification"):
        messages.info(request, "请先识别病人身份")
        return redirect("settlement:identify")
    found = get_or_404(Identification, request.GET["identification"])
    try:
        patient = patient_of(found)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("settlement:identify")
    form, rows = _typed(request, first_admission(_latest(request), found.med_type), ())
    if request.method == "POST" and "more" not in request.POST and form.is_valid():
        number = form.cleaned_data["number"]
        store = lambda: begin_stay(patient, form.given(), diagnoses_given(rows), by=request.member, number=number)  # noqa: E731
        if visit := _stored(form, rows, store):
            return _onward(request, visit, "admit")
    return render(request, "settlement/inpatient.html", {"form": form, "rows": rows, "identification": found})


@page("settlement.inpatient.settle", methods=("GET", "POST"))
def inpatient_edit(request: PortalRequest, visit_id: UUID) -> HttpResponseBase:
    """The admission again: before it is sent, or a change of it while the patient is here."""
    visit = stay_or_404(visit_id)
    if obstacle := why_not_change_draft(scene_of(visit)):
        messages.error(request, obstacle)
        return redirect(DETAIL, visit.pk)
    form, rows = _typed(request, admission_of(visit), visit.diagnoses.filter(moment="in"))
    form.fields["number"].disabled = True
    if request.method == "POST" and "more" not in request.POST and form.is_valid():
        given = form.given(details_of(visit))
        store = lambda: change_stay(visit, given, diagnoses_given(rows), by=request.member)  # noqa: E731
        if _stored(form, rows, store):
            return _onward(request, visit, "admit" if visit.state == VisitState.DRAFT else "tell")
    return render(request, "settlement/inpatient.html", {"form": form, "rows": rows, "visit": visit})


def _typed(request: PortalRequest, first: dict[str, Any], stored: Any) -> tuple[AdmissionForm, DiagnosisRows]:
    more = 1 if "more" in request.POST else 0
    form = AdmissionForm(request.POST or None, initial=first)
    if request.method == "POST":
        return form, DiagnosisRows(request.POST, more=more)
    return form, DiagnosisRows(stored=list(stored))


def _stored(form: Any, rows: DiagnosisRows, store: Callable[[], Visit]) -> Visit | None:
    try:
        return store()
    except Refused as refusal:
        rows.blame(refusal.faults, form)
        return None


def _onward(request: PortalRequest, visit: Visit, step: str) -> HttpResponse:
    """To the centre, or only to the stay when it was merely kept."""
    if "send" not in request.POST:
        messages.success(request, "已保存，没有发送")
        return redirect(DETAIL, visit.pk)
    act, done = STEPS[step]
    return said(request, lambda: act(visit, by=request.member), done, DETAIL, visit.pk)


def _latest(request: PortalRequest) -> Visit | None:
    """The clerk's latest stay: the next one is mostly in the same ward."""
    rows = Visit.objects.filter(kind=VisitKind.INPATIENT, environment=environment(request))
    return rows.filter(created_by=request.member.user).order_by("-created_at").first()


@page("settlement.inpatient.settle", methods=("POST",))
def inpatient_step(request: PortalRequest, visit_id: UUID, step: str) -> HttpResponse:
    """One step onwards."""
    return _pressed(request, visit_id, STEPS, step)


@page("settlement.visits.undo", methods=("POST",))
def inpatient_undo(request: PortalRequest, visit_id: UUID, step: str) -> HttpResponse:
    """One step back."""
    return _pressed(request, visit_id, UNDOING, step)


def _pressed(request: PortalRequest, visit_id: UUID, steps: dict[str, Any], step: str) -> HttpResponse:
    if step not in steps:
        raise Http404("没有找到这一步")
    visit, (act, done) = stay_or_404(visit_id), steps[step]
    return said(request, lambda: act(visit, by=request.member), done, DETAIL, visit.pk)


@page("settlement.settlements.undo", methods=("POST",))
def inpatient_reverse(request: PortalRequest, visit_id: UUID) -> HttpResponse:
    """Ask for the reversal (2601) of an admission that is in doubt; a reviewer decides."""
    visit, reason = stay_or_404(visit_id), request.POST.get("reason", "")
    doubt = visit.operation
    if doubt is None or doubt.kind != "2401":
        messages.error(request, "没有结果待确认的入院登记")
        return redirect(DETAIL, visit.pk)
    act = lambda: propose_reversal(doubt, by=request.member, reason=reason)  # noqa: E731
    return said(request, act, "已提请冲正，须由复核人员复核后才会发送", DETAIL, visit.pk)


@page("settlement.inpatient.settle", methods=("POST",))
def inpatient_drop(request: PortalRequest, visit_id: UUID) -> HttpResponse:
    """Delete an admission that was never sent."""
    visit = stay_or_404(visit_id)
    return said(request, lambda: drop_stay(visit, by=request.member), "已删除", "settlement:visit-list")
