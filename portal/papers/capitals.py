"""Amounts in Chinese capitals, as the People's Bank wants them on bills (支付结算办法, 附件一, 一至四)."""

from decimal import ROUND_HALF_UP, Decimal

LARGEST = Decimal("9999999999999999.99")  # cn2an's: sixteen digits before the point
CENT = Decimal("0.01")


def capitals(amount: Decimal) -> str:
    """Yuan in words: 10.05 → 壹拾元零伍分, 100 → 壹佰元整, 1409.50 → 壹仟肆佰零玖元伍角, −3.20 → 负叁元贰角.

    `整` follows yuan only, as in the bank's own examples. Raises ValueError for NaN, infinity, fractions of a cent and
    more than 16 digits before the point.
    """
    if not amount.is_finite() or abs(amount) > LARGEST or amount != amount.quantize(CENT, ROUND_HALF_UP):
        raise ValueError(f"not an amount that can be written in capitals: {amount}")
    import cn2an  # six megabytes that only a process that prints needs

    words = str(cn2an.an2cn(f"{abs(amount).quantize(CENT):f}", "rmb"))
    return f"负{words}" if amount < 0 else words
