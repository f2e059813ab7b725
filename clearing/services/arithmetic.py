"""A row's identities written out as sums, for the person who has to judge a difference."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from clearing.identities import factor_of
from clearing.models import ClearingRow, DepositRefund


@dataclass(frozen=True)
class Term:
    """One number of a sum; `sign` stands before it."""

    sign: str
    label: str
    value: Decimal


@dataclass(frozen=True)
class Sum:
    """expected = terms, beside what the centre sent; yuan."""

    title: str
    terms: tuple[Term, ...]
    expected: Decimal
    arrived: Decimal

    @property
    def difference(self) -> Decimal:
        return self.arrived - self.expected

    @property
    def holds(self) -> bool:
        return not self.difference


@dataclass(frozen=True)
class Shown:
    """A finding as a person reads it."""

    field: str
    title: str
    ours: str
    theirs: str
    difference: str


def shown(row: ClearingRow | DepositRefund) -> list[Shown]:
    """The row's findings, amounts with thousands separators; what is no amount stays as it is."""
    return [
        Shown(one["field"], one["title"], *(_grouped(one[name]) for name in ("ours", "theirs", "difference")))
        for one in row.findings
    ]


def _grouped(text: str) -> str:
    try:
        return f"{Decimal(text):,.2f}"
    except InvalidOperation:
        return text


def arithmetic(row: ClearingRow) -> list[Sum]:
    """The identities of design 2.1 that can be computed for this row."""
    sums = [
        Sum(
            "拨付金额",
            (
                Term("", "基金应付", row.fund_due),
                Term("−", "月结已付", row.monthly_paid),
                Term("−", "保证金", row.deposit),
                Term("−", "扣款", row.deduction),
            ),
            row.fund_due - row.monthly_paid - row.deposit - row.deduction,
            row.disburse,
        )
    ]
    if row.score is not None:
        factor = factor_of(row.score, region=row.region)
        refund = (row.deposit * factor).quantize(Decimal("0.01"), ROUND_HALF_UP)
        terms = (Term("", "保证金", row.deposit), Term("×", f"返还比例（考核 {row.score} 分）", factor))
        sums.append(Sum("保证金返还", terms, refund, row.deposit_refund))
    if row.monthly_due is not None:
        sums.append(Sum("基金应付", (Term("", "各月应付合计", row.monthly_due),), row.monthly_due, row.fund_due))
    return sums
