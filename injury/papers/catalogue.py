"""Excel files of the catalogue: templates to fill in, the centre's own file, what is not mapped yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from injury.services import catalogue_import, mapping_import
from injury.services.mapping_coverage import Charged
from injury.services.sheet_lines import Head
from portal.codes import code_list
from portal.papers.xlsx import write_xlsx
from portal.web.tables import Column

EXAMPLES = "种类填 0/1/9 或 药品/诊疗/耗材"
WIDTHS = {"name": 36, "own_name": 36, "specification": 20, "maker": 24}
#: What the sandbox's catalogue door calls the columns of the centre's file.
DOOR = {
    "category": "aka063",
    "grade": "aka065",
    "dosage_form": "form",
    "specification": "spec",
}


def columns_of(heads: Iterable[Head]) -> list[Column]:
    """Every column as text: codes keep their zeros, prices and days are read back as they stand."""
    return [Column(head.name, head.label, "id", width=WIDTHS.get(head.name, 16)) for head in heads]


def mapping_template() -> bytes:
    """An empty file for the hospital's mappings with the heads that the import looks for."""
    about = [
        ("说明", "中心编码填中心目录里的编码；目录外项目填“目录外”。没有填中心编码的行不导入"),
        ("格式", f"编码须为文本格式；{EXAMPLES}；日期如 2026-01-31；不要使用公式"),
    ]
    return write_xlsx(columns_of(mapping_import.HEADS), [], title="目录对照导入模板", about=about)


def catalogue_template() -> bytes:
    """An empty file for the centre's catalogue with the heads that the import looks for."""
    about = [("格式", f"编码和版本号须为文本格式；{EXAMPLES}；收费类别、等级可填代码或名称；不要使用公式")]
    return write_xlsx(columns_of(catalogue_import.HEADS), [], title="中心目录导入模板", about=about)


def centre_file(items: Iterable[Mapping[str, Any]]) -> bytes:
    """The centre's Excel of these items, as the sandbox's door `catalogue` hands them out."""
    names = [(head.name, DOOR.get(head.name, head.name)) for head in catalogue_import.HEADS]
    rows = ([item.get(theirs) or None for _, theirs in names] for item in items)
    return write_xlsx(columns_of(catalogue_import.HEADS), rows, title="工伤保险目录")


def missing_file(missing: Iterable[Charged], *, about: list[tuple[str, str]]) -> bytes:
    """What has to be mapped, most money first; with the centre codes filled in it can be imported."""
    columns = [
        *columns_of(mapping_import.HEADS[:6]),
        Column("standing", "状态"),
        Column("lines", "费用条数", "int"),
        Column("money", "金额", "money"),
        Column("last_on", "最近处方日期", "date"),
    ]
    kinds = dict(code_list("injury.alc404").choices())
    rows = (
        [
            *(one.own_code, one.own_name, kinds.get(one.kind, one.kind), f"{one.price.normalize():f}"),
            *(one.specification, None, one.standing_label, one.lines, one.money, one.last_on),
        ]
        for one in missing
    )
    return write_xlsx(columns, rows, title="待对照项目", about=about)
