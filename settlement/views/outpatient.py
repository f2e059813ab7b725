"""Outpatients at the desk: registration, what the doctor found, and taking the registration back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from settlement.forms.outpatient import (
    DiagnosisRows,
    InformationForm,
    RegistrationForm,
    first_registration,
    information_of,
    registration_of,
)
from settlement.models import Identification, Visit, VisitKind
from settlement.rules.outpatient import why_not_change_registration, why_not_inform
from settlement.services.identity import patient_of
from settlement.services.outpatient.fetching import fetch_registration
from settlement.services.outpatient.information import inform
from settlement.services.outpatient.registration import (
    begin_outpatient,
    change_registration,
    drop_outpatient,
    register,
    unregister,
)
from settlement.services.outpatient.removing import remove_all
from settlement.services.outpatient.scenes import why_not
from settlement.services.refusals import Refused
from settlement.views.asking import acted, environment, said, visit_or_404

DETAIL = "settlement:visit-detail"


def outpatient_or_404(visit_id: UUID) -> Visit:
    """An outpatient visit with what moves it; Http404 for any other kind."""
    visit = visit_or_404(visit_id)
    if visit.kind != VisitKind.OUTPATIENT:
        raise Http404("没有找到这条记录")
    return visit


@page("settlement.outpatient.settle", methods=("GET", "POST"))
def outpatient_new(request: PortalRequest) -> HttpResponseBase:
    """A new visit for whoever was identified (`identification`); without one, the desk identifies first."""
    if not request.GET.get("identification"):
        messages.info(request, "请先识别病人身份")
        return redirect("settlement:identify")
    found = get_or_404(Identification, request.GET["identification"])
    try:
        patient = patient_of(found)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("settlement:identify")
    form = RegistrationForm(request.POST or None, initial=first_registration(latest(request), found.med_type))
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["number"].strip()
        made = acted(form, lambda: begin_outpatient(patient, form.given(), by=request.member, number=number))
        if made:
            return onward(request, made)
    return render(request, "settlement/outpatient.html", {"form": form, "identification": found})


def latest(request: PortalRequest) -> Visit | None:
    """The clerk's latest outpatient: the next one is mostly seen in the same room."""
    rows = Visit.objects.filter(kind=VisitKind.OUTPATIENT, environment=environment(request))
    return rows.filter(created_by=request.member.user).order_by("-created_at").first()


@page("settlement.outpatient.settle", methods=("GET", "POST"))
def outpatient_edit(request: PortalRequest, visit_id: UUID) -> HttpResponseBase:
    """The registration again, while the centre does not know of it."""
    visit = outpatient_or_404(visit_id)
    if obstacle := why_not(why_not_change_registration, visit):
        messages.error(request, obstacle)
        return redirect(DETAIL, visit.pk)
    form = RegistrationForm(request.POST or None, initial=registration_of(visit))
    form.fields["number"].disabled = True
    if request.method == "POST" and form.is_valid():
        changed = acted(form, lambda: change_registration(visit, form.given(), by=request.member))
        if changed:
            return onward(request, visit)
    return render(request, "settlement/outpatient.html", {"form": form, "visit": visit})


def onward(request: PortalRequest, visit: Visit) -> HttpResponse:
    """To the centre, or only to the visit when it was merely kept."""
    if "register" not in request.POST:
        messages.success(request, "已保存")
        return redirect(DETAIL, visit.pk)
    return said(request, lambda: register(visit, by=request.member), "已提交挂号", DETAIL, visit.pk)


@page("settlement.outpatient.settle", methods=("POST",))
def outpatient_register(request: PortalRequest, visit_id: UUID) -> HttpResponse:
    visit = outpatient_or_404(visit_id)
    return said(request, lambda: register(visit, by=request.member), "已提交挂号", DETAIL, visit.pk)


@page("settlement.outpatient.settle", methods=("POST",))
def outpatient_fetch(request: PortalRequest, visit_id: UUID) -> HttpResponse:
    """The centre's number of a visit whose registration nobody could read."""
    visit = outpatient_or_404(visit_id)
    return said(request, lambda: fetch_registration(visit, by=request.member), "正在取回就诊ID", DETAIL, visit.pk)


@page("settlement.visits.undo", methods=("POST",))
def outpatient_unregister(request: PortalRequest, visit_id: UUID) -> HttpResponse:
    visit = outpatient_or_404(visit_id)
    return said(request, lambda: unregister(visit, by=request.member), "已提交撤销挂号", DETAIL, visit.pk)


@page("settlement.outpatient.settle", methods=("POST",))
def outpatient_drop(request: PortalRequest, visit_id: UUID) -> HttpResponse:
    visit = outpatient_or_404(visit_id)
    try:
        drop_outpatient(visit, by=request.member)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect(DETAIL, visit.pk)
    messages.success(request, "已删除")
    return redirect("settlement:visit-list")


@page("settlement.outpatient.settle", methods=("GET", "POST"))
def outpatient_information(request: PortalRequest, visit_id: UUID) -> HttpResponseBase:
    """Kind of visit, disease and diagnoses; sent when saved, in place of what the centre had."""
    visit = outpatient_or_404(visit_id)
    more = 1 if "more" in request.POST else 0
    form = InformationForm(request.POST or None, initial=information_of(visit))
    stored = list(visit.diagnoses.filter(moment=""))
    rows = DiagnosisRows(request.POST, more=more) if request.method == "POST" else DiagnosisRows(stored=stored)
    if request.method == "POST" and not more and form.is_valid():
        try:
            sent = inform(visit, form.given(), rows.given(), by=request.member)
            messages.success(request, "已提交就诊信息" if sent else "医保中心已有相同的就诊信息")
            return redirect(DETAIL, visit.pk)
        except Refused as refusal:
            rows.blame(refusal.faults, form)
    context: dict[str, Any] = {"visit": visit, "form": form, "rows": rows, "obstacle": why_not(why_not_inform, visit)}
    return render(request, "settlement/outpatient_information.html", context)


@page("settlement.visits.undo", methods=("POST",))
def outpatient_remove_all(request: PortalRequest, visit_id: UUID) -> HttpResponse:
    """Every line that is not settled (2205 with 0000)."""
    visit = outpatient_or_404(visit_id)
    return said(request, lambda: remove_all(visit, by=request.member), "已提交撤销全部未结算明细", DETAIL, visit.pk)
