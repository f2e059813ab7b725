"""An answer as an Excel sheet."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils import timezone

from portal.access.member import Member
from portal.papers.xlsx import write_xlsx
from portal.web.tables import Column
from settlement.models import Enquiry
from settlement.services.answers import AnswerTable


def answer_xlsx(enquiry: Enquiry, table: AnswerTable, *, by: Member) -> bytes:
    """One table of the answer, as the page shows it; amounts as numbers."""
    heads = [Column(one.wire, one.label, "money" if one.kind == "money" else "text") for one in table.columns]
    rows = [[_value(head, value) for head, value in zip(heads, row, strict=True)] for row in table.rows]
    institution = by.institution
    answered = timezone.localtime(enquiry.answered_at or enquiry.asked_at)
    about = [
        *([("机构", f"{institution.name}（{institution.code}）")] if institution else []),
        ("查询", f"{enquiry.number} {enquiry.title}　{enquiry.label or '无条件'}"),
        (
            "答复",
            f"{answered:%Y-%m-%d %H:%M:%S}　共 {len(rows):,} 行",
        ),
        ("导出", f"{timezone.localtime():%Y-%m-%d %H:%M:%S}　{by.label}"),
    ]
    return write_xlsx(heads, rows, title=f"{enquiry.title} {table.title}", about=about)


def _value(head: Column, value: str) -> Any:
    return Decimal(value.replace(",", "")) if head.kind == "money" and value else value


def file_name(enquiry: Enquiry, table: AnswerTable) -> str:
    return f"{enquiry.number}{enquiry.title}_{table.title}_{timezone.localtime():%Y%m%d_%H%M%S}.xlsx"
