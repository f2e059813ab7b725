"""The institution's own items: learned from the lines that arrive, found by code, name or pinyin initials."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from portal.codes.initials import initials
from settlement.models import FeeLine, OwnItem

FOUND = 12
LEARNED = ("own_name", "initials", "item_code", "category", "spec", "unit", "price", "used_at")


def learn(environment: str, lines: Iterable[FeeLine]) -> None:
    """Remember each own code with what it was charged as last; refunds teach nothing."""
    newest = {line.own_code: line for line in lines if line.own_code and line.quantity > 0}
    OwnItem.objects.bulk_create(
        [
            OwnItem(
                environment=environment,
                own_code=code,
                own_name=line.own_name or code[:200],
                initials=initials(line.own_name)[:200],
                item_code=line.item_code,
                category=line.category,
                spec=line.spec,
                unit=line.unit,
                price=line.price,
            )
            for code, line in sorted(newest.items())
        ],
        update_conflicts=True,
        unique_fields=["institution", "environment", "own_code"],
        update_fields=LEARNED,
        batch_size=500,
    )


def search_items(environment: str, text: str) -> QuerySet[OwnItem]:
    """At most a dozen own items whose code begins so, whose name has it, or whose initials begin so."""
    text = text.strip()
    mine = OwnItem.objects.filter(environment=environment)
    if not text:
        return mine.order_by("-used_at")[:FOUND]
    found = Q(own_code__istartswith=text) | Q(own_name__icontains=text) | Q(item_code__istartswith=text)
    if text.isascii():
        found |= Q(initials__startswith=text.lower())
    return mine.filter(found).order_by("own_code")[:FOUND]
