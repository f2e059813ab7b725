"""继续治疗申请表 (6.7): filled in here or left open, printed, stamped by the employer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.shortcuts import render

from injury.forms.sheet import TreatmentFormForm
from injury.models import Admission
from injury.papers.facts import person_of
from injury.papers.treatment_form import TreatmentForm, printed
from portal.access.gate import get_or_404, page
from portal.access.member import PortalRequest
from portal.papers.failures import PaperFailed
from portal.papers.pdf import CONTENT_TYPE
from portal.web.tables.export import attachment


@page("injury.papers.make", methods=("GET", "POST"))
def paper_treatment(request: PortalRequest, admission_id: UUID | None = None) -> HttpResponseBase:
    """The form in the browser; the printed form as the answer."""
    admission = get_or_404(Admission, admission_id) if admission_id else None
    form = TreatmentFormForm(request.POST or None, initial=_known(request, admission))
    if request.method == "POST" and form.is_valid():
        assert request.member.institution
        made = TreatmentForm(
            request.member.institution,
            form.person(),
            form.treatment(),
            form.cleaned_data["opinion"],
            request.member.label,
        )
        try:
            return attachment(printed(made, by=request.member), "继续治疗申请表.pdf", CONTENT_TYPE)
        except PaperFailed as failure:
            form.add_error(None, failure.sentence)
    context = {"form": form, "admission": admission}
    return render(request, "injury/paper_treatment.html", context, status=400 if form.errors else 200)


def _known(request: PortalRequest, admission: Admission | None) -> dict[str, Any]:
    if admission is None:
        return {}
    whole = request.member.may("injury.identities.read")
    person = person_of(admission, whole=whole)
    return {
        "name": person.name if whole else "",
        "identity": person.identity if whole else "",
        "person_no": admission.person_no,
        "injury_no": admission.injury_no,
        "kind": "3" if admission.treatment == "4" else "7",
        "way": "2" if admission.is_inpatient else "1",
        "doctor": admission.doctor,
    }
