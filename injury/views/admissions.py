"""Admissions: drafts, registering, taking back, and the page with the guided path (4.8, 4.9, 4.22, 4.23)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from injury.actions import PERSON_READ
from injury.forms.admissions import AdmissionForm, ReasonForm, first_values
from injury.models import Admission, AdmissionState, Flow
from injury.services import (
    Refused,
    admit_again,
    drop_draft,
    look_for_registration,
    register_admission,
    save_draft,
    start_by_hand,
    undo_registration,
)
from injury.services.adopting import KIND
from injury.services.drafts import open_faults
from injury.services.enquiries import latest
from injury.services.guiding import guidance
from injury.services.timeline import admission_events
from injury.services.undoing import taken_along, undo_obstacle
from injury.views.admission_lists import AdmissionList
from injury.views.asking import acted, admission_or_404
from injury.views.path import path_context
from injury.views.sections import sections
from portal.access.gate import page
from portal.access.member import PortalRequest
from portal.audit import record
from portal.gateway.exchanges import exchanges_shown


@page("injury.admissions.view")
def admission_list(request: PortalRequest) -> HttpResponseBase:
    """All admissions, by state."""
    return AdmissionList(request.member, request.GET).respond(request)


@page("injury.admission.edit", methods=("GET", "POST"))
def admission_new(request: PortalRequest) -> HttpResponseBase:
    """A new injury by hand; everybody else is found by asking the centre first."""
    form = AdmissionForm(Admission(flow=Flow.NEW), request.POST or None)
    if request.method == "POST" and form.is_valid():
        given, typed = form.readable(), form.typed()
        made = acted(form, lambda: start_by_hand(given, typed=typed, by=request.member))
        if made:
            return _saved(request, made)
    return render(request, "injury/admission_new.html", {"form": form})


@page("injury.admission.edit", methods=("GET", "POST"))
def admission_edit(request: PortalRequest, admission_id: UUID) -> HttpResponseBase:
    """The draft's form: saved whatever is still missing; registered only when nothing is."""
    admission = admission_or_404(admission_id)
    if admission.state != AdmissionState.DRAFT:
        return redirect("injury:admission-detail", admission.pk)
    data = request.POST if request.method == "POST" else first_values(admission)
    form = AdmissionForm(admission, data)
    if request.method == "POST":
        saved = _save(request, form)
        if saved and "register" in request.POST and request.member.may("injury.admission.register"):
            return _register(request, saved)
        if saved:
            return _saved(request, saved)
    elif form.is_valid() and admission.typed:
        _mark(form)
    return render(request, "injury/admission_edit.html", {"admission": admission, "form": form})


def _save(request: PortalRequest, form: AdmissionForm) -> Admission | None:
    """The saved draft, or None when something about it could not be saved; every fault stands beside its field."""
    readable = form.is_valid()
    given, typed, admission = form.readable(), form.typed(), form.admission
    saved = acted(form, lambda: save_draft(admission, given, typed=typed, by=request.member))
    if saved is not None and not readable:
        messages.warning(request, "草稿已保存；有的内容无法识别，请改正")
        return None
    return saved


def _mark(form: AdmissionForm) -> None:
    for fault in open_faults(form.admission, form.readable()):
        form.add_error(fault.field if fault.field in form.fields else None, fault.sentence)


def _saved(request: PortalRequest, admission: Admission) -> HttpResponse:
    faults = open_faults(admission)
    if faults:
        messages.info(request, f"草稿已保存，还有 {len(faults)} 处要填写或改正，已在下面标出")
        return redirect("injury:admission-edit", admission.pk)
    messages.success(request, "草稿已保存，信息完整，可以登记")
    return redirect("injury:admission-detail", admission.pk)


def _register(request: PortalRequest, admission: Admission) -> HttpResponse:
    """Register, or say why not: the form then shows each fault beside its field."""
    try:
        register_admission(admission, by=request.member)
    except Refused as refusal:
        messages.error(request, f"没有发送：{len(refusal.faults)} 处要填写或改正，已在下面标出")
        return redirect("injury:admission-edit", admission.pk)
    messages.success(request, f"已提交 {admission.number} 的入院登记，结果显示在本页")
    return redirect("injury:admission-detail", admission.pk)


