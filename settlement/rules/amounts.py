"""Amounts of lines, bills and settlements: what has to hold before sending, and what holds on arrival. Pure.

Before sending a fault refuses the step and names the field with both values. On arrival nothing is refused, because
it has happened: a finding marks the settlement until a reviewer accepts it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

CENT = Decimal("0.01")
HALF_A_CENT = Decimal("0.005")
ZERO = Decimal("0.00")
#: Decimal places of the interface: cnt (16,4), pric (16,6), det_item_fee_sumamt (16,2).
SCALES = {"quantity": (16, 4, "数量"), "price": (16, 6, "单价"), "amount": (16, 2, "金额")}


@dataclass(frozen=True)
class Charge:
    """The amounts of one line, whatever it is called elsewhere."""

    number: str
    quantity: Decimal
    price: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Fault:
    """What is wrong before sending: where, and a sentence with both values."""

    field: str
    sentence: str


def line_faults(charge: Charge, index: int) -> list[Fault]:
    """Places, signs, and quantity × price against the amount, within half a cent; of the line at `index` from 0."""
    where, line = f"lines.{index}", f"第 {index + 1} 行"
    found = [
        Fault(
            f"{where}.{name}",
            f"{line}：{label}最多 {digits - places} 位整数、{places} 位小数，填写的是 {value:f}",
        )
        for name, (digits, places, label) in SCALES.items()
        if not fits(value := getattr(charge, name), digits, places)
    ]
    if found:
        return found
    if charge.quantity == 0:
        found.append(Fault(f"{where}.quantity", f"{line}：数量不能为 0"))
    if charge.price < 0:
        found.append(Fault(f"{where}.price", f"{line}：单价不能为负，退费请填写负的数量和金额"))
    made = charge.quantity * charge.price
    if not found and abs(made - charge.amount) > HALF_A_CENT:
        found.append(
            Fault(
                f"{where}.amount",
                f"{line}：数量 {charge.quantity.normalize():f} × 单价 {plain(charge.price)} ="
                f" {plain(made.quantize(Decimal('0.0001')))}，金额填写的是 {charge.amount:.2f}，"
                f"相差 {plain((charge.amount - made).quantize(Decimal('0.0001')))}",
            )
        )
    return found


def fits(value: Decimal, digits: int, places: int) -> bool:
    """Whether the interface's field can hold the value exactly."""
    return (
        value.is_finite() and value == value.quantize(Decimal(1).scaleb(-places)) and value.adjusted() < digits - places
    )


def plain(value: Decimal) -> str:
    """Digits as a person writes them: no exponent, no zeros at the end beyond two places."""
    text = f"{value.normalize():f}"
    places = len(text.partition(".")[2])
    return f"{value:.2f}" if places < 2 else text


def summed(charges: Iterable[Charge]) -> Decimal:
    return sum((one.amount for one in charges), ZERO)


def header_faults(charges: Sequence[Charge], header: Decimal | None, field: str = "total") -> list[Fault]:
    """The lines add up to the header, to the cent; there is something to settle."""
    if not charges:
        return [Fault("lines", "没有费用明细，不能结算")]
    total = summed(charges)
    if header is not None and header != total:
        return [
            Fault(
                field,
                f"医疗费总额填写的是 {header:.2f}，{len(charges)} 条明细合计 {total:.2f}，相差 {header - total:.2f}",
            )
        ]
    if total < 0:
        return [Fault(field, f"明细合计 {total:.2f}，不能为负")]
    return []


def charge_faults(charges: Sequence[Charge], header: Decimal | None = None) -> list[Fault]:
    """Everything that is wrong before sending, all at once: places, products, doubled numbers, the sum."""
    found: list[Fault] = []
    seen: set[str] = set()
    for index, charge in enumerate(charges):
        found += line_faults(charge, index)
        if charge.number in seen:
            found.append(Fault(f"lines.{index}.number", f"第 {index + 1} 行：明细流水号 {charge.number} 重复"))
        seen.add(charge.number)
    return found + header_faults(charges, header)


# --- what the centre answers


@dataclass(frozen=True)
class Figures:
    """The amounts of setlinfo (2101A to 2305, 5203), in yuan; None is what the answer does not name."""

    total: Decimal | None = None
    fund: Decimal | None = None
    person: Decimal | None = None
    account: Decimal | None = None
    family: Decimal | None = None
    cash: Decimal | None = None
    hospital: Decimal | None = None
    pool: Decimal | None = None
    pool_share: Decimal | None = None
    civil: Decimal | None = None
    enterprise: Decimal | None = None
    serious: Decimal | None = None
    large: Decimal | None = None
    aid: Decimal | None = None
    disabled: Decimal | None = None
    other_fund: Decimal | None = None
    fully_own: Decimal | None = None
    over_limit: Decimal | None = None
    prepaid_own: Decimal | None = None
    in_scope: Decimal | None = None
    deductible: Decimal | None = None
    balance: Decimal | None = None

    @classmethod
    def read(cls, answer: Mapping[str, Any]) -> Figures:
        """From a setlinfo under its wire names; of several names (5203, 2208 write others) the first that is there."""
        return cls(**{name: _first(answer, wires) for name, wires in WIRE.items()})

    def values(self) -> dict[str, Decimal | None]:
        return {one.name: getattr(self, one.name) for one in fields(self)}


