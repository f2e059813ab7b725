"""Invented people: names that belong to nobody, identity numbers of a region that was never issued, cards, codes."""

from __future__ import annotations

import hashlib
from datetime import date
from random import Random

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
SURNAMES = "甲乙丙丁戊己庚辛壬癸"


def identity(born: date, serial: int, sex: str) -> str:
    """A number with the right check digit; region 9902 was never issued. Odd serials are men's."""
    number = serial * 2 % 1000 + (1 if sex == "1" else 0)
    body = f"9902{serial // 500 % 100:02d}{born:%Y%m%d}{number:03d}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


def name(serial: int) -> str:
    return f"{SURNAMES[serial % 10]}参保人{serial:05d}"


def card(seed: str, serial: int) -> tuple[str, str]:
    """(card number of 9, identification code of 32 characters)."""
    drawn = hashlib.sha256(f"{seed}:ssc:{serial}".encode()).hexdigest().upper()
    return f"{drawn[0]}{serial:05d}{drawn[1:4]}", drawn[8:40]


def passport(seed: str, serial: int) -> str:
    drawn = hashlib.sha256(f"{seed}:passport:{serial}".encode()).hexdigest().upper()
    return f"ZZ{int(drawn[:8], 16) % 10**7:07d}"


def voucher(seed: str, number: int) -> str:
    """An e-voucher code: 28 digits, new every time."""
    drawn = hashlib.sha256(f"{seed}:voucher:{number}".encode()).hexdigest()
    return "99" + str(int(drawn, 16))[:26]


def born(random: Random, on: date, youngest: int = 20, oldest: int = 79) -> date:
    """A day that makes its owner so many years old."""
    return date(on.year - random.randint(youngest + 1, oldest), random.randint(1, 12), random.randint(1, 28))