@page("injury.admissions.view")
def admission_detail(request: PortalRequest, admission_id: UUID) -> HttpResponseBase:
    """The stay on one page: guided path, what is open, sections of every step, history."""
    admission = admission_or_404(admission_id)
    guide = guidance(admission)
    context = {
        "admission": admission,
        **path_context(request, admission, guide),
        "sections": sections(request, admission),
        "events": admission_events(admission),
        "reason_form": ReasonForm(),
        "exchanges": exchanges_shown(admission.number, request.member) if admission.number else None,
        "presence": latest(KIND, admission) if admission.state == AdmissionState.DRAFT else None,
    }
    return render(request, "injury/admission_detail.html", context)


@page("injury.admissions.view")
def admission_state(request: PortalRequest, admission_id: UUID) -> HttpResponseBase:
    """Part page, polled while an operation moves the admission; then the whole page is loaded anew."""
    admission = admission_or_404(admission_id)
    answer = render(request, "injury/parts/admission_moving.html", {"admission": admission})
    if admission.operation is None or not admission.operation.is_moving:
        answer["HX-Refresh"] = "true"
    return answer


@page("injury.admission.register", methods=("POST",))
def admission_register(request: PortalRequest, admission_id: UUID) -> HttpResponseBase:
    return _register(request, admission_or_404(admission_id))


@page("injury.admission.undo", methods=("GET", "POST"))
def admission_undo(request: PortalRequest, admission_id: UUID) -> HttpResponseBase:
    """Says what goes with the registration before the red button."""
    admission = admission_or_404(admission_id)
    if request.method == "POST":
        return _said(request, admission, lambda: undo_registration(admission, by=request.member), _undoing(request))
    context = {"admission": admission, "along": taken_along(admission), "obstacle": undo_obstacle(admission)}
    return render(request, "injury/admission_undo.html", context)


def _undoing(request: PortalRequest) -> str:
    assert request.member.institution
    second = request.member.institution.four_eyes
    return "已提交撤销入院登记，" + ("须由复核人员复核后才会发送" if second else "结果将显示在本页")


@page("injury.admission.edit", methods=("POST",))
def admission_drop(request: PortalRequest, admission_id: UUID) -> HttpResponseBase:
    """Delete a draft."""
    admission = admission_or_404(admission_id)
    try:
        drop_draft(admission, by=request.member)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("injury:admission-detail", admission_id)
    messages.success(request, "草稿已删除")
    return redirect("injury:admission-list")


@page("injury.admission.edit", methods=("POST",))
def admission_again(request: PortalRequest, admission_id: UUID) -> HttpResponseBase:
    """A new draft with the data of an admission that was taken back."""
    admission = admission_or_404(admission_id)
    try:
        made = admit_again(admission, by=request.member)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("injury:admission-detail", admission.pk)
    return redirect("injury:admission-edit", made.pk)


@page("injury.admission.register", methods=("POST",))
def admission_look(request: PortalRequest, admission_id: UUID) -> HttpResponseBase:
    """Ask whether the centre holds this draft already."""
    admission = admission_or_404(admission_id)
    done = "正在向工伤中心核实；已有登记的会转为在院"
    return _said(request, admission, lambda: look_for_registration(admission, by=request.member), done)


def _said(request: PortalRequest, admission: Admission, act: Any, done: str) -> HttpResponse:
    try:
        act()
        messages.info(request, done)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    return redirect("injury:admission-detail", admission.pk)


@page("injury.identities.read", methods=("POST",))
def admission_identity(request: PortalRequest, admission_id: UUID) -> HttpResponseBase:
    """The person's name and number in full: with a reason, recorded, on this one page."""
    admission = admission_or_404(admission_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, "；".join(str(one) for one in form.errors["reason"]))
        return redirect("injury:admission-detail", admission.pk)
    reason = form.cleaned_data["reason"]
    record(PERSON_READ, admission, by=request.member, what=f"就诊 {admission.number}", reason=reason)
    person = {"name": admission.name.reveal(), "identity": admission.identity.reveal()}
    return render(request, "injury/admission_identity.html", {"admission": admission, "person": person})