#: Our name → names on the wire. 2208 prints pdn_cash_pay, 5203 psn_pay and cash_payamt, 2305 also other names.
WIRE: dict[str, tuple[str, ...]] = {
    "total": ("medfee_sumamt",),
    "fund": ("fund_pay_sumamt",),
    "person": ("psn_part_amt", "psn_pay"),
    "account": ("acct_pay",),
    "family": ("acct_mulaid_pay",),
    "cash": ("psn_cash_pay", "pdn_cash_pay", "cash_payamt"),
    "hospital": ("hosp_part_amt", "ownpay_hosp_part"),
    "pool": ("hifp_pay",),
    "pool_share": ("pool_prop_selfpay",),
    "civil": ("cvlserv_pay",),
    "enterprise": ("hifes_pay",),
    "serious": ("hifmi_pay",),
    "large": ("hifob_pay",),
    "aid": ("maf_pay",),
    "disabled": ("hifdm_pay",),
    "other_fund": ("oth_pay",),
    "fully_own": ("fulamt_ownpay_amt",),
    "over_limit": ("overlmt_selfpay",),
    "prepaid_own": ("preselfpay_amt",),
    "in_scope": ("inscp_scp_amt",),
    "deductible": ("act_pay_dedc",),
    "balance": ("balc",),
}


def _first(answer: Mapping[str, Any], names: Sequence[str]) -> Decimal | None:
    for name in names:
        value = answer.get(name)
        if value not in (None, ""):
            return value if isinstance(value, Decimal) else Decimal(str(value))
    return None


@dataclass(frozen=True)
class Finding:
    """An identity that does not hold on arrival, with both values in yuan."""

    name: str
    label: str
    expected: Decimal
    found: Decimal

    @property
    def sentence(self) -> str:
        return f"{self.label}：应为 {self.expected:.2f}，实为 {self.found:.2f}，相差 {self.found - self.expected:.2f}"

    def stored(self) -> dict[str, str]:
        """As a settlement keeps it."""
        return {
            "name": self.name,
            "label": self.label,
            "expected": f"{self.expected:.2f}",
            "found": f"{self.found:.2f}",
            "sentence": self.sentence,
        }


def findings(
    figures: Figures, shares: Sequence[Decimal], charged: Decimal | None, *, names_hospital: bool = True
) -> list[Finding]:
    """The identities of a settlement that do not hold (notes of 2207): total, person, funds, family, our lines.

    `names_hospital` is False for 5203, which has no hospital share: what is left over is taken for it. Without any
    fund rows (`shares`) there is nothing to add up, unless a fund pays.
    """
    total, fund, person = figures.total or ZERO, figures.fund or ZERO, figures.person or ZERO
    account, cash, hospital = figures.account or ZERO, figures.cash or ZERO, figures.hospital or ZERO
    if not names_hospital and figures.hospital is None:
        hospital = max(total - fund - person, ZERO)
    found = []
    if fund + person + hospital != total:
        label = "医疗费总额 = 基金支付 + 个人负担 + 医院负担"
        found.append(Finding("total", label, fund + person + hospital, total))
    if account + cash != person:
        found.append(Finding("person", "个人负担 = 个人账户支出 + 个人现金支出", account + cash, person))
    if sum(shares, ZERO) != fund and (shares or fund):
        found.append(Finding("fund", "基金支付总额 = 各基金分项合计", sum(shares, ZERO), fund))
    if (figures.family or ZERO) > account:
        found.append(Finding("family", "账户共济支付不超过个人账户支出", account, figures.family or ZERO))
    if charged is not None and charged != total:
        found.append(Finding("charged", "医疗费总额 = 本机构明细合计", charged, total))
    return found


#: What a patient sees before agreeing, and what is compared with the settlement afterwards.
SHOWN = {"total": "医疗费总额", "fund": "基金支付", "account": "个人账户", "cash": "现金支付", "hospital": "医院负担"}


def shown(figures: Figures) -> dict[str, str]:
    """What the clerk shows the patient before the confirmation, as text with two places."""
    return {name: f"{getattr(figures, name) or ZERO:.2f}" for name in SHOWN}


def differences(before: Mapping[str, str], after: Figures) -> str:
    """How the settlement differs from what was shown, in a sentence; empty when it does not."""
    now = shown(after)
    told = [
        f"{label} {before[name]} → {now[name]}"
        for name, label in SHOWN.items()
        if name in before and before[name] != now[name]
    ]
    return "；".join(told)
