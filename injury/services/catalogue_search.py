"""Finding items of the centre's catalogue as a clerk types: code, part of the name, or pinyin initials."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from injury.models import CatalogueItem
from injury.models.catalogue import in_use

#: What a person looks through.
MOST = 20


def find_items(
    words: str, *, environment: str, today: date, kind: str = "", chosen: str = ""
) -> tuple[list[CatalogueItem], bool]:
    """Versions in force that match all words, the chosen code first; and whether there are more than are shown."""
    mine = in_use(CatalogueItem.objects.filter(environment=environment), today)
    if kind:
        mine = mine.filter(kind=kind)
    picked = list(mine.filter(code=chosen)[:1]) if chosen else []
    if not words.strip():
        return picked, False
    found = list(matching(mine, words).exclude(code=chosen).order_by("code")[: MOST + 1])
    return picked + found[:MOST], len(found) > MOST


def matching(items: QuerySet[Any], words: str) -> QuerySet[Any]:
    """Rows that have every word in code, name, initials, specification or maker."""
    for word in words.split()[:5]:
        items = items.filter(
            Q(code__icontains=word)
            | Q(name__icontains=word)
            | Q(initials__startswith=word.lower())
            | Q(specification__icontains=word)
            | Q(maker__icontains=word)
        )
    return items
