"""Reading the cells of an Excel file that a person brought: which column is which, and what a cell says; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from injury.services.refusals import Refused
from portal.codes import code_list
from portal.papers.xlsx_reading import Formula

#: Rows in which the heads are looked for, and faults that are kept.
HEAD_ROWS, FAULTS = 10, 100
AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]+)?", re.ASCII)
DAY = re.compile(r"([0-9]{4})[-/.]?([0-9]{1,2})[-/.]?([0-9]{1,2})", re.ASCII)


class Line(Protocol):
    """One row of a table; portal.papers.xlsx_reading gives them."""

    @property
    def number(self) -> int: ...
    @property
    def values(self) -> tuple[Any, ...]: ...


Read = Callable[[Any, str], Any]


@dataclass(frozen=True)
class Head:
    """A column: what it becomes, what people and systems call it (the first name is ours), and how its cells are read.

    `read` gets the value and our name for it, and raises ValueError with a sentence.
    """

    name: str
    called: tuple[str, ...]
    read: Read
    is_required: bool = True

    @property
    def label(self) -> str:
        return self.called[0]


@dataclass
class Faults:
    """What is wrong with a file: the first sentences, and how many there are."""

    count: int = 0
    first: list[str] = field(default_factory=list)

    def add(self, number: int, sentence: str) -> None:
        self.count += 1
        if len(self.first) < FAULTS:
            self.first.append(f"第 {number} 行：{sentence}")


def read_lines(
    lines: Iterable[Line], heads: tuple[Head, ...], faults: Faults, is_empty: Callable[[dict[str, Any]], bool]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The values of each line behind the heads, by name, with its number; lines with faults are left out.

    `is_empty` says of the cells as they are whether the line is none. Raises Refused when columns are missing.
    """
    coming = iter(lines)
    places = find_heads(coming, heads)
    for line in coming:
        cells = {one.name: _cell(line.values, places[one.name]) if one.name in places else None for one in heads}
        if is_empty(cells):
            continue
        values: dict[str, Any] = {}
        said = faults.count
        for one in heads:
            try:
                values[one.name] = one.read(cells[one.name], one.label)
            except ValueError as error:
                faults.add(line.number, str(error))
        if faults.count == said:
            yield line.number, values


def find_heads(lines: Iterator[Line], heads: tuple[Head, ...]) -> dict[str, int]:
    """Where each column stands; takes the lines up to the heads. Raises Refused naming what is missing."""
    best: dict[str, int] = {}
    for _, line in zip(range(HEAD_ROWS), lines, strict=False):
        words = [str(value).strip().lower() if isinstance(value, str) else "" for value in line.values]
        here = {
            one.name: place
            for one in heads
            if (place := next((words.index(name) for name in one.called if name in words), -1)) >= 0
        }
        if all(one.name in here for one in heads if one.is_required):
            return here
        best = max(best, here, key=len)
    missing = "、".join(one.label for one in heads if one.is_required and one.name not in best)
    raise Refused(f"文件前 {HEAD_ROWS} 行中没有找到列：{missing}", field="file")


def _cell(values: tuple[Any, ...], place: int) -> Any:
    value = values[place] if place < len(values) else None
    return value.strip() or None if isinstance(value, str) else value


# --- kinds of cells: each returns a reader


def text(longest: int, *, is_required: bool = True) -> Read:
    """Words; a number in a column of words is taken as it reads."""

    def read(value: Any, label: str) -> str:
        said = _words(value, label, numbers=True)
        if is_required and not said:
            raise ValueError(f"{label}不能为空")
        if len(said) > longest:
            raise ValueError(f"{label}最多 {longest} 个字，现为 {len(said)} 个字")
        return said

    return read


def code(longest: int) -> Read:
    """A code: text, because a number loses its leading zeros."""

    def read(value: Any, label: str) -> str:
        if isinstance(value, int | float) and not isinstance(value, bool):
            raise ValueError(f"{label}须为文本格式，数字格式会丢失位数")
        said = _words(value, label)
        if not said:
            raise ValueError(f"{label}不能为空")
        if len(said) > longest:
            raise ValueError(f"{label}最多 {longest} 位，现为 {len(said)} 位")
        if any(sign.isspace() for sign in said):
            raise ValueError(f"{label}中不能有空格")
        return said

    return read


def choice(codes: str, *, is_required: bool = True) -> Read:
    """An entry of a code list, by code or by label."""

    def read(value: Any, label: str) -> str:
        known = code_list(codes)
        said = _words(value, label, numbers=True)
        if not said and not is_required:
            return ""
        if said in known:
            return said
        found = next((one for one, words in known.choices() if words == said), "")
        if not found:
            raise ValueError(f"{label}“{said}”不在代码表中" if said else f"{label}不能为空")
        return found

    return read


def amount(places: int) -> Read:
    """Yuan, not negative, or None."""

    def read(value: Any, label: str) -> Decimal | None:
        if value is None or value == "":
            return None
        if isinstance(value, float):
            value = f"{value:.{places + 4}f}".rstrip("0").rstrip(".")
        said = _words(value, label, numbers=True).replace(",", "")
        if not AMOUNT.fullmatch(said) or len(said.partition(".")[2].rstrip("0")) > places:
            raise ValueError(f"{label}应为不小于 0、最多 {places} 位小数的数字")
        return Decimal(said)

    return read


def day(value: Any, label: str) -> date | None:
    """A day as Excel keeps it, or as text: 2026-01-31, 2026/1/31, 20260131; None when empty."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    found = DAY.fullmatch(_words(value, label, numbers=True))
    try:
        if not found:
            raise ValueError
        made = date(*map(int, found.groups()))
    except ValueError:
        raise ValueError(f"{label}应为日期，例如 2026-01-31") from None
    if not 1990 <= made.year <= 2999:
        raise ValueError(f"{label}的年份不合理")
    return made


def _words(value: Any, label: str, *, numbers: bool = False) -> str:
    if isinstance(value, Formula):
        raise ValueError(f"{label}是公式，请在 Excel 中粘贴为数值后再导入")
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float if numbers else str):
        raise ValueError(f"{label}不是文本")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    said = str(value).strip()
    if any(ord(sign) < 32 for sign in said):
        raise ValueError(f"{label}中有换行或不可见字符")
    return said
