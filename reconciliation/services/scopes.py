"""What a run asks about: every insurance × clearing category × office that has entries, or may have some there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from portal.ledger.facts import Span
from portal.ledger.reading import ScopeSums, sums_by_scope
from reconciliation.models import RunSchedule, Total

#: Days for which a scope is asked about after its last settlement: what only the centre has is found this way, too.
REMEMBERED = timedelta(days=400)
Key = tuple[str, str, str]


def key_of(sums: ScopeSums) -> Key:
    return (sums.insutype, sums.clr_type, sums.clr_optins)


def is_askable(key: Key) -> bool:
    """3201 wants all three; entries that lack one cannot be compared by sums."""
    return all(key)


def scopes_of(span: Span, family: str) -> list[ScopeSums]:
    """Our sums of every scope: those with entries in the span, those known from earlier runs, and the fixed ones."""
    found = {key_of(one): one for one in sums_by_scope(span, family)}
    for key in (*_known(span, family), *_fixed(span.environment)):
        found.setdefault(key, ScopeSums(*key))
    return [found[key] for key in sorted(found)]


def added(sums: Iterable[ScopeSums], key: Key) -> ScopeSums:
    """All of them as one, under that name."""
    whole = ScopeSums(*key)
    for one in sums:
        names = ("count", "refunds", "open", "total", "fund", "account", "cash")
        whole = replace(whole, **{name: getattr(whole, name) + getattr(one, name) for name in names})
    return whole


def _known(span: Span, family: str) -> list[Key]:
    rows = Total.objects.filter(
        environment=span.environment,
        run__family=family,
        begin__gte=span.begin - REMEMBERED,
        begin__lt=span.end,
        is_application=False,
    )
    asked = rows.exclude(insutype="").exclude(clr_type="").exclude(clr_optins="").exclude(count=0).order_by()
    return [(one, two, three) for one, two, three in asked.values_list("insutype", "clr_type", "clr_optins").distinct()]


def _fixed(environment: str) -> list[Key]:
    schedule = RunSchedule.objects.filter(environment=environment).first()
    return [(str(one), str(two), str(three)) for one, two, three in (schedule.scopes if schedule else ())]
