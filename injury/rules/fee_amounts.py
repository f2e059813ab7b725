"""Price, quantity and amount of one fee item: exact decimals in yuan, pure.

An amount is right when it is price × quantity rounded, either way of a tie, to the amount's own last place: two places
when it has fewer, four at most. Hospitals print cents and the interface has four places, so half a cent is the widest
that passes, and an amount given more precisely is held to what it says.
"""

from __future__ import annotations

from decimal import Context, Decimal
from functools import lru_cache
from typing import Any

from pydantic_core import PydanticCustomError

from injury.rules.fee_fields import NUMBERS
from portal.gateway.messages.amounts import exact

#: 30 + 10 digits and some: no product is rounded.
EXACT = Context(prec=60)
HALF = {places: Decimal(5).scaleb(-places - 1) for places in (2, 3, 4)}


def read_number(value: Any, size: tuple[int, int], name: str, wrong: dict[str, str]) -> Decimal | None:
    """A number within (digits, places); None and a sentence in `wrong` for anything else, floats above all."""
    if value is None or value == "":
        wrong[name] = "必填"
        return None
    number, said = _read(value, *size) if isinstance(value, str) and len(value) < SHORT else _reading(value, *size)
    if said:
        wrong[name] = said
    return number


def _reading(value: Any, digits: int, places: int) -> tuple[Decimal | None, str]:
    try:
        number = exact(value)
    except PydanticCustomError as error:
        return None, str(error.message())
    number = EXACT.normalize(number)  # 1.5000 has one place, and is the same as 1.5
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > places:
        return None, f"最多 {places} 位小数"
    if number.adjusted() >= digits - places:
        return None, f"小数点前最多 {digits - places} 位"
    return number, ""


#: A hospital charges the same prices and quantities all day.
_read = lru_cache(4096)(_reading)
SHORT = 20


def check_numbers(numbers: dict[str, Decimal | None], wrong: dict[str, str]) -> None:
    """Signs, zeros, and the product; a sentence in `wrong` for each that does not fit."""
    price, quantity, amount = (numbers[name] for name in NUMBERS)
    if price is not None and price <= 0:
        wrong["price"] = "应大于 0；退费时数量和金额为负数，单价仍为正数"
    if quantity is not None and not quantity:
        wrong["quantity"] = "不能为 0"
    if amount is not None and not amount:
        wrong["amount"] = "不能为 0，金额为 0 的费用不能上传"
    if not price or not quantity or not amount or price < 0:
        return
    if (quantity < 0) != (amount < 0):
        wrong["amount"] = "数量和金额的正负号不一致，退费时两者都为负数（81022）"
        return
    product = EXACT.multiply(price, quantity)
    if not is_product(product, amount):
        wrong["amount"] = f"{amount} 与单价 × 数量 {EXACT.normalize(product):f} 不符，只能相差四舍五入的半分（81023）"


def is_product(product: Decimal, amount: Decimal) -> bool:
    """Whether the amount is the product, rounded to the amount's own last place (two to four)."""
    exponent = EXACT.normalize(amount).as_tuple().exponent
    places = min(max(-exponent if isinstance(exponent, int) else 4, 2), 4)
    return abs(EXACT.subtract(product, amount)) <= HALF[places]
