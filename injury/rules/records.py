"""The record nodes of a discharge as pages show them, and what an entry still lacks (4.13, 4.26).

Labels, lengths, dates and code lists come from the declarations. The specification marks none of the items as
required and only says that records and reports are (4.13): what an entry must have at least is this portal's choice,
kept in `ESSENTIAL`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from annotated_types import MaxLen
from pydantic import ValidationError

from injury.messages.records import (
    AdmissionNote,
    CtReport,
    DischargeNote,
    FrontPage,
    MriReport,
    OperationNote,
    UltrasoundReport,
    XRayReport,
)
from injury.models.discharge import Node
from portal.gateway.messages import Part, faults, item_of

#: Characters that a field of a draft may hold, right or wrong; more is nobody's typing.
MOST_TYPED = 20_000
#: From this length on a field is broad; beyond it, it is written on several lines.
LONG = 200
NO_DAY = "应为日期，如 2025-01-31"

RECORDS: dict[str, type[Part]] = {
    Node.ADMISSION_NOTE: AdmissionNote,
    Node.DISCHARGE_NOTE: DischargeNote,
    Node.OPERATION: OperationNote,
    Node.FRONT_PAGE: FrontPage,
    Node.ULTRASOUND: UltrasoundReport,
    Node.XRAY: XRayReport,
    Node.CT: CtReport,
    Node.MRI: MriReport,
}
ESSENTIAL: dict[str, frozenset[str]] = {
    Node.ADMISSION_NOTE: frozenset({"aac004", "aac006", "blz060", "blz061", "blz066", "blz068"}),
    Node.DISCHARGE_NOTE: frozenset({"aac004", "aac006", "blc074", "blc075", "blz070", "blz071", "blz072", "blz073"}),
    Node.OPERATION: frozenset({"opr031", "opr033", "opr040"}),
    Node.FRONT_PAGE: frozenset(
        {
            *("aab034", "aac004", "aac006", "akc192", "akc194"),
            *("blm003", "blm005", "blm009", "blm022"),
        }
    ),
    Node.ULTRASOUND: frozenset({"kcb001", "kcb003", "kcb004", "kcb005", "kcb006"}),
    Node.XRAY: frozenset({"kcx001", "kcx003", "kcx004", "kcx005", "kcx006"}),
    Node.CT: frozenset({"kcc001", "kcc003", "kcc004", "kcc005", "kcc006"}),
    Node.MRI: frozenset({"kch001", "kch003", "kch004", "kch005", "kch006"}),
}
#: What the admission has sealed: shown masked, never typed, put in when the discharge is sent.
GIVEN: dict[str, tuple[str, ...]] = {Node.FRONT_PAGE: ("aac002", "aac003")}
#: What stays true of a person from one stay to the next, and so may be copied; nothing about this illness.
LASTING: dict[str, tuple[str, ...]] = {
    Node.ADMISSION_NOTE: ("aac008", "aac010", "blz062", "blz063", "blz064", "blz065"),
    Node.DISCHARGE_NOTE: ("aac008", "aac010"),
    Node.FRONT_PAGE: (
        *("aac005", "aac009", "aac010", "aac020", "aac021", "aad005", "aad007", "aad010", "aae005", "aae006", "aae007"),
        *("aae010", "aae017", "aam003", "aam005", "aam010", "aam036", "akc020", "blm001", "blm015", "blm016"),
        *("blm018", "blm019"),
    ),
}
#: The front page has 73 items: what belongs together, with the first item of each group.
FRONT_PAGE_GROUPS = (
    ("aab034", "机构与病人"),
    ("aad005", "单位、住址与联系人"),
    ("akc192", "入院与出院"),
    ("blm012", "诊断、过敏与血型"),
    ("blm020", "医师与质控"),
    ("blm032", "离院与管理"),
)


@dataclass(frozen=True, slots=True)
class Field:
    """One item of a record: `size` in characters, 0 for a date or a code."""

    name: str
    label: str
    size: int
    is_day: bool
    codes: str
    is_essential: bool

    @property
    def is_broad(self) -> bool:
        return self.size == LONG

    @property
    def is_long(self) -> bool:
        return self.size > LONG


@cache
def fields_of(node: str) -> tuple[Field, ...]:
    """The items of a node in the specification's order."""
    return tuple(_field(node, name) for name in RECORDS[node].model_fields)


def _field(node: str, name: str) -> Field:
    record = RECORDS[node]
    declared, info = item_of(record, name), record.model_fields[name]
    size = next((mark.max_length for mark in info.metadata if isinstance(mark, MaxLen)), 0)
    is_day = "pattern" in repr(info.annotation)
    return Field(name, declared.label, 0 if declared.codes else size, is_day, declared.codes, name in ESSENTIAL[node])


def groups_of(node: str) -> list[tuple[str, tuple[Field, ...]]]:
    """The items of a node under their headings; one group without a heading where there are few."""
    found = fields_of(node)
    if node != Node.FRONT_PAGE:
        return [("", found)]
    starts = dict(FRONT_PAGE_GROUPS)
    groups: list[tuple[str, list[Field]]] = []
    for field in found:
        if field.name in starts:
            groups.append((starts[field.name], []))
        groups[-1][1].append(field)
    return [(title, tuple(members)) for title, members in groups]


def typed(node: str, values: Mapping[str, Any]) -> dict[str, str]:
    """What of `values` belongs to the node, as text without outer blanks; empty items are left out.

    Raises ValueError naming the item for one that is no text or longer than anybody types.
    """
    found: dict[str, str] = {}
    for field in fields_of(node):
        value = values.get(field.name)
        if value is None or field.name in GIVEN.get(node, ()):
            continue
        if not isinstance(value, str):
            raise ValueError(f"{field.label}（{field.name}）：应为文本")
        if len(value) > MOST_TYPED:
            raise ValueError(f"{field.label}（{field.name}）：最多 {MOST_TYPED} 个字符")
        if text := value.replace("\r\n", "\n").strip():
            found[field.name] = text
    return found


def undeclared(node: str, values: Mapping[str, Any]) -> list[str]:
    """Names that the node does not have."""
    return [name for name in values if name not in RECORDS[node].model_fields]


def record_faults(node: str, content: Mapping[str, str]) -> list[tuple[str, str]]:
    """What is missing or wrong in an entry, as (item, sentence), all at once."""
    fields = fields_of(node)
    found = [(one.name, "必填") for one in fields if one.is_essential and not content.get(one.name)]
    days = {one.name for one in fields if one.is_day}
    found += [(name, NO_DAY) for name in days & content.keys() if not is_day(content[name])]
    try:
        RECORDS[node].model_validate(dict(content))
    except ValidationError as error:
        told = [(str(one.path[-1]) if one.path else "", one.sentence) for one in faults(error, RECORDS[node])]
        found += [one for one in told if one[0] not in days]
    return found


def is_day(text: str) -> bool:
    """Whether the text is a day of the calendar, written yyyy-mm-dd."""
    try:
        return bool(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII)) and bool(date.fromisoformat(text))
    except ValueError:
        return False


def node_title(node: str) -> str:
    return str(Node(node).label)


def named(node: str, found: Iterable[tuple[str, str]]) -> list[str]:
    """Faults as sentences with the items' labels."""
    labels = {field.name: field.label for field in fields_of(node)}
    return [f"{labels.get(name, name)}：{sentence}" for name, sentence in found]
