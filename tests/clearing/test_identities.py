"""The arithmetic of a clearing row: figures in, differences out."""

from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

from clearing.identities import FACTORS, RULES, broken_identities, factor_of, load_factors
from clearing.messages import ClearingRow
from portal.gateway.messages import sample


@dataclass
class Figures:
    """A row that adds up: 900 due, 700 paid, 90 deposit, 10 deducted, score 85 gives back nine tenths."""

    medfee_sumamt: Decimal = Decimal("1200.00")
    fund_due_amt: Decimal = Decimal("900.00")
    monthly_paid_amt: Decimal = Decimal("700.00")
    deposit_amt: Decimal = Decimal("90.00")
    deduct_amt: Decimal = Decimal("10.00")
    assess_score: Decimal | None = Decimal("85")
    deposit_refund_amt: Decimal = Decimal("81.00")
    disburse_amt: Decimal = Decimal("100.00")


def found(monthly_due=None, **changes):
    figures = replace(Figures(), **{name: value and Decimal(value) for name, value in changes.items()})
    broken = broken_identities(figures, monthly_due=monthly_due and Decimal(monthly_due))
    return [(one.rule, one.field, str(one.expected), str(one.arrived), str(one.difference)) for one in broken]


def test_a_row_that_adds_up_breaks_nothing():
    assert found() == []
    assert found(monthly_due="900.00") == []


def test_it_names_a_disbursement_that_does_not_add_up():
    assert found(disburse_amt="100.01") == [("disbursement_adds_up", "disburse_amt", "100.00", "100.01", "0.01")]


def test_it_names_an_amount_due_that_is_not_the_sum_of_the_months():
    assert found(monthly_due="899.99") == [("fund_due_is_monthly_sum", "fund_due_amt", "899.99", "900.00", "0.01")]


@pytest.mark.parametrize(
    ("score", "refund"),
    [
        ("100", "90.00"),
        ("90", "90.00"),
        ("89.99", "81.00"),
        ("80", "81.00"),
        ("70", "72.00"),
        ("60", "54.00"),
        ("59.99", "0.00"),
    ],
)
def test_the_refund_follows_the_score(score, refund):
    assert found(assess_score=score, deposit_refund_amt=refund) == []
    wrong = str(Decimal(refund) + 1)
    assert found(assess_score=score, deposit_refund_amt=wrong) == [
        ("deposit_refund_follows_score", "deposit_refund_amt", refund, wrong, "1.00")
    ]


def test_the_refund_is_rounded_to_the_nearest_cent():
    # 90 % of 0.05 is 0.045
    changes = {"deposit_amt": "0.05", "disburse_amt": "189.95", "deposit_refund_amt": "0.05"}
    assert found(**changes) == []


def test_nothing_is_refunded_before_the_assessment():
    assert found(assess_score=None, deposit_refund_amt="0.00") == []
    assert found(assess_score=None) == [
        ("deposit_refund_follows_score", "deposit_refund_amt", "0.00", "81.00", "81.00")
    ]


def test_only_the_disbursement_may_be_negative():
    assert found(monthly_paid_amt="1000.00", disburse_amt="-200.00") == []
    broken = found(deduct_amt="-10.00", disburse_amt="120.00")
    assert broken == [("amount_out_of_bounds", "deduct_amt", "0", "-10.00", "-10.00")]


def test_absurd_amounts_and_scores_are_named():
    absurd = "100000000000000.00"
    assert ("amount_out_of_bounds", "medfee_sumamt") in {one[:2] for one in found(medfee_sumamt=absurd)}
    assert ("amount_out_of_bounds", "assess_score") in {one[:2] for one in found(assess_score="100.01")}


def test_it_finds_all_that_is_wrong_at_once_in_the_order_of_the_rules():
    broken = found(monthly_due="1.00", deposit_refund_amt="0.00", disburse_amt="0.00", medfee_sumamt="-1.00")
    assert [one[0] for one in broken] == [rule.__name__ for rule in RULES]


def test_a_region_may_have_a_table_of_its_own(tmp_path):
    path = tmp_path / "factors.json"
    path.write_text(
        '{"factors":[{"region":"","score":"0","factor":"1"},{"region":"140221","score":"0","factor":"0.5"}]}'
    )
    factors = load_factors(path)
    assert factor_of(Decimal(95), factors, "140221") == Decimal("0.5")
    assert factor_of(Decimal(95), factors, "140212") == 1
    figures = replace(Figures(), deposit_refund_amt=Decimal("45.00"))
    assert broken_identities(figures, region="140221", factors=factors) == ()


def test_a_table_must_reach_down_to_zero(tmp_path):
    path = tmp_path / "factors.json"
    path.write_text('{"factors":[{"region":"","score":"60","factor":"1"}]}')
    with pytest.raises(ValueError, match="does not reach 0"):
        load_factors(path)


def test_it_reads_rows_as_they_arrive_and_stores_as_text():
    broken = broken_identities(sample(ClearingRow), factors=FACTORS)
    assert broken
    for one in broken:
        stored = one.as_json()
        assert set(stored) == {"rule", "title", "field", "ours", "theirs", "difference"}
        assert all(isinstance(value, str) for value in stored.values())
        assert stored["field"] in stored["title"]
