"""A settlement sheet beside our fee items, and the share of drugs: pure rules, money to the cent."""

from decimal import Decimal

import pytest

from injury.rules.drug_share import Limits, level, read_share, room, share_of
from injury.rules.sheet import OurItem, Sums, TheirLine, differences, matched


def ours(key, name, price, quantity, amount):
    return OurItem(key, (name,), Decimal(price), Decimal(quantity), Decimal(amount))


def theirs(name, price, quantity, amount, rejected):
    return TheirLine(name, Decimal(price), Decimal(quantity), Decimal(amount), Decimal(rejected))


def test_it_finds_each_line_once():
    items = [ours("a", "换药", "10", "2", "20"), ours("b", "换药", "10", "2", "20"), ours("c", "缝合", "5", "1", "5")]
    lines = [theirs("换药", "10.0000", "2.00", "20.00", "20"), theirs("换药 ", "10", "2", "20", "3")]
    assert matched(lines, items) == ["a", "b"]
    assert matched([*lines, theirs("换药", "10", "2", "20", "1")], items) == ["a", "b", None]


def test_it_knows_an_item_by_either_name_and_uses_it_once():
    item = OurItem("a", ("阿司匹林", "阿司匹林肠溶片"), Decimal("0.335100"), Decimal(3), Decimal("1.0053"))
    line = theirs("阿司匹林肠溶片", "0.3351", "3", "1.01", "1.01")
    assert matched([line, theirs("阿司匹林", "0.3351", "3", "1.01", "0.1")], [item]) == ["a", None]


@pytest.mark.parametrize("field", ["price", "quantity", "amount"])
def test_it_does_not_take_a_similar_item_for_the_same(field):
    facts = {"price": "10", "quantity": "2", "amount": "20"}
    item = ours("a", "换药", facts["price"], facts["quantity"], facts["amount"])
    facts[field] = "20.5"
    line = theirs("换药", facts["price"], facts["quantity"], facts["amount"], "1")
    assert matched([line], [item]) == [None]


def test_it_tells_the_centres_own_deductions_apart():
    line = theirs("药占比扣除", "0", "0", "0", "120.00")
    assert line.is_made_by_centre
    assert matched([line], []) == [None]
    assert not theirs("换药", "10", "2", "20", "1").is_made_by_centre


def test_it_names_every_sum_that_does_not_agree():
    lines = [theirs("换药", "10", "2", "20", "8")]
    fine = Sums(Decimal("798.00"), Decimal("8.00"), Decimal("790.00"))
    assert differences(fine, lines, ours=Decimal("798.0000")) == []
    total, own, apart, over = differences(
        Sums(Decimal("799.00"), Decimal("9.00"), Decimal("791.00")),
        [theirs("换药", "10", "2", "20", "21")],
        ours=Decimal("798.00"),
    )
    assert "798.00" in total
    assert "相差 1.00 元" in total
    assert "自付项目合计 21.00" in own
    assert "医疗费总额 799.00 元，相差 -1.00 元" in apart
    assert "换药" in over
    assert differences(Sums(None, None, None), lines, ours=Decimal(1)) == []


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("0.00%", "0.00"),
        ("12.5%", "12.5"),
        ("33", "33"),
        (" 100.00％ ", "100.00"),
        ("", None),
        ("１2%", None),
        ("-1%", None),
    ],
)
def test_it_reads_percentages_as_they_are_written(text, share):
    assert read_share(text) == (None if share is None else Decimal(share))


def test_it_warns_before_the_limit():
    limits = Limits(Decimal(25), Decimal(30))
    shares = ["24.99", "25", "30", "30.01"]
    assert [level(Decimal(share), limits) for share in shares] == ["fine", "warn", "warn", "over"]
    assert level(None, limits) == level(Decimal(99), None) == "unset"
    assert share_of(Decimal("33.33"), Decimal(100)) == Decimal("33.33")
    assert share_of(Decimal(0), Decimal(0)) is None


@pytest.mark.parametrize(("drugs", "total"), [("100", "1000"), ("0", "10"), ("299.99", "1000"), ("400", "1000")])
def test_what_is_left_leads_exactly_to_the_limit(drugs, total):
    limits = Limits(Decimal(25), Decimal(30))
    left = room(Decimal(drugs), Decimal(total), limits)
    assert abs((Decimal(drugs) + left) / (Decimal(total) + left) - Decimal("0.30")) < Decimal("0.001")
    assert (left < 0) is (Decimal(drugs) / Decimal(total) > Decimal("0.30"))
