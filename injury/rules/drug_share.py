"""The share of drugs in rehabilitation, and how near it is to what is paid (4.17). Percent, two places."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

WRITTEN = re.compile(r"\s*([0-9]{1,3}(?:\.[0-9]{1,6})?)\s*[%％]?\s*", re.ASCII)
HUNDRED = Decimal(100)
CENT = Decimal("0.01")
Level = Literal["unset", "fine", "warn", "over"]


def read_share(text: str) -> Decimal | None:
    """A percentage as the centre writes it ("12.34%"); None for anything else."""
    found = WRITTEN.fullmatch(text)
    return Decimal(found[1]) if found else None


def share_of(drugs: Decimal, total: Decimal) -> Decimal | None:
    """Drugs in percent of all, two places; None while nothing was charged."""
    return (drugs * HUNDRED / total).quantize(CENT, ROUND_HALF_UP) if total > 0 else None


@dataclass(frozen=True, slots=True)
class Limits:
    """Percent; `warn_at` is reached before `limit`."""

    warn_at: Decimal
    limit: Decimal


def level(share: Decimal | None, limits: Limits | None) -> Level:
    """How a share stands to the limits; without limits or share nothing is said."""
    if share is None or limits is None:
        return "unset"
    if share > limits.limit:
        return "over"
    return "warn" if share >= limits.warn_at else "fine"


def room(drugs: Decimal, total: Decimal, limits: Limits) -> Decimal:
    """Yuan of drugs that may still be ordered before the limit, if nothing else is charged; negative when over it.

    (drugs + x) / (total + x) = limit, solved for x.
    """
    part = limits.limit / HUNDRED
    if part >= 1:
        return total
    return ((part * total - drugs) / (1 - part)).quantize(CENT, ROUND_HALF_UP)
