"""Catalogue items, mappings and Excel files for tests; rows are put inside an open door of the institution."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import Workbook

from injury.models import CatalogueItem, Mapping
from injury.models.fee import OUTSIDE
from portal.codes.initials import initials

TODAY = date(2026, 11, 21)
CATEGORY = {"0": "11", "1": "22", "9": "51"}
CATALOGUE_HEADS = [
    "中心编码",
    "中心名称",
    "种类",
    "收费类别",
    "收费项目等级",
    "目录版本号",
    "限价",
    "生效日期",
    "失效日期",
]
MAPPING_HEADS = ["医院内码", "医院项目名称", "种类", "医院单价", "规格", "中心编码"]


def put_item(code: str, name: str = "氯化钠注射液", kind: str = "0", **more: Any) -> CatalogueItem:
    """One item of the centre's catalogue in the test environment; version 1, no price limit, always valid."""
    values = {"category": CATEGORY[kind], "grade": "1", "version": "1", "environment": "test"} | more
    return CatalogueItem.objects.create(code=code, name=name, kind=kind, initials=initials(name), **values)


def put_mapping(own_code: str, item: CatalogueItem | None, kind: str = "0", **more: Any) -> Mapping:
    """An own item that is this item of the catalogue, or lies outside of it (None)."""
    values = {
        "environment": "test",
        "own_name": f"本院{own_code}",
        "mapped_at": timezone.now(),
        "mapped_as": "经办甲",
        "centre_code": item.code if item else OUTSIDE[kind],
        "version": item.version if item else "",
        "kind": item.kind if item else kind,
    }
    return Mapping.objects.create(own_code=own_code, item=item, **(values | more))


def workbook(*rows: list[Any], heads: list[str] | None = None, title: str = "") -> bytes:
    """An Excel file as a hospital would make it; text beginning with "=" becomes a formula."""
    book = Workbook()
    sheet = book.worksheets[0]
    if title:
        sheet.append([title])
    sheet.append(heads or CATALOGUE_HEADS)
    for row in rows:
        sheet.append([str(value) if isinstance(value, Decimal) else value for value in row])
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def upload(content: bytes, name: str = "目录.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)
