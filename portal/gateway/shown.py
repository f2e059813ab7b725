"""An operation in words: its steps, what happens next, and its messages with secrets masked."""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from portal.gateway.journal.handlers import handler_of, reply_of, request_of
from portal.gateway.journal.models import Operation
from portal.gateway.journal.states import DOUBTFUL, Outcome, State, Task
from portal.gateway.messages import Record, gateway, masked, request_class, without_identities

Mark = Literal["done", "now", "doubt", "bad", "ahead"]
TONES = {
    State.DRAFT: "warn",
    State.APPROVED: "brand",
    State.QUEUED: "brand",
    State.SENDING: "brand",
    State.DONE: "good",
    State.REJECTED: "bad",
    State.REVERSED: "bad",
    State.REFUSED: "bad",
    State.WITHDRAWN: "",
}
OUTCOME_TONES: dict[Outcome, Literal["", "good", "warn", "bad", "doubt", "brand"]] = {
    Outcome.OK: "good",
    Outcome.REJECTED: "bad",
    Outcome.UNKNOWN: "doubt",
    Outcome.OK_UNPARSED: "doubt",
}
#: Characters of a message that a page shows.
LONGEST = 20_000


@dataclass(frozen=True)
class StepShown:
    """One step of an operation's way: 提交, 复核, 发送, 结果."""

    label: str
    mark: Mark
    who: str = ""
    at: datetime | None = None


def tone(operation: Operation) -> str:
    return "doubt" if operation.is_doubtful else TONES[State(operation.state)]


def gateway_title(name: str) -> str:
    try:
        return gateway(name).title
    except LookupError:
        return name


def kind_title(gateway_name: str, code: str) -> str:
    try:
        return request_class(gateway_name, code).title
    except LookupError:
        return code


def steps(operation: Operation) -> list[StepShown]:
    """The way of this operation, with who and when."""
    state = State(operation.state)
    found = [StepShown("提交", "done", operation.created_label, operation.created_at)]
    if operation.four_eyes:
        who = str(operation.approved_by or "")
        mark: Mark = "done" if operation.approved_by_id else "now" if state == State.DRAFT else "bad"
        found.append(StepShown("复核", mark, who, operation.approved_at))
    waiting = state in (State.DRAFT, State.APPROVED, State.REFUSED, State.WITHDRAWN)
    sending: Mark = "ahead" if waiting else "now" if state in (State.QUEUED, State.SENDING) else "done"
    found.append(StepShown("发送", sending, f"第 {operation.attempts} 次" if operation.attempts else ""))
    result: Mark = "ahead"
    if state in DOUBTFUL:
        result = "doubt"
    elif state == State.DONE:
        result = "done"
    elif not operation.is_live:
        result = "bad"
    label = "结果待确认" if state in DOUBTFUL else operation.sentence if not operation.is_live else "结果"
    found.append(StepShown(label, result, "", operation.finished_at))
    return found


NEXT = {
    State.DRAFT: "等待另一位复核人员复核。复核通过后才会发送到医保中心。",
    State.APPROVED: "已复核，马上发送。",
    State.QUEUED: "已进入发送队列，通常几秒内发出。页面可以关闭。",
    State.SENDING: "已发出，正在等待医保中心答复。请不要用其他程序重复办理。",
    State.DONE: "已完成，无需再做什么。",
    State.REJECTED: "医保中心明确拒绝，没有产生任何结果。请按说明更正后重新提交。",
    State.IN_DOUBT: "医保中心可能已经受理。系统会在静默期后自动查询核实，有结果前不会重复发送，也请不要重复办理。",
    State.RESOLVING: "系统正在向医保中心查询核实，还没有查到确定的结果，到时会自动再查。有结果前不会重复发送。",
    State.REVERSING: "正在冲正，结果待确认。",
    State.REVERSED: "已冲正，没有留下结果。",
    State.MANUAL: "系统无法自动确认结果，须由两位有权限的人员向医保中心核对后分别认定。认定前不会重复发送。",
    State.REFUSED: "复核未通过，没有发送。可以更正后重新提交。",
    State.WITHDRAWN: "已撤回，没有发送。",
}


def what_next(operation: Operation) -> str:
    """One or two sentences that tell the clerk what happens now; never that an unknown result failed."""
    if operation.task == Task.UNAPPLIED:
        return "医保中心已有结果，门户入账还没有完成，系统会自动补做。"
    return NEXT[State(operation.state)]


def totals(operation: Operation) -> list[tuple[str, str]]:
    """The expected totals that the business has names for."""
    try:
        labels = handler_of(operation).labels
    except LookupError:
        return []
    return [(label, worded(operation.expected[name])) for name, label in labels.items() if name in operation.expected]


def worded(value: Any) -> str:
    """A total as people read it: thousands separators, amounts with their two places."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    return f"{number:,.2f}" if "." in str(value) else f"{number:,f}"


def consequence(operation: Operation) -> str:
    try:
        return handler_of(operation).consequence
    except LookupError:
        return ""


def items_of(record: Record | None) -> list[tuple[str, str]]:
    """Label and value of each item, secrets masked."""
    if record is None:
        return []
    shown = masked(record)
    declared = {item.wire: item.label for item in type(record).items()}
    return [(declared.get(name, name), readable(value)) for name, value in shown.items() if value is not None]


def readable(value: Any) -> str:
    """As text that people may see; what looks like an identity number is masked, whatever item it stands in."""
    if isinstance(value, str):
        return without_identities(value)
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        listed = without_identities("、".join(value))
        return listed if len(listed) <= LONGEST else listed[:LONGEST] + " …"
    text = without_identities(json.dumps(value, ensure_ascii=False, default=str))
    return text if len(text) <= LONGEST else text[:LONGEST] + " …"


def request_items(operation: Operation) -> list[tuple[str, str]]:
    """The request, masked; empty when it cannot be read."""
    try:
        return items_of(request_of(operation))
    except (ValueError, LookupError):
        return []


def reply_items(operation: Operation) -> list[tuple[str, str]]:
    try:
        return items_of(reply_of(operation))
    except (ValueError, LookupError):
        return []
