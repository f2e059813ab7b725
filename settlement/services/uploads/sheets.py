"""Records as rows of an Excel table: columns out of the declaration, several rows where a record has lists."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from pydantic import BaseModel

from portal.gateway.console.fields import Field, fields_of
from portal.gateway.national.columns import FORMS, PATTERNS
from portal.gateway.national.control.reach import is_controlled
from portal.gateway.national.editions import Edition
from settlement.rules.upload_content import INSURED_AT
from settlement.rules.uploads import Kind
from settlement.services.refusals import Refused
from settlement.services.uploads.content import shape_of

HEAD_ROWS = 6
MEDIUM = "dev_safe_info"
#: The column that ties the rows of one record together.
TIE, TIE_LABEL = "#", "记录"
PATH = re.compile(r"[A-Za-z_#][A-Za-z0-9_.#-]*\*?$")


class Line(Protocol):
    """A row of a table: its number there, and its values."""

    @property
    def number(self) -> int: ...
    @property
    def values(self) -> tuple[Any, ...]: ...


@dataclass(frozen=True)
class Slot:
    """A column of the table. `path`: names from the record inwards; `lists`: how many of them are lists."""

    path: tuple[str, ...]
    lists: tuple[bool, ...]
    title: str
    field: Field | None
    form: str = ""

    @property
    def head(self) -> str:
        """What stands above it; the names of the interface at its end are what a file is read by."""
        mark = "*" if self.field is not None and self.field.required else ""
        return f"{self.title} {'.'.join(self.path)}{mark}"


def slots_of(kind: Kind, edition: Edition) -> list[Slot]:
    """The columns of a number's table, in the order of the declaration."""
    forms = {
        column.wire: column.format or FORMS.get(column.type, "")
        for node in edition.table(kind.number).input
        for column in node.columns
    }
    found = list(_slots(shape_of(kind, edition), (), (), "", forms))
    tie = [Slot((TIE,), (), TIE_LABEL, None)] if any(True in one.lists for one in found) else []
    has_region = any(one.path == (INSURED_AT,) for one in found)
    of_people = any(one.path[-1] == "psn_no" for one in found)
    region = [Slot((INSURED_AT,), (), "参保地医保区划", None)] if of_people and not has_region else []
    return [*tie, *found, *region]


def _slots(
    shape: type[BaseModel], path: tuple[str, ...], lists: tuple[bool, ...], title: str, forms: Mapping[str, str]
) -> Iterator[Slot]:
    for one in fields_of(shape):
        if one.wire == MEDIUM and not path and is_controlled(shape.__name__.removeprefix("T")):
            continue
        words = f"{title}·{one.label}" if title and path != ("data",) else one.label
        if one.inner is not None:
            yield from _slots(one.inner, (*path, one.wire), (*lists, one.control == "list"), one.label, forms)
        else:
            yield Slot((*path, one.wire), lists, words, one, forms.get(one.wire, ""))


# --- reading


@dataclass(frozen=True)
class Read:
    """The records of a file, and where each begins in it."""

    records: list[dict[str, Any]]
    places: list[str]


def read_lines(lines: Sequence[Line], slots: Sequence[Slot]) -> Read:
    """The records below the heads. Raises Refused where there are no heads, or no rows."""
    start, columns = _heads(lines, {".".join(one.path): one for one in slots})
    tied = next((at for at, one in columns.items() if one.path == (TIE,)), None)
    records: list[dict[str, Any]] = []
    places: list[str] = []
    last = object()
    for line in lines[start + 1 :]:
        values = {at: line.values[at] for at in columns if at < len(line.values)}
        if all(value in (None, "") for value in values.values()):
            continue
        mark = values.get(tied) if tied is not None else None
        if tied is None or not records or (mark not in (None, "") and mark != last):
            records.append({})
            places.append(f"第 {line.number} 行")
        last = mark if mark not in (None, "") else last
        _fill(records[-1], [(columns[at], value) for at, value in values.items() if at != tied])
    if not records:
        raise Refused("文件中没有数据行", "file")
    return Read(records, places)


def _heads(lines: Sequence[Line], known: Mapping[str, Slot]) -> tuple[int, dict[int, Slot]]:
    best: tuple[int, dict[int, Slot]] = (0, {})
    for index, line in enumerate(lines[:HEAD_ROWS]):
        found: dict[int, Slot] = {}
        for at, value in enumerate(line.values):
            match = PATH.search(str(value or "").strip())
            slot = known.get(match[0].rstrip("*")) if match else None
            if slot is not None and slot not in found.values():
                found[at] = slot
        if len(found) > len(best[1]):
            best = (index, found)
    if not best[1]:
        raise Refused("文件中没有找到表头，请使用模板", "file")
    return best


def _fill(record: dict[str, Any], cells: Sequence[tuple[Slot, Any]]) -> None:
    """Put one row into the record: single items where they are still empty, one new entry in each list it names."""
    entries: dict[tuple[str, ...], dict[str, Any]] = {}
    for slot, value in cells:
        text = cell(value, slot)
        if text in (None, ""):
            continue
        place: dict[str, Any] = record
        for depth, name in enumerate(slot.path[:-1]):
            inner = slot.path[: depth + 1]
            if slot.lists[depth]:
                if inner not in entries:
                    entries[inner] = {}
                    place.setdefault(name, []).append(entries[inner])
                place = entries[inner]
            else:
                place = place.setdefault(name, {})
        place.setdefault(slot.path[-1], text)


def cell(value: Any, slot: Slot) -> Any:
    """A cell as the interface writes it; what cannot be told stays as it is written, for the declaration to refuse."""
    field = slot.field
    if isinstance(value, datetime | date):
        time = f" {value:%H:%M:%S}" if isinstance(value, datetime) else " 00:00:00"
        return f"{value:%Y-%m-%d}{time}" if "HH" in slot.form else f"{value:%Y-%m-%d}"
    if value is None or isinstance(value, bool):
        return None if value is None else ("1" if value else "0")
    if isinstance(value, int | float):
        exact = Decimal(str(value)).normalize()
        whole = exact == exact.to_integral_value()
        if field is not None and field.control == "number":
            return int(exact) if field.whole and whole else f"{exact:f}"
        return f"{exact:f}"
    text = str(value).strip()
    if field is not None and field.control == "select":
        return next((code for code, label in field.choices if text in (code, label, label.partition(" ")[2])), text)
    if field is not None and field.control == "lines":
        return [line.strip() for line in text.splitlines() if line.strip()]
    if field is not None and field.whole and text.isascii() and text.isdecimal():
        return int(text)
    return f"{text} 00:00:00" if "HH" in slot.form and re.fullmatch(PATTERNS["yyyy-MM-dd"], text) else text


def read_json(content: bytes) -> Read:
    """The records of a JSON file: a list, or {"records": […]}. Raises Refused saying where it cannot be read."""
    try:
        told = json.loads(content.decode("utf-8-sig"), parse_float=Decimal)
    except UnicodeDecodeError:
        raise Refused("文件不是 UTF-8 文本", "file") from None
    except json.JSONDecodeError as error:
        raise Refused(f"第 {error.lineno} 行第 {error.colno} 个字符附近不是合法的 JSON", "file") from None
    except (RecursionError, ArithmeticError):
        raise Refused("文件层次太深或有无法读取的数字", "file") from None
    records = told.get("records") if isinstance(told, dict) else told
    if not isinstance(records, list) or not records or not all(isinstance(one, dict) for one in records):
        raise Refused('JSON 文件应为一列记录，或 {"records": [ … ]}', "file")
    return Read(records, [f"第 {place} 条" for place in range(1, len(records) + 1)])
