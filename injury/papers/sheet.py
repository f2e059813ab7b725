"""The settlement sheet of 5.4: gathered inside the door, written outside of any transaction, recorded inside again."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from injury.actions import SHEET_PRINTED
from injury.models import SettlementSheet
from injury.papers.facts import city_of, day, person_of, shown_day
from injury.services.refusals import Refused
from portal.access.member import Member
from portal.access.models import Institution
from portal.access.models.institution import Environment
from portal.audit import record
from portal.audit.checkpoints import latest_mark
from portal.codes import code_list
from portal.papers import capitals
from portal.papers.pdf import CONTENT_TYPE as PDF
from portal.papers.pdf import render_pdf
from portal.papers.xlsx import CONTENT_TYPE as XLSX
from portal.papers.xlsx import write_xlsx

TYPES = {"pdf": PDF, "xlsx": XLSX}
#: A sheet with more struck-out items is made by the worker.
AT_ONCE = 300


@dataclass(frozen=True)
class Column:
    """A column of the struck-out items, on paper and in the spreadsheet."""

    label: str
    kind: str
    characters: int


COLUMNS = (
    Column("序号", "int", 6),
    Column("项目名称", "text", 36),
    Column("数量", "exact", 10),
    Column("单价", "exact", 12),
    Column("金额", "money", 14),
    Column("自付金额", "money", 14),
    Column("自付原因", "text", 18),
)


@dataclass(frozen=True)
class Item:
    """One struck-out item as it is printed; `amount` is None for a deduction of the centre's own."""

    number: int
    name: str
    quantity: str
    price: str
    amount: Decimal | None
    own: Decimal
    reason: str


@dataclass(frozen=True)
class SheetPaper:
    """Everything that stands on the paper; amounts are yuan."""

    sheet_id: str
    number: str
    title: str
    institution: Institution
    #: Label and text, in the order of 5.4.
    facts: tuple[tuple[str, str], ...]
    sums: tuple[tuple[str, str], ...]
    items: tuple[Item, ...]
    total: Decimal
    own: Decimal
    fund: Decimal
    audit_label: str
    is_final: bool
    read_at: str
    printed_by: str
    audit_mark: str

    @property
    def is_test(self) -> bool:
        return bool(self.institution.environment == Environment.TEST)

    @property
    def capitals(self) -> str:
        """What the fund pays, in capitals."""
        return capitals(self.fund)


def gather(sheet: SettlementSheet, *, by: Member) -> SheetPaper:
    """The paper of a reading; inside the door. The whole identity number only for those who may read it."""
    if by.institution is None:
        raise Refused("请先选择机构")
    said: dict[str, Any] = sheet.content.reveal()
    admission = sheet.admission
    person = person_of(admission, whole=by.may("injury.identities.read"))
    text = {name: str(said.get(name) or "").strip() for name in said}
    facts = (
        ("医院名称", text.get("akb020name") or by.institution.name),
        ("姓名", person.name),
        ("身份证号", person.identity),
        ("性别", code_list("injury.aac004").label(text.get("aac004") or admission.gender)),
        ("工伤伤害部位", text.get("alc022") or admission.injured_part),
        ("参保地", text.get("aab301name") or code_list("injury.aab301").label(admission.region)),
        ("社会保障号", person.identity),
        ("工伤时间", text.get("alc020") or day(admission.injured_on)),
        ("就医类型", admission.visit_kind_label),
        ("治疗类别", admission.treatment_label),
        ("结算时间", sheet.settled_at),
        ("入院时间", text.get("akc192") or day(admission.admitted_on)),
        ("入院诊断", text.get("alc028") or admission.diseases),
        ("出院时间", text.get("akc194") or day(admission.discharged_on)),
        ("出院诊断", text.get("akc196", "")),
    )
    sums = (
        ("医疗费发生金额", f"{sheet.total:,.2f}"),
        ("工伤基金应支付金额", f"{sheet.fund_paid:,.2f}"),
        ("自付金额", f"{sheet.self_paid:,.2f}"),
        ("伙食补贴", f"{sheet.meal_subsidy:,.2f}"),
        ("结算金额", f"{sheet.settled:,.2f}"),
        ("自付支付方式", sheet.self_pay_label or "—"),
    )
    items = tuple(
        Item(n, line.name, line.quantity_shown, line.price_shown, line.amount_shown, line.rejected, line.reason_label)
        for n, line in enumerate(sheet.lines.order_by("position"), start=1)
    )
    return SheetPaper(
        sheet_id=str(sheet.pk),
        number=admission.number,
        title=f"{city_of(by.institution)}工伤保险医疗费结算单",
        institution=by.institution,
        facts=facts,
        sums=sums,
        items=items,
        total=sum((item.amount or Decimal(0) for item in items), Decimal(0)),
        own=sum((item.own for item in items), Decimal(0)),
        fund=sheet.fund_paid,
        audit_label=sheet.audit_label,
        is_final=sheet.is_audited,
        read_at=shown_day(sheet.read_at),
        printed_by=by.label,
        audit_mark=latest_mark() or "",
    )


def write(paper: SheetPaper, fmt: str) -> bytes:
    """The paper as one of TYPES; needs no database."""
    return {"pdf": as_pdf, "xlsx": as_xlsx}[fmt](paper)


def recorded(paper: SheetPaper, fmt: str, *, by: Member) -> None:
    """Write into the chain that the paper left the portal."""
    record(SHEET_PRINTED, None, by=by, number=paper.number, format="PDF" if fmt == "pdf" else "Excel")


def as_pdf(paper: SheetPaper) -> bytes:
    """A4, upright."""
    context = {
        "paper": paper,
        "title": paper.title,
        "institution": paper.institution,
        "period": f"住院（门诊）号 {paper.number}",
        "audit_mark": paper.audit_mark,
        "is_test": paper.is_test,
        "printed_by": paper.printed_by,
        "printed_at": timezone.localtime(),
        "columns": COLUMNS,
    }
    return render_pdf("papers/injury/sheet.html", context)


def as_xlsx(paper: SheetPaper) -> bytes:
    """The same facts above, the struck-out items as numbers below."""
    about = [
        ("住院（门诊）号", paper.number),
        *paper.facts,
        *paper.sums,
        ("审核状态", paper.audit_label),
        *([("说明", "测试环境数据，不作为结算依据")] if paper.is_test else []),
        ("打印", f"{timezone.localtime():%Y-%m-%d %H:%M}　{paper.printed_by}"),
    ]
    rows = ([one.number, one.name, one.quantity, one.price, one.amount, one.own, one.reason] for one in paper.items)
    totals = ["合计", None, None, None, paper.total, paper.own, None]
    return write_xlsx(COLUMNS, rows, title=paper.title, about=about, totals=totals)


def file_name(paper: SheetPaper, fmt: str) -> str:
    """工伤医疗费结算单_ZY1.pdf."""
    return f"工伤医疗费结算单_{paper.number}.{fmt}"
