"""Empty Excel files for records, made from the declaration of their transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portal.gateway.national.editions import Edition
from portal.papers.xlsx import write_xlsx
from settlement.rules.uploads import Kind
from settlement.services.uploads.sheets import TIE, slots_of


@dataclass(frozen=True)
class Head:
    """A column of text: every cell keeps what was typed."""

    label: str
    kind: str = "id"
    characters: int = 22


def template(kind: Kind, edition: Edition) -> tuple[str, bytes]:
    """File name and content of the empty table."""
    slots = slots_of(kind, edition)
    has_lists = any(slot.path == (TIE,) for slot in slots)
    about = [("说明", "带 * 的列必填；没有用到的列可以删去，列的顺序不限；表头末尾的英文名称不能改")]
    about += [("代码", "代码表的列填代码或名称；日期填 2026-01-31，时间填 2026-01-31 08:30:00")]
    if has_lists:
        about.append(("多行", "一条记录有几项明细时写成几行，“记录”列写同一个编号；第一行填基本信息"))
    rows: list[list[Any]] = []
    title = f"{kind.number} {kind.title}导入模板"
    return f"{title}.xlsx", write_xlsx([Head(slot.head) for slot in slots], rows, title=title, about=about)
