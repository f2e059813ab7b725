"""What happened to an admission, the newest first: its own steps and every operation about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from injury.models import Admission
from portal.gateway.journal import Operation, State, operations_about

TONES = {
    State.DONE: "good",
    State.REJECTED: "bad",
    State.REFUSED: "bad",
    State.WITHDRAWN: "",
    State.IN_DOUBT: "warn",
    State.RESOLVING: "warn",
    State.MANUAL: "bad",
}
#: What is shown of an admission with thousands of batches; the journal has all of them.
SHOWN = 60


@dataclass(frozen=True)
class Event:
    """One step: what, when, who, how it ended."""

    at: datetime
    title: str
    tone: str = ""
    who: str = ""
    reason: str = ""
    states: str = ""
    operation: Operation | None = None
    figures: tuple[Any, ...] = ()


def admission_events(admission: Admission) -> list[Event]:
    """The newest first; two statements."""
    events = [Event(admission.created_at, "建立就诊", who=admission.created_as)]
    if admission.registered_at:
        events.append(Event(admission.registered_at, "中心已登记入院", "brand"))
    if admission.undone_at:
        events.append(Event(admission.undone_at, "入院登记已撤销", "bad"))
    operations = (
        operations_about(admission)
        .select_related("approved_by")
        .defer("request", "reply")
        .order_by("-created_at")[:SHOWN]
    )
    events += [_event(operation) for operation in operations]
    return sorted(events, key=lambda event: event.at, reverse=True)


def _event(operation: Operation) -> Event:
    state = State(operation.state)
    approved = f"，{operation.approved_by} 复核" if operation.approved_by else ""
    return Event(
        operation.created_at,
        operation.title,
        TONES.get(state, "brand"),
        f"{operation.created_label}{approved}",
        "" if state == State.DONE else operation.message,
        operation.sentence,
        operation,
    )
