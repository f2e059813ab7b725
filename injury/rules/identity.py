"""Chinese identity numbers (GB 11643): check digit, day of birth, gender."""

from __future__ import annotations

import re
from datetime import date

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
DIGITS = "10X98765432"
MALE, FEMALE = "1", "2"


def check_digit(first: str) -> str:
    """The eighteenth character that belongs to these seventeen digits."""
    return DIGITS[sum(int(digit) * weight for digit, weight in zip(first, WEIGHTS, strict=True)) % 11]


def birth_of(number: str) -> date | None:
    """The day of birth inside the number; None when there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def gender_of(number: str) -> str:
    """1 man, 2 woman (AAC004), by the seventeenth digit."""
    return MALE if int(number[16]) % 2 else FEMALE


def identity_fault(number: str, today: date) -> str:
    """What is wrong with an identity number, in a sentence; empty when nothing is."""
    if not number:
        return "请填写身份证号"
    if len(number) != 18:
        return f"应为 18 位，现在是 {len(number)} 位"
    if not re.fullmatch(r"[1-9][0-9]{16}[0-9X]", number, re.ASCII):
        return "前 17 位应为数字，最后一位是数字或大写 X"
    born = birth_of(number)
    if born is None or born.year < 1880:
        return "第 7 至 14 位不是有效的出生日期"
    if born > today:
        return "出生日期晚于今天"
    if check_digit(number[:17]) != number[17]:
        return "校验码不对，请核对有没有输错"
    return ""


def gender_fault(number: str, gender: str) -> str:
    """Whether gender and identity number agree; the number must be right."""
    return "" if not gender or gender_of(number) == gender else "与身份证号第 17 位不一致"
