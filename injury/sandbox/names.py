"""Invented people: names that belong to nobody, identity numbers of a region that was never issued, cards."""

from __future__ import annotations

import hashlib
from datetime import date
from random import Random

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
SURNAMES = "甲乙丙丁戊己庚辛壬癸"


def identity(born: date, serial: int, sex: str) -> str:
    """A number with the right check digit; region 99 was never issued. Odd serials are men's."""
    number = serial * 2 % 1000 + (1 if sex == "1" else 0)
    body = f"9900{serial // 500 % 100:02d}{born:%Y%m%d}{number:03d}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


def name(serial: int) -> str:
    return f"{SURNAMES[serial % 10]}职工{serial:05d}"


def card(seed: str, serial: int) -> tuple[str, str, str]:
    """(card number of 9, identification code of 32, electronic code of 22 characters)."""
    drawn = hashlib.sha256(f"{seed}:card:{serial}".encode()).hexdigest().upper()
    return f"N{serial:04d}{drawn[:4]}"[:9], drawn[8:40], drawn[40:62]


def born(random: Random, on: date) -> date:
    """A day that makes its owner between 20 and 59 years old."""
    return date(on.year - random.randint(21, 58), random.randint(1, 12), random.randint(1, 28))
