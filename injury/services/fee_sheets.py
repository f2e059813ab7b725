"""Rows of an Excel file as a delivery says them: heads found by name, cells as text, nothing guessed. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from injury.models import Content
from injury.rules.fee_fields import ADVICE_LABELS, ADVICES, CROSS, LABELS, LOCAL, NUMBERS
from injury.services.refusals import Refused
from portal.codes import code_list

HEAD_ROWS = 10
MARKS = re.compile(r"[\s*＊]|（[^）]*）|\([^)]*\)")
LOOSE_DAY = re.compile(r"([0-9]{4})[-/.年]?([0-9]{1,2})[-/.月]?([0-9]{1,2})日?", re.ASCII)
TOTAL = ("合计", "总计", "小计")
DATES = ("prescribed_on", "started_on", "ended_on")
FLAGS = ("is_unrelated", "is_rescue")
YES = {"是": "1", "否": "0", "√": "1", "": ""}
CODES = {"kind": "alc404", "own_category": "aka063", "own_grade": "aka065"}
#: Other heads that hospitals write.
WRITTEN = {
    "line_id": ("流水号", "明细流水号"),
    "own_category": ("费用类别",),
    "own_grade": ("等级", "项目等级"),
    "amount": ("总金额",),
    "own_name": ("收费项目名称", "名称"),
    "is_unrelated": ("非工伤",),
    "is_rescue": ("抢救标识",),
    "refunds": ("冲减流水号", "退费对应流水号"),
    "explanation": ("情况说明",),
}
NEEDED = {
    Content.FEES: (
        *("line_id", "prescription", "prescribed_on", "days", "own_code", "own_name", "kind"),
        *(*NUMBERS, "advice_no"),
    ),
    Content.ADVICES: ("number", "started_on", "text", "doctor", "nurse"),
}


class Sheet(Protocol):
    """One row of a table: its number there, and its values (portal.papers.xlsx_reading gives them)."""

    @property
    def number(self) -> int: ...
    @property
    def values(self) -> tuple[Any, ...]: ...


@dataclass(frozen=True)
class Read:
    """Lines by our names, and the row in Excel of each."""

    rows: list[dict[str, str]]
    numbers: list[int]


def labels_of(content: str) -> Mapping[str, str]:
    return LABELS if content == Content.FEES else ADVICE_LABELS


def heads_of(content: str) -> dict[str, str]:
    """Every head that is understood (without blanks, marks and brackets, small letters), with our name."""
    wires = LOCAL | {"own_name": "alc403"} if content == Content.FEES else {n: w for n, (_, w) in ADVICES.items()}
    found = {}
    for name, label in labels_of(content).items():
        others = (wires.get(name, ""), CROSS.get(name, "") if content == Content.FEES else "")
        for head in (label, name, *others, *(WRITTEN.get(name, ()) if content == Content.FEES else ())):
            if head:
                found[head.lower()] = name
    return found


def read_sheet(lines: Sequence[Sheet], content: str) -> Read:
    """The rows below the heads, which stand in one of the first ten rows.

    Raises Refused naming the columns that are missing, or saying that there are no rows.
    """
    start, places = _head(lines, content)
    rows, numbers = [], []
    for line in lines[start + 1 :]:
        row = {name: cell(line.values[at], name) if at < len(line.values) else "" for name, at in places.items()}
        first = next(iter(row.values()), "")
        if not any(row.values()) or first in TOTAL:
            continue
        rows.append({name: value for name, value in row.items() if value != ""})
        numbers.append(line.number)
    if not rows:
        raise Refused("文件中没有数据行", "file")
    return Read(rows, numbers)


def _head(lines: Sequence[Sheet], content: str) -> tuple[int, dict[str, int]]:
    known, start = heads_of(content), 0
    best: dict[str, int] = {}
    for index, line in enumerate(lines[:HEAD_ROWS]):
        here: dict[str, int] = {}
        for at, value in enumerate(line.values):
            name = known.get(MARKS.sub("", str(value or "")).lower())
            if name is None:
                continue
            if name in here:
                raise Refused(f"文件中有两列“{labels_of(content)[name]}”，请删去一列", "file")
            here[name] = at
        if len(here) > len(best):
            best, start = here, index
    missing = [labels_of(content)[name] for name in NEEDED[Content(content)] if name not in best]
    if missing:
        raise Refused(f"文件前 {HEAD_ROWS} 行中没有找到列：{'、'.join(missing)}；请使用模板", "file")
    return start, best


def cell(value: Any, name: str) -> str:
    """A cell's value as text: whole numbers without a point, days as 2025-06-01, labels of code lists as codes.

    What cannot be told stays as it is written, for the rules to refuse.
    """
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int):
        return str(value) if abs(value) < 10**15 or name in NUMBERS else f"{value}（数字格式会丢失位数，请用文本格式）"
    if isinstance(value, float):
        return _decimal(value)
    text = str(value).strip().lstrip("'")
    if name in DATES and (day := LOOSE_DAY.fullmatch(text)):
        return f"{day[1]}-{int(day[2]):02}-{int(day[3]):02}"
    if name in FLAGS:
        return YES.get(text, text)
    if name in NUMBERS:
        return text.replace(",", "")
    if name in CODES:
        return _code(text, name)
    return text


def _decimal(value: float) -> str:
    """A binary number of Excel as the decimal that was typed: six places are the finest that any field has."""
    near = round(value, 6)
    if abs(near - value) > 1e-9 * max(1.0, abs(value)):
        return repr(value)
    return f"{near:.6f}".rstrip("0").rstrip(".")


def _code(text: str, name: str) -> str:
    known = [code_list(f"injury.{CODES[name]}")]
    if name == "kind":
        known.append(code_list("injury.alk022"))
    for codes in known:
        for code, label in codes.choices():
            if text in (label, f"{code} {label}"):
                return code
    return text
