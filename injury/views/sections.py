"""What other parts of a stay show on the admission's page: each declares its part beside its own views."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.template.loader import select_template
from django.utils.safestring import SafeString

from injury.models import Admission, AdmissionState
from portal.access.member import PortalRequest

#: The order of a stay; a part that is not named comes last.
ORDER = ("fees", "uploads", "discharge", "sheet", "drugs", "materials", "papers")
Provider = Callable[[PortalRequest, Admission], dict[str, Any] | None]
P = TypeVar("P", bound=Provider)


@dataclass(frozen=True)
class Section:
    """A part as it is shown."""

    name: str
    title: str
    content: SafeString


_declared: dict[str, tuple[str, Provider]] = {}


def section(name: str, title: str) -> Callable[[P], P]:
    """Declare what a part shows of an admission: the context of its template, or None when it has nothing to show.

    The template is `injury/parts/<name>.html` or `injury/parts/admission_<name>.html`. Inside the door.
    """

    def declare(provider: P) -> P:
        if name in _declared:
            raise ValueError(f"section {name!r} is declared twice")
        _declared[name] = (title, provider)
        return provider

    return declare


def sections(request: PortalRequest, admission: Admission) -> list[Section]:
    """The rendered parts of an admission that is, or was, at the centre."""
    if admission.state in (AdmissionState.DRAFT, AdmissionState.REGISTERING):
        return []
    found = []
    for name in sorted(_declared, key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name)):
        title, provider = _declared[name]
        context = provider(request, admission)
        if context is not None:
            template = select_template([f"injury/parts/{name}.html", f"injury/parts/admission_{name}.html"])
            shown = template.render({"admission": admission, "member": request.member, **context}, request)
            found.append(Section(name, title, SafeString(shown)))
    return found
