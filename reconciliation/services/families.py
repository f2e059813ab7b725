"""Which gateways can be reconciled, and which of them an institution uses."""

from __future__ import annotations

from portal.gateway.channels.models import Channel
from portal.gateway.messages import gateway
from portal.gateway.national import NATIONAL
from portal.ledger.centre import centre_families
from portal.ledger.models import Entry

TITLES = {"onetrans": "收费台（OneTrans）"}


def known_families() -> tuple[str, ...]:
    """The national interface, and every gateway whose own records can be read."""
    return (NATIONAL.name, *(one for one in centre_families() if one != NATIONAL.name))


def family_title(family: str) -> str:
    """What people call it."""
    if family in TITLES:
        return TITLES[family]
    try:
        return gateway(family).title
    except LookupError:
        return family


def families_of(environment: str) -> list[str]:
    """Those with an active channel or entries in the book, in that environment; inside the door."""
    rows = Channel.objects.filter(environment=environment, is_active=True)
    active = set(rows.values_list("gateway", flat=True))
    return [one for one in known_families() if one in active or _has_entries(environment, one)]


def _has_entries(environment: str, family: str) -> bool:
    return Entry.objects.filter(environment=environment, family=family, is_latest=True).exists()
