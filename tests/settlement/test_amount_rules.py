"""Lines, sums and identities: what is refused before sending, and what is found on arrival."""

from dataclasses import replace
from decimal import Decimal as D

import pytest

from settlement.rules.amounts import (
    Charge,
    Figures,
    charge_faults,
    differences,
    findings,
    header_faults,
    line_faults,
    shown,
)

FINE = Figures(
    total=D("100.00"), fund=D("60.00"), person=D("35.00"), account=D("20.00"), cash=D("15.00"), hospital=D(5)
)
SHARES = [D("50.00"), D("10.00")]


def charge(quantity="1", price="10.00", amount="10.00", number="1"):
    return Charge(number, D(quantity), D(price), D(amount))


@pytest.mark.parametrize(
    ("quantity", "price", "amount"),
    [
        ("3", "3.333333", "10.00"),
        ("0.5", "0.01", "0.01"),
        ("0.5", "0.01", "0.00"),
        ("-2", "5", "-10.00"),
        ("1", "0", "0"),
    ],
)
def test_a_product_within_half_a_cent_is_fine(quantity, price, amount):
    assert line_faults(charge(quantity, price, amount), 0) == []


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        (charge("3", "3.333333", "10.01"), "amount", ("3.333333", "10.00", "10.01", "0.01")),
        (charge("1.00001"), "quantity", ("4 位小数", "1.00001")),
        (charge("1", "10.0000001"), "price", ("6 位小数",)),
        (charge("1", "10.005", "10.005"), "amount", ("2 位小数", "10.005")),
        (charge("0", "10", "0"), "quantity", ("不能为 0",)),
        (charge("1", "-10", "-10"), "price", ("不能为负",)),
        (charge("1e11", "1000", "100000000000000"), "amount", ("14 位整数",)),
    ],
)
def test_a_line_that_is_wrong_is_named_with_its_values(given, field, words):
    [fault] = line_faults(given, 0)
    assert fault.field == f"lines.0.{field}"
    assert [one for one in words if one not in fault.sentence] == []


def test_everything_is_said_at_once():
    faults = charge_faults([charge(), charge(amount="9.99"), charge(number="3")], D("30.00"))
    assert [one.field for one in faults] == ["lines.1.amount", "lines.1.number", "total"]
    assert "30.00" in faults[-1].sentence
    assert "29.99" in faults[-1].sentence
    assert header_faults([], None)[0].field == "lines"


def test_a_settlement_that_adds_up_has_no_findings():
    assert findings(FINE, SHARES, D("100.00")) == []
    assert findings(replace(FINE, hospital=None), SHARES, D("100.00"), names_hospital=False) == []


@pytest.mark.parametrize(
    ("figures", "shares", "charged", "names"),
    [
        (replace(FINE, hospital=D(0)), SHARES, D(100), ["total"]),
        (replace(FINE, hospital=None), SHARES, D(100), ["total"]),
        (replace(FINE, cash=D("15.01")), SHARES, D(100), ["person"]),
        (FINE, [D("50.00")], D(100), ["fund"]),
        (FINE, [], D(100), ["fund"]),
        (replace(FINE, family=D("20.01")), SHARES, D(100), ["family"]),
        (FINE, SHARES, D("99.99"), ["charged"]),
    ],
)
def test_each_identity_is_found_broken(figures, shares, charged, names):
    found = findings(figures, shares, charged)
    assert [one.name for one in found] == names
    assert f"{found[0].expected:.2f}" in found[0].sentence
    assert f"{found[0].found:.2f}" in found[0].sentence


def test_other_names_of_amounts_are_read():
    by_query = Figures.read({"psn_pay": "3.00", "cash_payamt": "1.00", "medfee_sumamt": D("3.00")})
    assert (by_query.person, by_query.cash, by_query.total, by_query.fund) == (D("3.00"), D("1.00"), D("3.00"), None)
    assert Figures.read({"pdn_cash_pay": "-1.00"}).cash == D("-1.00")


def test_what_differs_from_what_was_shown_is_told():
    assert differences(shown(FINE), FINE) == ""
    assert differences(shown(FINE), replace(FINE, cash=D("16.00"))) == "现金支付 15.00 → 16.00"
