"""The sheet on which decisions come back: chosen differences with two empty columns."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from portal.papers.xlsx import write_xlsx
from portal.web.tables import Column
from reconciliation.models import Action, Difference
from reconciliation.services.sheets import ACTION, KEY, REASON

COLUMNS = (
    Column("pk", KEY, "id", width=40),
    Column("kind", "差异类型", width=18),
    Column("number", "结算单号", "id"),
    Column("setl_id", "结算ID", "id"),
    Column("person", "人员", width=12),
    Column("day", "结算日期", "date"),
    Column("ours_total", "本机构总额", "money"),
    Column("theirs_total", "中心总额", "money"),
    Column("total_gap", "总额差", "money"),
    Column("fund_gap", "基金差", "money"),
    Column("proposal", "建议", width=18),
    Column("note", "说明", width=40),
    Column("action", ACTION, "id", width=20),
    Column("reason", REASON, "id", width=40),
)
FILLED = len(COLUMNS) - 2


def decision_sheet(rows: QuerySet[Difference], *, about: Iterable[tuple[str, str]]) -> bytes:
    """An Excel file of these differences; what is filled into its last two columns can be uploaded."""
    words = "、".join(str(one.label) for one in Action)
    told = [("填写", f"“{ACTION}”填 {words}；“{REASON}”必填；没有填写的行不处理。请不要改“{KEY}”一列"), *about]
    each = rows.order_by("day", "pk").iterator(chunk_size=1000)
    values = ([*(column.cell(one).value for column in COLUMNS[:FILLED]), None, None] for one in each)
    return write_xlsx(COLUMNS, values, title="差异处理表", about=told)
