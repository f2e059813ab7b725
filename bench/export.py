"""A long list as Excel: styled, typed and totalled by the portal's own door, against bare openpyxl.

The values are made while they are written, as rows come from the database; both make the same ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from bench.case import Case

ROWS = 100_000
KINDS = ("id", "text", "text", "text", "int", *("money",) * 12, "date", "text", "text")


@dataclass(frozen=True)
class Column:
    label: str
    kind: str
    characters: int = 14


COLUMNS = [Column(f"第{number}列", kind) for number, kind in enumerate(KINDS, start=1)]


def rows() -> Iterator[list[Any]]:
    day = date(2025, 1, 1)
    for number in range(ROWS):
        amounts = [Decimal(number * place % 1_000_003) / 100 for place in range(1, 13)]
        texts = (f"样例{number % 5000}号卫生院", "住院", "平城区")
        yield [f"H{number:011d}", *texts, number, *amounts, day + timedelta(number % 365), "已核对", "无"]


def ours() -> None:
    from portal.papers.xlsx import write_xlsx

    totals = ["合计", *(None,) * 3, ROWS, *(Decimal(1),) * 12, None, None, None]
    content = write_xlsx(COLUMNS, rows(), title="查询清算数据", about=[("机构", "样例医院")], totals=totals)
    if len(content) < ROWS:
        raise AssertionError("rows are missing")


def openpyxl_alone() -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("数据")
    sheet.append([column.label for column in COLUMNS])
    for row in rows():
        sheet.append(row)
    file = BytesIO()
    book.save(file)


def prepare() -> None:
    """Django's clock and the libraries, loaded as in a process that runs."""
    import django

    django.setup()
    import portal.papers.xlsx  # noqa: F401


CASE = Case(
    name="export",
    work="100,000 rows × 20 columns to xlsx",
    against="openpyxl write-only with the same values",
    ours=ours,
    reference=openpyxl_alone,
    prepare=prepare,
    ratio=1.15,
    peak_mb=120,
)
