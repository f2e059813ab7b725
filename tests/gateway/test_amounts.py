"""Amounts are exact or refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from portal.gateway.messages import Exact, Money, Record, faults, item


class Line(Record):
    amount: Money = item("金额", (16, 2))


def said(error, record):
    return [str(fault) for fault in faults(error.value, record)]


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("-0", "不能是负零"),
        (Decimal("-0.00"), "不能是负零"),
        ("NaN", "应为半角数字"),
        (Decimal("NaN"), "有限"),
        (Decimal("Infinity"), "有限"),
        ("inf", "应为半角数字"),
        ("1e309", "应为半角数字"),
        (Decimal("1e309"), "最多 16 位数字"),
        (Decimal("1e999999999"), "最多 16 位数字"),
        ("0.005", "最多 2 位小数"),
        (Decimal("0.005"), "最多 2 位小数"),
        ("１２", "应为半角数字"),
        ("1,000.00", "应为半角数字"),
        (" 1", "应为半角数字"),
        ("1_000", "应为半角数字"),
        ("+1", "应为半角数字"),
        (".5", "应为半角数字"),
        ("", "应为半角数字"),
        (1.5, "浮点数"),
        (float("nan"), "浮点数"),
        (True, "应为半角数字"),
        ([], "应为半角数字"),
        ("100000000000000", "小数点前最多 14 位"),
        ("-100000000000000.00", "最多"),
    ],
)
def test_it_refuses_an_amount_that_is_not_plain(value, sentence):
    with pytest.raises(ValidationError) as error:
        Line.model_validate({"amount": value})
    assert sentence in said(error, Line)[0]
    assert said(error, Line)[0].startswith("金额（amount）：")


@pytest.mark.parametrize(
    ("value", "held"),
    [
        ("1", "1.00"),
        (7, "7.00"),
        (Decimal("1E+2"), "100.00"),
        ("1.500", "1.50"),
        ("-3.1", "-3.10"),
        ("0", "0.00"),
        ("99999999999999.99", "99999999999999.99"),
    ],
)
def test_it_holds_amounts_with_two_places(value, held):
    assert str(Line.model_validate({"amount": value}).amount) == held


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=0, max_value=Decimal("99999999999999.99"))
)
def test_it_keeps_every_amount_to_the_cent(value):
    assert Line(amount=abs(value)).amount == abs(value)


def test_a_quantity_keeps_its_own_scale():
    class Dose(Record):
        quantity: Exact = item("数量", (16, 4))

    assert str(Dose.model_validate({"quantity": "0.1250"}).quantity) == "0.1250"
    with pytest.raises(ValidationError) as error:
        Dose.model_validate({"quantity": "0.12505"})
    assert said(error, Dose) == ["数量（quantity）：最多 4 位小数"]
