"""What a line of a deposit-refund table must satisfy (clearing manual 9.2 to 9.4): pure rules."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from clearing.identities.row import ABSURD, CENT, Difference, factor_of

LABELS = {"deposit": "保证金", "refund": "返还金额", "score": "考核得分"}


@dataclass(frozen=True, slots=True)
class RefundLine:
    """Deposit and refund of one provider at one agency in yuan; `score` is None while it was not assessed."""

    region: str
    deposit: Decimal
    score: Decimal | None
    refund: Decimal


@dataclass(frozen=True, slots=True)
class YearSums:
    """Σ deposit and Σ refund of the clearing rows that the line stands for, in yuan."""

    deposit: Decimal
    refund: Decimal


def broken_refund(line: RefundLine, year: YearSums | None = None) -> tuple[Difference, ...]:
    """Every identity that the line breaks; `year` is None where the clearing rows are not known."""
    return (*_out_of_bounds(line), *_follows_score(line), *(_equals_rows(line, year) if year else ()))


def _out_of_bounds(line: RefundLine) -> Iterator[Difference]:
    for name, value in (("deposit", line.deposit), ("refund", line.refund)):
        if value < 0:
            yield _difference("amount_out_of_bounds", name, Decimal(0), value, "不能是负数")
        elif value >= ABSURD:
            yield _difference("amount_out_of_bounds", name, Decimal(0), value, "大得不合常理")
    if line.score is not None and not 0 <= line.score <= 100:
        yield _difference("amount_out_of_bounds", "score", Decimal(100), line.score, "应在 0 与 100 之间")


def _follows_score(line: RefundLine) -> Iterator[Difference]:
    """refund = deposit × factor(score), to the nearest cent; nothing before the assessment."""
    if line.score is None:
        expected, sentence = Decimal("0.00"), "尚未考核，应为 0.00"
    else:
        factor = factor_of(line.score, region=line.region)
        expected = (line.deposit * factor).quantize(CENT, ROUND_HALF_UP)
        sentence = f"应等于保证金乘以考核得分对应的返还比例（{factor}）"
    if line.refund != expected:
        yield _difference("deposit_refund_follows_score", "refund", expected, line.refund, sentence)


def _equals_rows(line: RefundLine, year: YearSums) -> Iterator[Difference]:
    """Deposit and refund are those of the year's clearing rows."""
    for name, expected, arrived in (
        ("deposit", year.deposit, line.deposit),
        ("refund", year.refund, line.refund),
    ):
        if arrived != expected:
            yield _difference(f"{name}_is_sum_of_rows", name, expected, arrived, "应等于清算数据各条之和")


def _difference(rule: str, field: str, expected: Decimal, arrived: Decimal, sentence: str) -> Difference:
    return Difference(rule, field, LABELS[field], expected, arrived, f"{LABELS[field]}{sentence}")
