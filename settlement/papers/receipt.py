"""The settlement receipt (结算单): A5 across, for the patient; only of what has surely happened and adds up.

Gathered and recorded inside the door, one transaction: the paper says how often it was printed, and the chain, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Sum
from django.utils import timezone

from portal.access.member import Member
from portal.access.models import Institution
from portal.access.models.institution import Environment
from portal.audit import record
from portal.audit.checkpoints import latest_mark
from portal.codes import code_list
from portal.papers import capitals
from portal.papers.pdf import render_pdf
from settlement.actions import RECEIPT_PRINTED
from settlement.models import FeeLine, Settlement, VisitKind
from settlement.services.refusals import Refused

#: Lines that are printed one by one; of more, sums by category.
MOST = 60
ZERO = Decimal(0)


@dataclass(frozen=True)
class Item:
    """One printed line: an item, or a category of them."""

    name: str
    code: str
    spec: str
    quantity: str
    price: str
    amount: Decimal
    own: Decimal | None
    grade: str


@dataclass(frozen=True)
class ReceiptPaper:
    """Everything that stands on the paper; amounts are yuan."""

    number: str
    institution: Institution
    title: str
    facts: tuple[tuple[str, str], ...]
    items: tuple[Item, ...]
    by_category: bool
    lines_count: int
    shares: tuple[tuple[str, Decimal], ...]
    sums: tuple[tuple[str, Decimal], ...]
    total: Decimal
    cash: Decimal
    copy: int
    printed_by: str
    audit_mark: str

    @property
    def is_test(self) -> bool:
        return bool(self.institution.environment == Environment.TEST)

    @property
    def capitals(self) -> str:
        return capitals(self.total)

    @property
    def copy_words(self) -> str:
        """Nothing on the first print; a later one says so."""
        return f"补打（第 {self.copy} 次打印）" if self.copy > 1 else ""


def gather(settlement: Settlement, *, by: Member) -> ReceiptPaper:
    """The paper as it will be printed now; Refused while the settlement is not done, or is in doubt or broken."""
    if by.institution is None:
        raise Refused("请先选择机构")
    settlement = (
        Settlement.objects.select_for_update(of=("self",)).select_related("visit", "bill").get(pk=settlement.pk)
    )
    if not settlement.is_receiptable:
        raise Refused(f"这笔结算{settlement.shown_state}，不能打印结算单")
    visit = settlement.visit
    lines = FeeLine.objects.filter(visit=visit, bill=settlement.bill).order_by("number")
    by_category = settlement.lines_count > MOST
    return ReceiptPaper(
        number=settlement.number,
        institution=by.institution,
        title=f"{by.institution.name}医疗保险{'购药' if visit.is_purchase else visit.get_kind_display()}结算单",
        facts=_facts(settlement, by),
        items=tuple(_categories(lines) if by_category else (_item(line) for line in lines)),
        by_category=by_category,
        lines_count=settlement.lines_count,
        shares=tuple((share.label, share.amount) for share in settlement.shares.all() if share.amount),
        sums=_sums(settlement),
        total=settlement.total or ZERO,
        cash=settlement.cash or ZERO,
        copy=settlement.receipts + 1,
        printed_by=by.label,
        audit_mark=latest_mark() or "",
    )


def _facts(settlement: Settlement, by: Member) -> tuple[tuple[str, str], ...]:
    visit = settlement.visit
    name = visit.name.reveal() if by.may("settlement.identities.read") else visit.name_masked
    found = [
        ("姓名", name),
        ("性别", code_list("national.gend").label(visit.gender) if visit.gender else "—"),
        ("证件号码", visit.document_masked),
        ("人员类别", code_list("national.psn_type").label(visit.person_type) if visit.person_type else "—"),
        ("险种", visit.insurance_label),
        ("参保地", visit.insured_at),
        ("医疗类别", visit.med_type_label),
        ("住院/门诊号", visit.number),
        (
            "结算时间",
            f"{timezone.localtime(settlement.settled_at):%Y-%m-%d %H:%M:%S}" if settlement.settled_at else "—",
        ),
        ("结算ID", settlement.setl_id),
        ("就诊ID", visit.mdtrt_id or "—"),
        ("清算类别", settlement.clr_type_label or "—"),
    ]
    if visit.kind == VisitKind.INPATIENT:
        ended = f"{timezone.localtime(visit.ended_at):%Y-%m-%d}" if visit.ended_at else "—"
        found += [("入院日期", f"{timezone.localtime(visit.started_at):%Y-%m-%d}"), ("出院日期", ended)]
    if visit.department_name:
        found.append(("科室", visit.department_name))
    if visit.disease_name:
        found.append(("病种", visit.disease_name))
    if settlement.invoice:
        found.append(("发票号", settlement.invoice))
    return tuple(found)


def _sums(settlement: Settlement) -> tuple[tuple[str, Decimal], ...]:
    named = (
        ("基金支付合计", settlement.fund),
        ("个人账户支付", settlement.account),
        ("其中共济支付", settlement.family or None),
        ("个人现金支付", settlement.cash),
        ("医院负担", settlement.hospital or None),
        ("符合政策范围", settlement.in_scope),
        ("先行自付", settlement.prepaid_own),
        ("全自费", settlement.fully_own),
        ("超限价自费", settlement.over_limit or None),
        ("起付线", settlement.deductible or None),
        ("账户余额", settlement.balance),
    )
    return tuple((label, value) for label, value in named if value is not None)


def _item(line: FeeLine) -> Item:
    own = [value for value in (line.fully_own, line.over_limit, line.prepaid_own) if value is not None]
    return Item(
        name=line.own_name or line.own_code,
        code=line.item_code,
        spec=line.spec,
        quantity=f"{line.shown_quantity}{line.unit}",
        price=line.shown_price,
        amount=line.amount,
        own=sum(own, ZERO) if own else None,
        grade=line.grade_label,
    )


def _categories(lines: object) -> Sequence[Item]:
    labels = code_list("national.med_chrgitm_type")
    rows = lines.order_by().values("category").annotate(sum=Sum("amount"), count=Count("pk")).order_by("category")  # type: ignore[attr-defined]
    return [
        Item(
            labels.label(row["category"]) if row["category"] else "其他",
            "",
            "",
            f"{row['count']} 条",
            "",
            row["sum"],
            None,
            "",
        )
        for row in rows
    ]


def write(paper: ReceiptPaper) -> bytes:
    """The PDF; needs no database."""
    context = {
        "paper": paper,
        "title": paper.title,
        "institution": paper.institution,
        "period": paper.number,
        "audit_mark": paper.audit_mark,
        "is_test": paper.is_test,
        "printed_by": paper.printed_by,
        "printed_at": timezone.localtime(),
    }
    return render_pdf("papers/settlement/receipt.html", context)


def recorded(settlement: Settlement, paper: ReceiptPaper, *, by: Member) -> None:
    """Count the print and write it into the chain."""
    Settlement.objects.filter(pk=settlement.pk).update(receipts=paper.copy)
    record(RECEIPT_PRINTED, settlement, by=by, number=paper.number, count=paper.copy)


def file_name(paper: ReceiptPaper) -> str:
    return f"结算单_{paper.number}.pdf"
