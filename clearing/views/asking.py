"""What the pages of a step share: the scope in the address, and a service's refusal beside the form's field."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.forms import Form

from clearing.forms import ScopeForm
from clearing.models import Scope
from clearing.services import Refused
from portal.access.member import PortalRequest

T = TypeVar("T")
SCOPE = ("year", "insurance", "agency")


def environment(request: PortalRequest) -> str:
    assert request.member.institution
    return str(request.member.institution.environment)


def initial(request: PortalRequest) -> dict[str, Any]:
    """The scope that a link of the dashboard or a list brought along."""
    return {name: request.GET[name] for name in SCOPE if name in request.GET}


def chosen(request: PortalRequest, form_class: type[ScopeForm]) -> tuple[ScopeForm, Scope | None]:
    """The scope form of a page that shows a scope before acting on it, and the scope once it is complete."""
    data = request.POST if request.method == "POST" else request.GET
    if not any(name in data for name in SCOPE):
        return form_class(), None
    form = form_class(data)
    return form, form.scope(environment(request)) if form.is_valid() else None


def acted(form: Form, act: Callable[[], T]) -> T | None:
    """The service's result, or None with its refusal in the form."""
    try:
        return act()
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
        return None
