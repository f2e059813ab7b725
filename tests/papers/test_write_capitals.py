"""Amounts in capitals, against the People's Bank's examples and against a reader written apart from the writer."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.papers import capitals

CASES = {
    "0.00": "零元整",
    "-0.00": "零元整",
    "0.01": "壹分",
    "0.05": "伍分",
    "0.10": "壹角",
    "0.55": "伍角伍分",
    "1": "壹元整",
    "10.05": "壹拾元零伍分",
    "10.50": "壹拾元伍角",
    "11.00": "壹拾壹元整",
    "100.00": "壹佰元整",
    "101.00": "壹佰零壹元整",
    "110.00": "壹佰壹拾元整",
    "1001.10": "壹仟零壹元壹角",
    "10000.00": "壹万元整",
    "100001.00": "壹拾万零壹元整",
    "1010001.00": "壹佰零壹万零壹元整",
    "100000000.10": "壹亿元壹角",
    "100010000.00": "壹亿零壹万元整",
    "1000010000.00": "壹拾亿零壹万元整",
    "200000000005.00": "贰仟亿零伍元整",
    "1000000000000.00": "壹万亿元整",
    "-3.20": "负叁元贰角",
    "-100000000.10": "负壹亿元壹角",
    # the bank's own examples
    "1409.50": "壹仟肆佰零玖元伍角",
    "6007.14": "陆仟零柒元壹角肆分",
    "1680.32": "壹仟陆佰捌拾元叁角贰分",
    "107000.53": "壹拾万柒仟元伍角叁分",
    "16409.02": "壹万陆仟肆佰零玖元零贰分",
    "325.04": "叁佰贰拾伍元零肆分",
}
DIGITS = {word: number for number, word in enumerate("零壹贰叁肆伍陆柒捌玖")}
UNITS = {"拾": 10, "佰": 100, "仟": 1000}


def read_whole(words: str) -> int:
    """A whole number in capitals, by the value of its groups (亿 over 万 over 仟)."""
    for unit, value in (("亿", 10**8), ("万", 10**4)):
        if unit in words:
            head, _, rest = words.rpartition(unit)
            return read_whole(head) * value + read_whole(rest)
    total = digit = 0
    for word in words:
        if word in UNITS:
            total, digit = total + digit * UNITS[word], 0
        else:
            digit = DIGITS[word]
    return total + digit


def read(words: str) -> Decimal:
    sign = -1 if words.startswith("负") else 1
    yuan, _, rest = words.removeprefix("负").removesuffix("整").rpartition("元")
    cents = sum(DIGITS[rest[rest.index(u) - 1]] * value for u, value in (("角", 10), ("分", 1)) if u in rest)
    return sign * (Decimal(read_whole(yuan)) + Decimal(cents) / 100)


@pytest.mark.parametrize(("amount", "words"), CASES.items())
def test_it_writes_an_amount_in_capitals(amount, words):
    assert capitals(Decimal(amount)) == words


@given(st.integers(min_value=-(10**18) + 1, max_value=10**18 - 1))
@example(10_0000_0000_0001)
@example(1000_0000_0000_0005)
@example(1_0000_1000_0000)
@example(5000_0500_0050_01)
def test_it_reads_back_as_the_same_amount(cents):
    amount = Decimal(cents) / 100
    words = capitals(amount)
    assert read(words) == amount
    assert "零零" not in words
    assert not words.endswith("零")
    assert words.endswith("整") == (cents % 100 == 0)


@pytest.mark.parametrize("wrong", ["NaN", "Infinity", "0.005", "10000000000000000.00"])
def test_it_refuses_what_is_no_amount(wrong):
    with pytest.raises(ValueError):
        capitals(Decimal(wrong))
