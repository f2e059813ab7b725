"""Editions and their classes as this process keeps them: found by digest, so that equal content is made once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from functools import cache
from threading import RLock
from typing import Any

from django.apps import apps

from portal.gateway.messages import Heading, Request, request_class
from portal.gateway.national.building import request_from
from portal.gateway.national.editions import Edition, base, known_edition
from portal.gateway.national.gateway import NATIONAL
from portal.gateway.national.tables import effect_of, table_of, tables

#: Declared by hand where they are used; here they are only listed.
DECLARED_ELSEWHERE = frozenset({"3260", "3261", "3262"})
#: Editions and classes of editions that are kept; the oldest go first.
EDITIONS, CLASSES = 16, 400

_editions: OrderedDict[str, Edition] = OrderedDict()
_classes: OrderedDict[tuple[str, str], type[Request[Any]]] = OrderedDict()
_lock = RLock()


class TableSource:
    """Makes the transactions of the national interface from its tables (`portal.gateway.messages.Source`)."""

    def headings(self, edition: str = "") -> Mapping[str, Heading]:
        return _headings() if not edition else _own_headings(edition_of(edition))

    def make(self, code: str, edition: str) -> type[Request[Any]]:
        if not edition:
            return request_from(table_of(code), effect_of(code))
        return kept_class(edition_of(edition), code)

    def edition_in_use(self, environment: str) -> str:
        return current_edition(environment).digest


@cache
def _headings() -> Mapping[str, Heading]:
    return {
        number: Heading(NATIONAL.name, number, table.name, effect_of(number).safe)
        for number, table in tables().items()
        if table.is_known and number not in DECLARED_ELSEWHERE
    }


def _own_headings(edition: Edition) -> Mapping[str, Heading]:
    return {
        number: Heading(NATIONAL.name, number, edition.table(number).name, edition.effect(number).safe)
        for number in edition.numbers()
        if edition.has(number) and number not in DECLARED_ELSEWHERE
    }


def kept_class(edition: Edition, number: str) -> type[Request[Any]]:
    """The transaction in that edition: the base's class where nothing differs. LookupError without a table."""
    if number in DECLARED_ELSEWHERE or (number in tables() and not edition.touches(number)):
        return request_class(NATIONAL, number)
    with _lock:
        found = _classes.get((edition.digest, number))
        if found is None:
            found = _classes[edition.digest, number] = edition.request(number)
            while len(_classes) > CLASSES:
                _classes.popitem(last=False)
    return found


def edition_of(digest: str) -> Edition:
    """The edition with that digest, of this process or of the open institution; LookupError when it has none."""
    if not digest:
        return base()
    with _lock:
        found = _editions.get(digest)
    return found or keep(known_edition(_stored(digest)))


def keep(edition: Edition) -> Edition:
    """Remember an edition in this process."""
    with _lock:
        found = _editions.setdefault(edition.digest, edition)
        while len(_editions) > EDITIONS:
            _editions.popitem(last=False)
    return found


def current_edition(environment: str = "") -> Edition:
    """The edition that the open institution uses in that environment (in the one it works in); the base without one."""
    from portal.access.models import Institution
    from portal.gateway.national.models import NationalEdition

    if not environment:
        environment = str(Institution.objects.values_list("environment", flat=True).get(pk=_institution()))
    rows = NationalEdition.objects.filter(environment=environment, is_current=True)
    digest = rows.values_list("digest", flat=True).first()
    return edition_of(digest or "")


def _institution() -> int:
    from portal.access.door import required_institution

    return required_institution()


def _stored(digest: str) -> Any:
    if apps.is_installed("portal.gateway"):
        from portal.gateway.national.models import NationalEdition

        content = NationalEdition.objects.filter(digest=digest).values_list("content", flat=True).first()
        if content is not None:
            return content
    raise LookupError(f"no edition {digest} of the national interface is known")
