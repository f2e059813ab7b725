"""Settlement sheets with many struck-out items, made by the worker."""

from __future__ import annotations

from injury.models import SettlementSheet
from portal.access.member import Member
from portal.jobs import Job, start

SHEET_PAPER = "injury.sheet_paper"


def start_sheet_paper(sheet: SettlementSheet, fmt: str, *, by: Member) -> Job:
    """Have a worker make the paper; joins the same person's request for the same paper."""
    title = f"生成结算单（{fmt.upper()}）：{sheet.admission.number}"
    return start(
        SHEET_PAPER, f"{sheet.pk}-{fmt}-{by.label}", by=by, title=title, params={"sheet": str(sheet.pk), "format": fmt}
    )
