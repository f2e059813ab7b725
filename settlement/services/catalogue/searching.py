"""Finding entries by code, any part of a name, or the first letters of its pinyin."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet

from settlement.models import Catalogue, CatalogueEntry, OwnItem
from settlement.rules.catalogue import ITEMS, wanted_grams
from settlement.services.catalogue.store import catalogues_of

FOUND = 20


@dataclass(frozen=True)
class Found:
    """An entry as a line of charge needs it. `price` is what the institution itself charged last, None when never:
    the catalogues name no prices."""

    number: str
    code: str
    name: str
    spec: str
    unit: str
    maker: str
    grade: str
    price: Decimal | None
    own_code: str = ""


def matching(words: str) -> Q:
    """Entries in which each of the typed words is the beginning of the code, or a part of name or initials."""
    found = Q()
    for word in words.split()[:5]:
        pieces = wanted_grams(word)
        one = Q(code__startswith=word.upper()) | Q(code__startswith=word)
        if pieces:
            inside = Q(words__contains=word.lower())
            if word.isascii():
                inside |= Q(initials__startswith=word.lower()) if len(word) == 1 else Q(initials__contains=word.lower())
            one |= Q(grams__contains=list(pieces)) & inside
        found &= one
    return found


def current(
    catalogues: QuerySet[Catalogue] | Iterable[Catalogue], edition: int | None = None
) -> QuerySet[CatalogueEntry]:
    """The entries of these catalogues as their newest version has them, or as that edition had them."""
    ids = [one.pk for one in catalogues]
    rows = CatalogueEntry.objects.filter(catalogue__in=ids)
    if edition is None:
        return rows.filter(replaced_in__isnull=True)
    return rows.filter(Q(replaced_in__isnull=True) | Q(replaced_in__gt=edition), since__lte=edition)


def valid_on(on: date) -> Q:
    """Entries that may be used on that day; both days count."""
    begun = Q(begins_on__isnull=True) | Q(begins_on__lte=on)
    return begun & (Q(ends_on__isnull=True) | Q(ends_on__gte=on)) & Q(is_valid=True)


def find_items(
    words: str, *, on: date, environment: str, numbers: Iterable[str] = ITEMS, limit: int = FOUND
) -> list[Found]:
    """At most `limit` entries for these words that are valid on that day, for a line of charge; inside the door.

    `numbers` are the catalogues that are searched: drugs, services and materials unless told otherwise, "1307" for
    diagnoses, "1308" for operations, "1309" for diseases of chronic outpatients …
    """
    words = words.strip()
    if not words:
        return []
    catalogues = {one.pk: one.number for one in catalogues_of(environment).filter(number__in=list(numbers))}
    rows = CatalogueEntry.objects.filter(catalogue__in=list(catalogues), replaced_in__isnull=True)
    entries = list(rows.filter(matching(words), valid_on(on)).defer("line", "grams").order_by("code")[:limit])
    own = _own_prices(environment, [one.code for one in entries])
    return [
        Found(
            number=catalogues[one.catalogue_id],
            code=one.code,
            name=one.name,
            spec=one.spec,
            unit=one.unit,
            maker=one.maker,
            grade=one.grade,
            price=own[one.code].price if one.code in own else None,
            own_code=own[one.code].own_code if one.code in own else "",
        )
        for one in entries
    ]


def _own_prices(environment: str, codes: list[str]) -> dict[str, OwnItem]:
    """Of each code the own item that was charged last."""
    rows = OwnItem.objects.filter(environment=environment, item_code__in=codes).order_by("used_at")
    return {one.item_code: one for one in rows}
