"""What happened to a row or to an application, in order, as people read it."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from clearing.messages import CancelApplication
from clearing.models import Application, ApplicationState, ChangeKind, ClearingRow, RowChange
from clearing.services.figures import Figure
from portal.codes import code_list
from portal.gateway.journal import Operation, State, operations_about

TONES = {
    ChangeKind.VERIFIED: "good",
    ChangeKind.APPLIED: "brand",
    ChangeKind.APPROVED: "good",
    ChangeKind.ACCEPTED: "warn",
    ChangeKind.FIGURE: "warn",
    ChangeKind.FOUND: "bad",
    ChangeKind.LAPSED: "bad",
    ChangeKind.GONE: "bad",
    ChangeKind.REVOKED: "bad",
    ChangeKind.UNDONE: "bad",
}


@dataclass(frozen=True)
class Event:
    """One step: what, when, who, why, with which operation, and the figures that changed with it."""

    at: datetime
    title: str
    tone: str = ""
    who: str = ""
    reason: str = ""
    states: str = ""
    operation: Operation | None = None
    figures: tuple[Figure, ...] = ()


def row_events(row: ClearingRow) -> list[Event]:
    """The row's history, the newest first; figures that changed together are one step."""
    changes = RowChange.objects.filter(row=row).select_related("operation").order_by("at", "id")
    events = []
    for (at, kind), together in groupby(changes, key=lambda change: (change.at, change.kind)):
        steps = list(together)
        if kind == ChangeKind.FIGURE:
            figures = tuple(Figure.of(one.field, one.before, one.after) for one in steps)
            events.append(Event(at, f"数据变动 {len(figures)} 项", TONES[ChangeKind.FIGURE], figures=figures))
        else:
            events += [_event(one) for one in steps]
    return events[::-1]


def _event(change: RowChange) -> Event:
    kind = ChangeKind(change.kind)
    states = f"{change.before} → {change.after}" if change.before and change.after else change.after
    if kind in (ChangeKind.FOUND, ChangeKind.CLEARED):
        states = f"应为 {change.before}，中心数据 {change.after}" if change.before else ""
    return Event(
        change.at,
        str(kind.label),
        TONES.get(kind, ""),
        change.who,
        change.reason,
        states,
        change.operation,
    )


def row_operations(row: ClearingRow) -> list[Operation]:
    """The journal's operations that this row was part of, the newest first, each once."""
    keys = RowChange.objects.filter(row=row, operation__isnull=False).values_list("operation_id", flat=True)
    return list(
        Operation.objects.filter(pk__in=[key for key in {*keys, row.operation_id} if key]).order_by("-created_at")
    )


def application_operations(application: Application) -> list[Operation]:
    """Every submission and cancellation of the application, the oldest first."""
    return list(operations_about(application).select_related("approved_by").order_by("created_at"))


def application_events(application: Application, operations: list[Operation]) -> list[Event]:
    """Who submitted, approved and cancelled it and when, and what the centre said, the oldest first."""
    events: list[Event] = []

    def add(at: datetime | None, title: str, tone: str = "", **more: Any) -> None:
        if at is not None:
            events.append(Event(at, title, tone, **more))

    for operation in operations:
        cancelling = operation.kind == CancelApplication.code
        what = "撤销" if cancelling else "提交"
        add(operation.created_at, f"{what}申请", who=operation.created_label, operation=operation)
        add(operation.approved_at, "复核通过", "good", who=str(operation.approved_by or ""), operation=operation)
        ended = operation.finished_at
        if operation.state in (State.REFUSED, State.WITHDRAWN):
            add(ended, str(State(operation.state).label), "", reason=operation.message, operation=operation)
        elif operation.state == State.REJECTED:
            add(ended, f"医保中心拒绝{what}", "bad", reason=operation.message, operation=operation)
        elif operation.state == State.DONE and not cancelling:
            add(ended, "医保中心受理", "brand", states=application.application_no, operation=operation)
        elif operation.state == State.DONE:
            add(ended, "医保中心同意撤销", "", operation=operation)
    if not operations:
        add(application.submitted_at, "从医保中心取得", reason=application.note)
    add(application.audited_at, "医保中心审核通过", "good", reason="查询得知")
    if application.state == ApplicationState.CANCELLED and not any(
        one.kind == CancelApplication.code and one.state == State.DONE for one in operations
    ):
        add(application.cancelled_at, "已在医保中心撤销", reason=application.note)
    add(application.asked_at, "最近一次查询", states=_audit(application))
    return sorted(events, key=lambda event: event.at)


def _audit(application: Application) -> str:
    return code_list("clearing.audit_state").label(application.audit_state) if application.audit_state else ""


@dataclass(frozen=True)
class Answer:
    """What the centre answered to the last try to cancel, and what a person can do about it."""

    at: datetime | None
    code: str
    message: str
    next_step: str


def refused_cancellation(operations: list[Operation]) -> Answer | None:
    """The newest cancellation, when the centre refused it."""
    tries = [one for one in operations if one.kind == CancelApplication.code]
    if not tries or tries[-1].state != State.REJECTED:
        return None
    last = tries[-1]
    known = CancelApplication.gateway.refusals.get(last.code)
    return Answer(last.finished_at, last.code, last.message, known.next_step if known else "请联系医保中心")
