"""The application for continued treatment, to be stamped by the employer (interface 6.7): one page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from injury.actions import TREATMENT_FORM_PRINTED
from portal.access.member import Member
from portal.access.models import Institution
from portal.access.models.institution import Environment
from portal.audit import record
from portal.audit.checkpoints import latest_mark
from portal.papers.pdf import render_pdf
from portal.vault import mask_name


@dataclass(frozen=True)
class TreatmentForm:
    """What stands on the form; empty texts leave room for handwriting. Days are yyyy-mm-dd."""

    institution: Institution
    person: Mapping[str, str]
    treatment: Mapping[str, str]
    opinion: str
    printed_by: str


def printed(form: TreatmentForm, *, by: Member) -> bytes:
    """The form as a PDF, and a line in the chain; inside the door."""
    content = render_pdf(
        "papers/injury/treatment_form.html",
        {
            "form": form,
            "title": "工伤职工继续治疗申请表",
            "institution": form.institution,
            "period": "",
            "audit_mark": latest_mark() or "",
            "is_test": form.institution.environment == Environment.TEST,
            "printed_by": form.printed_by,
            "printed_at": timezone.localtime(),
        },
    )
    person, kind = form.person.get("姓名", ""), form.treatment.get("继续治疗类别", "")
    record(TREATMENT_FORM_PRINTED, None, by=by, person=mask_name(person), kind=kind or "—")
    return content
