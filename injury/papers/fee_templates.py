"""Empty Excel files to be filled in: the columns of a delivery, with what they mean above them."""

from dataclasses import dataclass
from typing import Any

from injury.models import Content
from injury.services.fee_sheets import NEEDED, labels_of
from portal.papers.xlsx import write_xlsx


@dataclass(frozen=True)
class Head:
    """A column of text: identity of every cell is what was typed."""

    label: str
    kind: str = "id"
    characters: int = 14


ABOUT = {
    Content.FEES: [
        ("说明", "带 * 的列必填；药品还须填规格、追溯码（多个用半角逗号分隔）；目录外药品还须填剂型"),
        ("种类", "0 药品、1 诊疗、9 耗材"),
        ("退费", "数量和金额为负数，单价为正数；“冲减的费用流水号”可不填，系统按内码和单价匹配"),
        ("医嘱流水号", "须是已传送的医嘱；无法关联的填 999"),
    ],
    Content.ADVICES: [
        ("说明", "带 * 的列必填；同一流水号再次导入，替换之前的内容"),
        ("医嘱类型", "1 长期医嘱、2 临时医嘱"),
    ],
}


def template(content: Content) -> tuple[str, bytes]:
    """File name and content of the empty table."""
    needed = NEEDED[content]
    columns = [Head(f"{label}*" if name in needed else label) for name, label in labels_of(content).items()]
    rows: list[list[Any]] = []
    title = f"{content.label}导入模板"
    return f"{title}.xlsx", write_xlsx(columns, rows, title=title, about=ABOUT[content])
