"""What the check before an application looks at, and what it says: rows, institutions, limits; cases and issues."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Literal

Severity = Literal["block", "warn", "info"]
#: "block" stands in the way of the application, "warn" wants to be looked at, "info" is good to know.
SEVERITIES: dict[Severity, str] = {"block": "不能提交", "warn": "须确认", "info": "提示"}
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Broken:
    """One finding of a row: `expected` and `found` are amounts in yuan as text, or other words."""

    rule: str
    label: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Line:
    """A clearing row as the rules see it; `key` is its address, `what` its visit type and clearing type in words."""

    key: str
    row_id: str
    provider_code: str
    provider_name: str
    region: str
    visit_type: str
    clearing_type: str
    what: str
    verified: bool
    fund_due: Decimal
    disburse: Decimal
    broken: tuple[Broken, ...] = ()
    accepted: str = ""
    #: Result of laying the months beside it: "", "equal", "differs", "none" or "unread".
    months: str = ""


@dataclass(frozen=True, slots=True)
class Provider:
    """An institution that is known from elsewhere: last year, the other insurance, the monthly settlements."""

    code: str
    name: str
    due: Decimal
    where: str
    year: int = 0
    insurance: str = ""
    has_months: bool = False


@dataclass(frozen=True, slots=True)
class Thresholds:
    share: Decimal
    yuan: Decimal
    hours: int


def load_thresholds(path: Path = Path(__file__).parent.parent / "codes" / "thresholds.json") -> Thresholds:
    """The limits as data; ValueError unless all are positive."""
    given = json.loads(path.read_text(encoding="utf-8"))
    found = Thresholds(Decimal(given["share"]), Decimal(given["yuan"]), int(given["hours"]))
    if found.share <= 0 or found.yuan <= 0 or found.hours <= 0:
        raise ValueError(f"{path.name}: every threshold is above 0")
    return found


THRESHOLDS = load_thresholds()


@dataclass(frozen=True)
class Scene:
    """Everything about one scope that the rules look at; amounts in yuan, `age` in hours since the last fetch."""

    lines: tuple[Line, ...] = ()
    last_year: Mapping[str, Provider] = field(default_factory=dict)
    elsewhere: tuple[Provider, ...] = ()
    #: Keys of the rows that the last fetch changed or brought.
    fresh: frozenset[str] = frozenset()
    gone: int = 0
    obstacles: tuple[str, ...] = ()
    age: float | None = None
    thresholds: Thresholds = THRESHOLDS


@dataclass(frozen=True, slots=True)
class Case:
    """One row or one institution of an issue, with both values."""

    keys: tuple[str, ...]
    provider_code: str
    provider_name: str
    what: str
    expected: str
    found: str
    amount: Decimal
    #: For an institution that is known from elsewhere: where its rows are.
    year: int = 0
    insurance: str = ""


@dataclass(frozen=True)
class Issue:
    """One finding of the check. `amount` is the disbursement of its rows in yuan."""

    rule: str
    severity: Severity
    title: str
    sentence: str
    cases: tuple[Case, ...] = ()
    expected_label: str = ""
    found_label: str = ""

    @property
    def distinct(self) -> dict[tuple[str, ...], Decimal]:
        """What it is about, each once: a row with two findings is one row, and so is its amount."""
        return {case.keys or (case.provider_code, case.what): case.amount for case in self.cases}

    @property
    def count(self) -> int:
        return len(self.distinct)

    @property
    def amount(self) -> Decimal:
        return sum(self.distinct.values(), ZERO)

    @property
    def keys(self) -> frozenset[str]:
        """The rows that it is about."""
        return frozenset(key for case in self.cases for key in case.keys)
