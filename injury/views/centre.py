"""Asking the centre for its lists; the page shows the last answer and how it adds up (4.5, 4.7, 4.15)."""

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from injury.forms.people import ReportsForm, TreatmentsForm, UploadedForm
from injury.models import Enquiry
from injury.services import ask_reports, ask_treatments, ask_uploaded
from injury.services.uploaded_people import statistics_of
from injury.views.asking import acted
from injury.views.centre_lists import AnswerList, ReportList, TreatmentList, UploadedList
from portal.access.gate import page
from portal.access.member import PortalRequest

AskList = Callable[..., Enquiry]


@page("injury.people.find", methods=("GET", "POST"))
def treatment_batch(request: PortalRequest) -> HttpResponseBase:
    """批量查询继续治疗申请 (4.5)."""
    return _asked(request, TreatmentsForm, ask_treatments, TreatmentList)


@page("injury.people.find", methods=("GET", "POST"))
def report_batch(request: PortalRequest) -> HttpResponseBase:
    """批量查询工伤事故备案 (4.7)."""
    return _asked(request, ReportsForm, ask_reports, ReportList)


@page("injury.people.find", methods=("GET", "POST"))
def uploaded_people(request: PortalRequest) -> HttpResponseBase:
    """上传人员和费用统计 (4.15), laid beside our own admissions."""
    return _asked(request, UploadedForm, ask_uploaded, UploadedList)


def _asked(
    request: PortalRequest, form_class: type[Form], ask: AskList, list_class: type[AnswerList]
) -> HttpResponseBase:
    form = form_class(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        enquiry = acted(form, lambda: ask(given, by=request.member))
        if enquiry:
            return redirect(f"{request.path}?enquiry={enquiry.pk}")
    listed = list_class(request.member, request.GET)
    found = listed.enquiry
    context: dict[str, Any] = {"form": form, "enquiry": found}
    if list_class is UploadedList and found and found.is_answered and not request.GET.keys() & {"export", "part"}:
        context["statistics"] = statistics_of(found)
    return listed.respond(request, **context)
