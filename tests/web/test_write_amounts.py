"""Amounts and prices as pages write them."""

from decimal import Decimal

import pytest

from portal.web.templatetags.portal import money, price


@pytest.mark.parametrize(
    ("value", "shown"),
    [("1234567.5", "1,234,567.50"), ("-0.5", "-0.50"), ("4000", "4,000.00")],
)
def test_an_amount_has_two_places(value, shown):
    assert money(Decimal(value)) == shown
    assert money(None) == "—"


@pytest.mark.parametrize(
    ("value", "shown"),
    [("4000.000000", "4,000.00"), ("3.333333", "3.333333"), ("12.5", "12.50"), ("1E+3", "1,000.00"), ("-2", "-2.00")],
)
def test_a_price_has_two_places_or_more(value, shown):
    assert price(Decimal(value)) == shown
    assert price(None) == "—"
