"""Reading the book: the entries of a span, and what they add up to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from portal.ledger.facts import ZERO, Span, Standing
from portal.ledger.models import Entry


def entries_between(
    span: Span,
    *,
    family: str = "",
    insutype: str | None = None,
    clr_type: str | None = None,
    clr_optins: str | None = None,
) -> QuerySet[Entry]:
    """The latest reading of every entry of these days that did not prove not to have happened; inside the door.

    None means any; an empty text means entries that have none.
    """
    rows = Entry.objects.filter(environment=span.environment, is_latest=True, day__gte=span.begin, day__lt=span.end)
    rows = rows.exclude(standing=Standing.VOID)
    asked = {"insutype": insutype, "clr_type": clr_type, "clr_optins": clr_optins}
    chosen = {name: value for name, value in asked.items() if value is not None}
    return rows.filter(**chosen, **({"family": family} if family else {}))


def revisions_of(entry: Entry) -> QuerySet[Entry]:
    """All readings of the same entry, the latest first."""
    names = ("environment", "source", "family", "number", "is_refund")
    return Entry.objects.filter(**{name: getattr(entry, name) for name in names}).order_by("-revision")


@dataclass(frozen=True, slots=True)
class ScopeSums:
    """What the settled entries of one insurance, clearing category and office add up to; refunds with their sign.

    `count` is of all of them, `refunds` of the negative ones; `open` is how many are under way or in doubt.
    """

    insutype: str
    clr_type: str
    clr_optins: str
    count: int = 0
    refunds: int = 0
    open: int = 0
    total: Decimal = ZERO
    fund: Decimal = ZERO
    account: Decimal = ZERO
    cash: Decimal = ZERO


def sums_by_scope(span: Span, family: str) -> list[ScopeSums]:
    """One for each insurance × clearing category × office that has entries in the span, in that order."""
    settled = Q(standing=Standing.SETTLED)
    found = (
        entries_between(span, family=family)
        .order_by()
        .values("insutype", "clr_type", "clr_optins")
        .annotate(
            count=Count("pk", filter=settled),
            refunds=Count("pk", filter=settled & Q(is_refund=True)),
            open=Count("pk", filter=~settled),
            **{f"{name}_sum": Sum(name, filter=settled, default=ZERO) for name in ("total", "fund", "account", "cash")},
        )
        .order_by("insutype", "clr_type", "clr_optins")
    )
    return [_scope_sums(one) for one in found]


def _scope_sums(row: Mapping[str, Any]) -> ScopeSums:
    return ScopeSums(**{name.removesuffix("_sum"): value for name, value in row.items()})
