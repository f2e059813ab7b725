"""Amounts at the cashier, and what a trade's answers prove about them; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

ZERO = Decimal("0.00")
SHANGHAI = ZoneInfo("Asia/Shanghai")
#: More than a window takes at once is a slip of the finger.
MOST = Decimal("1000000.00")
#: What somebody pays in one recharge and one refund at most, in places.
CENTS = Decimal("0.01")


def amount_fault(amount: Decimal) -> str:
    """Why this is no amount to pay or to give back; empty when it is one."""
    if not amount.is_finite() or amount <= 0:
        return "金额应大于 0"
    if amount != amount.quantize(CENTS):
        return "金额最多两位小数"
    return f"金额不能超过 {MOST:,.2f} 元" if amount > MOST else ""


def refund_fault(amount: Decimal, refundable: Decimal) -> str:
    """Why so much cannot go back; empty when it can."""
    if fault := amount_fault(amount):
        return fault
    return f"最多可退 {refundable:,.2f} 元" if amount > refundable else ""


def card_fault(card_type: str, card_no: str, patient_id: str, name: str, account_type: str) -> list[tuple[str, str]]:
    """Everything that is missing of an account's card."""
    given = (
        ("card_type", card_type, "卡类型"),
        ("card_no", card_no, "卡号"),
        ("patient_id", patient_id, "患者院内ID"),
        ("name", name, "患者姓名"),
        ("account_type", account_type, "账户类型"),
    )
    return [(field, f"请填写{label}") for field, value, label in given if not value.strip()]


def recharged_agrees(
    amount: Decimal, refundable: Decimal | None, refunded: Decimal | None, refunding: Decimal | None
) -> bool | None:
    """Whether the parts of a recharge that the platform tells add up to its amount; None when it tells none."""
    if refundable is None:
        return None
    return refundable + (refunded or ZERO) + (refunding or ZERO) == amount


def refunded_agrees(amount: Decimal, refunded: Decimal | None, others: Decimal) -> bool | None:
    """Whether what is told as refunded can be with this refund's amount; None when nothing is told.

    Platforms differ in whether they tell this refund's amount or all refunds of the recharge up to then: `others` are
    the other ones that are done or may be. An answer may be old, so that the latest of them are not in it.
    """
    return None if refunded is None else amount <= abs(refunded) <= amount + others


def moment(text: str) -> datetime | None:
    """yyyyMMddHHmmss, in Shanghai; None for anything else."""
    digits = "".join(one for one in text if one.isdigit())[:14]
    try:
        return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=SHANGHAI)
    except ValueError:
        return None


def first(*values: str) -> str:
    """The first that is not empty."""
    return next((value for value in values if value), "")


def total(amounts: Sequence[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
