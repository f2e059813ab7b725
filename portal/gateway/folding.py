"""Messages as trees that a page can fold: names with their labels, values masked unless somebody gave a reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from portal.codes import code_list
from portal.gateway.console.texts import Unreadable, read
from portal.gateway.journal.handlers import class_of
from portal.gateway.journal.models import Attempt
from portal.gateway.messages import Request, class_in_use, item_of, masked_tree
from portal.gateway.messages.masks import declared_name, group_of
from portal.vault import BrokenSeal

#: Entries of one list, characters of one value and lines altogether that a page shows.
ENTRIES, CHARACTERS, LINES = 100, 2_000, 4_000


@dataclass
class Line:
    """One name of a message. `note` says what a code means; `more` how many entries of a list are not shown."""

    name: str
    label: str = ""
    value: str = ""
    note: str = ""
    is_text: bool = False
    lines: list[Line] = field(default_factory=list)
    size: str = ""
    more: int = 0


@dataclass(frozen=True)
class Folded:
    """A message for the page: its lines, or the sentence that is shown instead."""

    lines: list[Line]
    sentence: str = ""


def folded(attempt: Attempt, *, masked: bool = True) -> tuple[Folded, Folded]:
    """Request and reply of one message, in full only without `masked`."""
    try:
        kind = kind_of(attempt)
    except LookupError:
        nothing = Folded([], "这种交易已不再支持，没有可显示的内容")
        return nothing, nothing
    waiting = "还没有答复" if not attempt.outcome else "没有答复内容"
    sent = folded_text(kind, revealed(attempt.raw_request), "没有请求内容", masked=masked)
    return sent, folded_text(kind.reply(), revealed(attempt.raw_reply), waiting, masked=masked)


def kind_of(attempt: Attempt) -> type[Request[Any]]:
    """The transaction of a message; a query's is that in use now, for nobody wrote down another. LookupError."""
    if attempt.operation is not None:
        return class_of(attempt.operation)
    return class_in_use(attempt.gateway, attempt.kind, attempt.environment)


def revealed(sealed: Any) -> str:
    try:
        return str(sealed.reveal()) if sealed else ""
    except BrokenSeal:
        return ""


def folded_text(kind: type[BaseModel], text: str, otherwise: str, *, masked: bool = True) -> Folded:
    """The message in this text; `otherwise` is said when there is none."""
    if not text:
        return Folded([], otherwise)
    try:
        tree = read(text)
    except Unreadable:
        return Folded([], "内容不是 JSON，只能查看原文")
    return folded_tree(kind, tree, masked=masked)


def folded_tree(kind: type[BaseModel], tree: dict[str, Any], *, masked: bool = True) -> Folded:
    """This message, with the labels and codes of its declaration."""
    budget = iter(range(LINES))
    return Folded(list(_members(kind, masked_tree(kind, tree) if masked else tree, budget)))


def _members(kind: type[BaseModel] | None, tree: dict[str, Any], budget: Iterator[int]) -> Iterator[Line]:
    for name, value in tree.items():
        found = declared_name(kind, name) if kind else None
        info = kind.model_fields[found] if kind and found else None
        declared = item_of(kind, found) if kind and found else None
        inner = group_of(info.annotation) if info else None
        yield _line(name, declared.label if declared else "", value, inner, declared.codes if declared else "", budget)


def _line(name: str, label: str, value: Any, inner: type[BaseModel] | None, codes: str, budget: Iterator[int]) -> Line:
    if next(budget, None) is None:
        return Line(name, label, "…")
    if isinstance(value, dict) and value:
        return Line(name, label, size=f"{len(value)} 项", lines=list(_members(inner, value, budget)))
    if isinstance(value, list) and value:
        entries = [_line(str(n + 1), "", one, inner, codes, budget) for n, one in enumerate(value[:ENTRIES])]
        size = f"{len(value)} 条" if inner else f"{len(value)} 个"
        if inner:
            entries = [_entry(entry, n) for n, entry in enumerate(entries)]
        return Line(name, label, size=size, lines=entries, more=max(len(value) - ENTRIES, 0))
    return Line(name, label, _text(value), _meaning(codes, value), isinstance(value, str))


def _entry(line: Line, number: int) -> Line:
    line.name, line.label = f"[{number}]", f"第 {number + 1} 条"
    return line


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, dict | list):
        return "{}" if isinstance(value, dict) else "[]"
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return text if len(text) <= CHARACTERS else f"{text[:CHARACTERS]}…（共 {len(text):,} 个字符）"


def _meaning(codes: str, value: Any) -> str:
    if not codes or not isinstance(value, str):
        return ""
    label = code_list(codes).label(value)
    return "" if label == value else label


def masked_json(attempt: Attempt) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Request and reply for programs, masked; None where nothing can be read."""
    try:
        kind = kind_of(attempt)
    except LookupError:
        return None, None
    return _masked(kind, attempt.raw_request), _masked(kind.reply(), attempt.raw_reply)


def _masked(kind: type[BaseModel], sealed: Any) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = masked_tree(kind, read(revealed(sealed)))
    except Unreadable:
        return None
    return found
