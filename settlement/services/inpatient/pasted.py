"""Fee lines out of a pasted table or an Excel file: text with tabs, read into lines, every fault with its row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from portal.gateway.messages.amounts import PLAIN
from portal.papers.xlsx_reading import Formula, Limits, UnreadableFile, read_xlsx
from settlement.rules.inpatient import MOST_LINES
from settlement.services.lines import LineGiven
from settlement.services.refusals import Refused

#: Label of the column → name in LineGiven; those with * have to be there.
COLUMNS = {
    "机构项目编码": "own_code",
    "项目名称": "own_name",
    "医疗目录编码": "item_code",
    "数量": "quantity",
    "单价": "price",
    "金额": "amount",
    "费用时间": "occurred_at",
    "费用明细流水号": "number",
    "原费用流水号": "initial_number",
    "医嘱号": "prescription",
    "规格": "spec",
    "单位": "unit",
    "收费项目类别": "category",
    "开单科室编码": "department_code",
    "开单科室": "department_name",
    "开单医师编码": "doctor_code",
    "开单医师": "doctor_name",
    "出院带药": "take_home",
}
NEEDED = ("机构项目编码", "医疗目录编码", "数量", "单价")
NUMBERS = ("quantity", "price", "amount")
LONGEST = 200
TIMES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d")


@dataclass(frozen=True)
class Pasted:
    """What was read: lines, and what is wrong with them as (index, field, sentence); indexes count from 0."""

    lines: list[LineGiven]
    faults: list[tuple[int, str, str]]


def text_of_file(content: bytes) -> str:
    """An Excel file's first sheet as it would be pasted; Refused with why it cannot be read."""
    try:
        rows = read_xlsx(content, Limits(rows=MOST_LINES + 1, columns=40))
    except UnreadableFile as error:
        raise Refused(error.sentence, field="file") from None
    return "\n".join("\t".join(_cell(value) for value in row.values) for row in rows)


def _cell(value: Any) -> str:
    if isinstance(value, Formula):
        return value.text
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}"
    return "" if value is None else " ".join(str(value).split())


def read_pasted(text: str) -> Pasted:
    """The lines of a pasted table; Refused when columns are missing or there are too many rows."""
    rows = [line.split("\t") for line in text.splitlines() if line.strip()]
    if not rows:
        raise Refused("没有明细", field="text")
    labels = [one.strip().rstrip("*＊") for one in rows[0]]
    if missing := [label for label in NEEDED if label not in labels]:
        raise Refused(f"首行应为列名，缺少：{'、'.join(missing)}", field="text")
    if unknown := [label for label in labels if label and label not in COLUMNS]:
        raise Refused(f"不认识的列：{'、'.join(unknown)}", field="text")
    if len(rows) - 1 > MOST_LINES:
        raise Refused(f"一次最多 {MOST_LINES:,} 条，这里有 {len(rows) - 1:,} 条", field="text")
    names = [COLUMNS.get(label, "") for label in labels]
    made, faults = [], []
    for n, row in enumerate(rows[1:]):
        values, wrong = _read(names, row)
        made.append(LineGiven(**values))
        faults += [(n, name, f"第 {n + 1} 行：{sentence}") for name, sentence in wrong]
    return Pasted(made, faults)


def _read(names: Sequence[str], row: Sequence[str]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    labels = {name: label for label, name in COLUMNS.items()}
    values: dict[str, Any] = {"own_code": "", "quantity": Decimal(0), "price": Decimal(0)}
    wrong = []
    for name, raw in zip(names, row, strict=False):
        text = raw.strip()[:LONGEST]
        if not name or not text:
            continue
        if name in NUMBERS:
            if PLAIN.fullmatch(text):
                values[name] = Decimal(text)
            else:
                wrong.append((name, f"{labels[name]}应为数字，填写的是 {text[:20]}"))
        elif name == "occurred_at":
            moment = _moment(text)
            values[name] = moment
            if moment is None:
                wrong.append((name, f"费用时间应如 2026-01-31 08:30，填写的是 {text[:20]}"))
        elif name == "take_home":
            values[name] = text in ("1", "是", "Y", "y")
        else:
            values[name] = text
    return values, wrong


def _moment(text: str) -> datetime | None:
    for form in TIMES:
        try:
            return timezone.make_aware(datetime.strptime(text, form))  # noqa: DTZ007 - a clock on the wall here
        except ValueError:
            continue
    return None
