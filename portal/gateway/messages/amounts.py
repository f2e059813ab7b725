"""Exact numbers. A binary float never becomes money, and nothing is rounded on the way in."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

CENT = Decimal("0.01")

#: ASCII digits only: Python's own Decimal would read full-width digits, spaces, underscores and exponents.
PLAIN = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,20})?", re.ASCII)


def exact(value: object) -> Decimal:
    """The value as a Decimal.

    Text, int and Decimal are read (JSON numbers arrive as Decimal); float, bool, minus zero, infinity, NaN and any
    text that is not plain digits are refused with a sentence that does not repeat the value.
    """
    if isinstance(value, str):
        if not PLAIN.fullmatch(value):
            raise PydanticCustomError("portal.amount_form", "应为半角数字，可带负号和小数点")
        number = Decimal(value)
    elif isinstance(value, bool):
        raise PydanticCustomError("portal.amount_form", "应为半角数字，可带负号和小数点")
    elif isinstance(value, int):
        number = Decimal(value)
    elif isinstance(value, Decimal):
        number = value
    elif isinstance(value, float):
        raise PydanticCustomError("portal.amount_float", "不能用浮点数表示，请用文本或定点数")
    else:
        raise PydanticCustomError("portal.amount_form", "应为半角数字，可带负号和小数点")
    if not number.is_finite():
        raise PydanticCustomError("portal.amount_finite", "应为有限的数值")
    if number.is_zero() and number.is_signed():
        raise PydanticCustomError("portal.amount_minus_zero", "不能是负零")
    return number


def cents(value: object) -> Decimal:
    """Like `exact`, with two places; a value with more is left as it is, for the declaration's limits to refuse."""
    number = exact(value)
    if number.adjusted() > 20:  # 1e309: writing its digits out would be the attack
        return number
    rounded = number.quantize(CENT)
    return rounded if rounded == number else number


#: A decimal of any scale; state digits and places with `item("数量", (16, 4))`.
Exact = Annotated[Decimal, BeforeValidator(exact)]

#: Yuan with two places, at most 14 digits before the point; always held as x.xx.
Money = Annotated[Decimal, BeforeValidator(cents), Field(max_digits=16, decimal_places=2)]
