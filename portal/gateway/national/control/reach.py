"""How far a check medium reaches, given the transaction it was obtained for; pure (interface guide, chapter 6)."""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any

PHARMACY, OUTPATIENT, INPATIENT = "pharmacy", "outpatient", "inpatient"
FILE = Path(__file__).parent / "reach.json"


@cache
def _table() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def is_controlled(code: str) -> bool:
    """Whether this transaction carries a check medium where the security control is used."""
    return code in _table()["controlled"]


def kind_of(code: str) -> str:
    """The family that a transaction belongs to; "" for 1101, which begins any of them."""
    return next((kind for kind, codes in _table()["kinds"].items() if code in codes), "")


def covers(obtained_for: str, code: str, kind: str) -> bool:
    """Whether a medium obtained for one transaction may be used for another in a visit of this kind."""
    if kind_of(obtained_for) not in ("", kind) or kind_of(code) not in ("", kind):
        return False
    if obtained_for == code:
        return True
    return kind != INPATIENT and code in _table()["covers"].get(obtained_for, ())


def is_spent(obtained_for: str, code: str, kind: str, used: Collection[str]) -> bool:
    """Whether it has served already: an inpatient's once, any other until the transaction it was obtained for."""
    return bool(used) if kind == INPATIENT else obtained_for in used


def last_of(code: str, kind: str) -> str:
    """For which transaction to obtain a medium before this call: the last of the visit that still covers it."""
    reaching = [one for one in _table()["covers"] if covers(one, code, kind)]
    return max(reaching, key=lambda one: (one.endswith("A"), one), default=code) if kind != INPATIENT else code
