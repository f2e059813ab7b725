"""What the amounts of a clearing row must satisfy. Rules are pure: they return differences and write nothing.

The manual prints the table (9.1 to 9.4) but not the arithmetic; the identities are the design's (2.1).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Protocol

CENT = Decimal("0.01")

#: Nothing in a city's clearing comes near this; Decimal(16,2) ends here.
ABSURD = Decimal(10) ** 14

LABELS = {
    "medfee_sumamt": "医疗费总额",
    "fund_due_amt": "基金应付金额",
    "monthly_paid_amt": "月结已付金额",
    "deposit_amt": "保证金",
    "deduct_amt": "扣款金额",
    "deposit_refund_amt": "保证金返还金额",
    "disburse_amt": "拨付金额",
    "assess_score": "考核得分",
}

#: The only amount that may be negative: then the institution pays back.
SIGNED = frozenset({"disburse_amt"})


class Row(Protocol):
    """The amounts of a clearing row in yuan; `assess_score` runs from 0 to 100, None while not assessed."""

    @property
    def medfee_sumamt(self) -> Decimal: ...
    @property
    def fund_due_amt(self) -> Decimal: ...
    @property
    def monthly_paid_amt(self) -> Decimal: ...
    @property
    def deposit_amt(self) -> Decimal: ...
    @property
    def deduct_amt(self) -> Decimal: ...
    @property
    def deposit_refund_amt(self) -> Decimal: ...
    @property
    def disburse_amt(self) -> Decimal: ...
    @property
    def assess_score(self) -> Decimal | None: ...


@dataclass(frozen=True, slots=True)
class Factor:
    """From `score` on, `factor` of the deposit is paid back; `region` is empty for the default."""

    region: str
    score: Decimal
    factor: Decimal


@dataclass(frozen=True, slots=True)
class Given:
    """What else is known about a row: the sum of its months' amounts due, and the refund table of its region."""

    monthly_due: Decimal | None
    factors: tuple[Factor, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One broken identity: `expected` is what we compute, `arrived` what the centre sent, `rule` its name."""

    rule: str
    field: str
    label: str
    expected: Decimal
    arrived: Decimal
    sentence: str

    @property
    def difference(self) -> Decimal:
        """arrived − expected."""
        return self.arrived - self.expected

    def as_json(self) -> dict[str, str]:
        """The difference as it is stored beside its row: text only, amounts exact."""
        return {
            "rule": self.rule,
            "title": self.sentence,
            "field": self.label,
            "ours": str(self.expected),
            "theirs": str(self.arrived),
            "difference": str(self.difference),
        }


Rule = Callable[[Row, Given], Iterable[Difference]]


def load_factors(path: Path = Path(__file__).parent.parent / "codes" / "factors.json") -> tuple[Factor, ...]:
    """The refund table as data; ValueError unless every region's table reaches down to a score of 0."""
    rows = json.loads(path.read_text(encoding="utf-8"))["factors"]
    found = tuple(Factor(row["region"], Decimal(row["score"]), Decimal(row["factor"])) for row in rows)
    for region in {one.region for one in found} | {""}:
        if not any(one.region == region and one.score == 0 for one in found):
            raise ValueError(f"{path.name}: the table of region '{region}' does not reach 0")
    return found


FACTORS = load_factors()


def factor_of(score: Decimal, factors: tuple[Factor, ...] = FACTORS, region: str = "") -> Decimal:
    """The share of the deposit that is paid back at that score in that region."""
    table = [one for one in factors if one.region == region] or [one for one in factors if not one.region]
    reached = [one for one in table if one.score <= score]
    return max(reached, key=lambda one: one.score).factor if reached else Decimal(0)


def amount_out_of_bounds(row: Row, given: Given) -> Iterator[Difference]:
    """No amount is negative (but what is disbursed) or absurdly large."""
    for name in LABELS:
        value: Decimal | None = getattr(row, name)
        if value is None:
            continue
        if value < 0 and name not in SIGNED:
            yield _difference("amount_out_of_bounds", name, Decimal(0), value, "不能是负数")
        elif abs(value) >= ABSURD:
            yield _difference("amount_out_of_bounds", name, Decimal(0), value, "大得不合常理")
        elif name == "assess_score" and value > 100:
            yield _difference("amount_out_of_bounds", name, Decimal(100), value, "不能超过 100 分")


def fund_due_is_monthly_sum(row: Row, given: Given) -> Iterator[Difference]:
    """fund_due = Σ monthly due, when the months are known."""
    if given.monthly_due is not None and row.fund_due_amt != given.monthly_due:
        sentence = "应等于各月基金应付金额之和"
        yield _difference("fund_due_is_monthly_sum", "fund_due_amt", given.monthly_due, row.fund_due_amt, sentence)


def disbursement_adds_up(row: Row, given: Given) -> Iterator[Difference]:
    """disburse = fund_due − monthly_paid − deposit − deduct."""
    expected = row.fund_due_amt - row.monthly_paid_amt - row.deposit_amt - row.deduct_amt
    if row.disburse_amt != expected:
        sentence = "应等于基金应付金额减月结已付金额、保证金和扣款金额"
        yield _difference("disbursement_adds_up", "disburse_amt", expected, row.disburse_amt, sentence)


def deposit_refund_follows_score(row: Row, given: Given) -> Iterator[Difference]:
    """deposit_refund = deposit × factor(score), to the nearest cent; nothing before the assessment."""
    if row.assess_score is None:
        expected, sentence = Decimal("0.00"), "尚未考核，返还金额应为 0.00"
    else:
        factor = factor_of(row.assess_score, given.factors)
        expected = (row.deposit_amt * factor).quantize(CENT, ROUND_HALF_UP)
        sentence = f"应等于保证金乘以考核得分对应的返还比例（{factor}）"
    if row.deposit_refund_amt != expected:
        yield _difference(
            "deposit_refund_follows_score", "deposit_refund_amt", expected, row.deposit_refund_amt, sentence
        )


RULES: tuple[Rule, ...] = (
    amount_out_of_bounds,
    fund_due_is_monthly_sum,
    disbursement_adds_up,
    deposit_refund_follows_score,
)


def broken_identities(
    row: Row, *, monthly_due: Decimal | None = None, region: str = "", factors: tuple[Factor, ...] = FACTORS
) -> tuple[Difference, ...]:
    """Every identity that the row breaks, in the order of RULES; empty when it may be verified as it is."""
    table = tuple(one for one in factors if one.region == region) or tuple(one for one in factors if not one.region)
    given = Given(monthly_due, tuple(Factor("", one.score, one.factor) for one in table))
    return tuple(difference for rule in RULES for difference in rule(row, given))


def _difference(rule: str, field: str, expected: Decimal, arrived: Decimal, sentence: str) -> Difference:
    return Difference(rule, field, LABELS[field], expected, arrived, f"{LABELS[field]}{sentence}")
