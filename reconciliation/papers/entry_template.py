"""The empty Excel file that entries are brought in."""

from dataclasses import dataclass
from typing import Any

from portal.ledger.lines import HEADS
from portal.papers.xlsx import write_xlsx

ABOUT = [
    ("说明", "带 * 的列必填；国家医保接口的结算还须填结算ID、就诊ID、人员编号、险种、清算类别、清算经办机构"),
    ("结算时间", "医保平台返回的时间，yyyy-MM-dd HH:mm:ss；对账按这个时间归日"),
    ("退费", "退费是单独的一行，与原结算同一个结算单号，金额为负数"),
    ("重复导入", "内容相同不产生影响；内容不同保存为新的版次，以前的仍可查"),
]


@dataclass(frozen=True)
class Head:
    """A column of text: what was typed stays as it is."""

    label: str
    kind: str = "id"
    characters: int = 16


def template() -> tuple[str, bytes]:
    """File name and content."""
    columns = [Head(f"{head.label}*" if head.needed else head.label) for head in HEADS]
    rows: list[list[Any]] = []
    return "结算账导入模板.xlsx", write_xlsx(columns, rows, title="结算账导入模板", about=ABOUT)
