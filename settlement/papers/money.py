"""Receipts of the prepaid account (预交金收据、退款凭条): A5 across, only of money that has surely moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from portal.access.member import Member
from portal.access.models import Institution
from portal.access.models.institution import Environment
from portal.audit import record
from portal.audit.checkpoints import latest_mark
from portal.papers import capitals
from portal.papers.pdf import render_pdf
from settlement.actions import MONEY_PRINTED
from settlement.models import Recharge, Refund
from settlement.services.refusals import Refused

Row = Recharge | Refund


@dataclass(frozen=True)
class MoneyPaper:
    """Everything that stands on the paper; the amount is yuan and has no sign."""

    number: str
    institution: Institution
    title: str
    what: str
    facts: tuple[tuple[str, str], ...]
    amount: Decimal
    copy: int
    printed_by: str
    audit_mark: str

    @property
    def is_test(self) -> bool:
        return bool(self.institution.environment == Environment.TEST)

    @property
    def capitals(self) -> str:
        return capitals(self.amount)

    @property
    def copy_words(self) -> str:
        """Nothing on the first print; a later one says so."""
        return f"补打（第 {self.copy} 次打印）" if self.copy > 1 else ""


def gather(row: Row, *, by: Member) -> MoneyPaper:
    """The paper as it will be printed now; Refused while the money has not surely moved."""
    if by.institution is None:
        raise Refused("请先选择机构")
    row = type(row).objects.select_for_update(of=("self",)).get(pk=row.pk)
    if not row.is_receiptable:
        raise Refused(f"这笔{what_of(row)}{row.shown_state}，不能打印凭条")
    name = row.account.name.reveal() if by.may("settlement.identities.read") else row.account.name_masked
    paper_name = "预交金收据" if isinstance(row, Recharge) else "预交金退款凭条"
    return MoneyPaper(
        number=row.number,
        institution=by.institution,
        title=f"{by.institution.name}{row.account.get_account_type_display()}{paper_name}",
        what=what_of(row),
        facts=facts(row, name),
        amount=row.amount,
        copy=row.receipts + 1,
        printed_by=by.label,
        audit_mark=latest_mark() or "",
    )


def what_of(row: Row) -> str:
    return "充值" if isinstance(row, Recharge) else "退款"


def facts(row: Row, name: str) -> tuple[tuple[str, str], ...]:
    """Who, by which card, when, and the numbers that the platform knows it by."""
    account = row.account
    found = [
        ("姓名", name),
        ("患者院内ID", account.patient_id),
        ("卡类型", account.card_type_label),
        ("卡号", account.card_masked),
    ]
    if account.document_masked:
        found.append(("身份证号", account.document_masked))
    if isinstance(row, Recharge):
        found += [("到账时间", moment(row.paid_at)), ("支付渠道", row.channel or "—")]
        found += [("费用类型", row.fee_type)] if row.fee_type else []
    else:
        found += [("退款时间", moment(row.refunded_at)), ("退款方式", row.get_mode_display())]
        found += [("原充值单号", row.recharge.number), ("退款原因", row.reason)]
    found += [("平台跟踪号", row.trace_no or "—"), ("收费终端", row.desk_name), ("经办人", row.created_as)]
    return tuple(found)


def moment(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}" if at else "—"


def write(paper: MoneyPaper) -> bytes:
    """The PDF; needs no database."""
    context: dict[str, Any] = {
        "paper": paper,
        "title": paper.title,
        "institution": paper.institution,
        "period": paper.number,
        "audit_mark": paper.audit_mark,
        "is_test": paper.is_test,
        "printed_by": paper.printed_by,
        "printed_at": timezone.localtime(),
    }
    return render_pdf("papers/settlement/money.html", context)


def recorded(row: Row, paper: MoneyPaper, *, by: Member) -> None:
    """Count the print and write it into the chain."""
    type(row).objects.filter(pk=row.pk).update(receipts=paper.copy)
    record(MONEY_PRINTED, row, by=by, number=paper.number, count=paper.copy, what=f"{paper.what}凭条")


def file_name(paper: MoneyPaper) -> str:
    return f"预交金{paper.what}_{paper.number}.pdf"
