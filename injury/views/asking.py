"""What the pages share: where the institution works, and a service's refusal beside the form's fields."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from django.forms import Form

from injury.models import Admission
from injury.services import Refused
from portal.access.gate import get_or_404
from portal.access.member import PortalRequest
from portal.gateway.journal import Operation

T = TypeVar("T")


def environment(request: PortalRequest) -> str:
    assert request.member.institution
    return str(request.member.institution.environment)


def acted(form: Form, act: Callable[[], T]) -> T | None:
    """The service's result, or None with its refusal in the form, each fault beside its field."""
    try:
        return act()
    except Refused as refusal:
        for field, sentence in refusal.faults:
            form.add_error(field if field in form.fields else None, sentence)
        return None


def admission_or_404(admission_id: UUID) -> Admission:
    """The admission with what moves it, without the megabytes that a discharge carries; Http404 as get_or_404."""
    admission = get_or_404(Admission, admission_id)
    if admission.operation_id:
        admission.operation = Operation.objects.defer("request", "reply").get(pk=admission.operation_id)
    return admission
