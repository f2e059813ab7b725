"""The dashboard's slots: apps declare parts and sources of open tasks in their own `dashboard.py`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from django.template.loader import render_to_string

from portal.access.member import Member, PortalRequest
from portal.access.permissions import permission

Tone = Literal["", "good", "warn", "bad", "doubt", "brand"]
_parts: dict[str, "DashboardPart"] = {}
_sources: dict[str, "OpenTasks"] = {}


@dataclass(frozen=True)
class DashboardPart:
    """A part of the dashboard; constructing it declares it. `context` runs inside the institution's door.

    `wide` parts take the whole row, others half of it. The order of the manual: steps 10, cards 20, shortcuts 30,
    charts 40, notes 90. Parts of one business share what they read by keeping it on the request.
    """

    order: int
    permission: str
    template: str
    context: Callable[[PortalRequest], dict[str, Any]] = field(compare=False)
    wide: bool = True

    def __post_init__(self) -> None:
        permission(self.permission)
        if _parts.setdefault(self.template, self) != self:
            raise ValueError(f"dashboard part {self.template!r} is declared twice")

    def render(self, request: PortalRequest) -> str:
        return render_to_string(self.template, {"member": request.member, **self.context(request)}, request)


@dataclass(frozen=True)
class Task:
    """Something that waits for this person: what, how many, where to go, and since when or how much."""

    label: str
    url: str
    count: int = 1
    tone: Tone = "warn"
    detail: str = ""


@dataclass(frozen=True)
class OpenTasks:
    """Where open tasks come from (doubtful results, differences, approvals); constructing it declares it."""

    name: str
    permission: str
    tasks: Callable[[Member], Iterable[Task]] = field(compare=False)
    order: int = 100

    def __post_init__(self) -> None:
        permission(self.permission)
        if _sources.setdefault(self.name, self) != self:
            raise ValueError(f"open tasks {self.name!r} are declared twice")


def parts_for(member: Member) -> list[DashboardPart]:
    found = [part for part in _parts.values() if member.may(part.permission)]
    return sorted(found, key=lambda part: (part.order, part.template))


def tasks_for(member: Member) -> list[Task]:
    """Everything that waits for this member, most pressing sources first; entries without rows are left out."""
    sources = sorted(_sources.values(), key=lambda source: (source.order, source.name))
    found = (task for source in sources if member.may(source.permission) for task in source.tasks(member))
    return [task for task in found if task.count]
