"""Where a paper's rows come from: each kind has one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from clearing.models import Scope


@dataclass(frozen=True)
class Source:
    """`rows` of a scope, in the `order` of the table; `missing` says why there are none; `facts` stand below the title.

    `changed_at` is when the rows last changed: a paper made before is out of date.
    """

    order: tuple[str, ...]
    rows: Callable[[Scope], QuerySet[Any]]
    missing: Callable[[Scope], str]
    facts: Callable[[Scope], tuple[tuple[str, str], ...]]
    changed_at: Callable[[Scope], datetime | None]


def dates_of(year: int) -> tuple[str, str]:
    """What every paper says about its time."""
    return "清算期间", f"{year} 年 1 月 1 日至 {year} 年 12 月 31 日"
