"""What really happened at the other side: the ledger of effects, its totals, and every party's present state."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from portal.gateway.sandbox.models import Effect, Party
from portal.gateway.sandbox.plays import state_of

TOTALS = """
SELECT code, count(*), count(*) FILTER (WHERE is_duplicate), count(*) FILTER (WHERE undone_by_id IS NULL)
FROM sandbox_effect e JOIN sandbox_party p ON p.id = e.party_id
WHERE e.gateway = %(gateway)s AND (%(party)s = '' OR p.app_code = %(party)s) GROUP BY code
"""
AMOUNTS = """
SELECT code, a.key, sum(a.value::numeric)
FROM sandbox_effect e JOIN sandbox_party p ON p.id = e.party_id, jsonb_each_text(e.amounts) a
WHERE e.gateway = %(gateway)s AND (%(party)s = '' OR p.app_code = %(party)s) GROUP BY code, a.key
"""


def truth_of(gateway: str, *, party: str = "", nonce: str = "", after: int = 0, limit: int = 5000) -> dict[str, Any]:
    """`{gateway, totals: {code: {count, duplicates, live, amounts}}, state: {app_code: …}, effects: […], next}`.

    All of one moment. Effects come in order of their id, `limit` at a time after the id `after`; `next` is the id to
    go on from, or None. LookupError for a party that is not registered.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        parties = Party.objects.filter(gateway=gateway).order_by("app_code")
        parties = parties.filter(app_code=party) if party else parties
        if party and not parties:
            raise LookupError("没有这个调用方")
        found = Effect.objects.filter(gateway=gateway, party__in=parties, pk__gt=after).select_related(
            "party", "undone_by"
        )
        found = found.filter(nonce=nonce) if nonce else found
        effects = list(found.order_by("pk")[: limit + 1])
        return {
            "gateway": gateway,
            "totals": _totals(gateway, party),
            "state": {one.app_code: state_of(one) for one in parties},
            "effects": [_shown(effect) for effect in effects[:limit]],
            "next": effects[limit - 1].pk if len(effects) > limit else None,
        }


def _totals(gateway: str, party: str) -> dict[str, Any]:
    asked = {"gateway": gateway, "party": party}
    with connection.cursor() as cursor:
        cursor.execute(TOTALS, asked)
        totals: dict[str, Any] = {
            code: {"count": count, "duplicates": duplicates, "live": live, "amounts": {}}
            for code, count, duplicates, live in cursor.fetchall()
        }
        cursor.execute(AMOUNTS, asked)
        for code, name, total in cursor.fetchall():
            totals[code]["amounts"][name] = int(total) if name == "rows" else str(total.quantize(Decimal("0.01")))
    return totals


def _shown(effect: Effect) -> dict[str, Any]:
    return {
        "id": effect.pk,
        "party": effect.party.app_code,
        "code": effect.code,
        "nonce": effect.nonce,
        "business_key": effect.business_key,
        "amounts": effect.amounts,
        "detail": effect.detail,
        "duplicate": effect.is_duplicate,
        "undone_by": effect.undone_by.pk if effect.undone_by else None,
        "at": timezone.localtime(effect.at).isoformat(timespec="milliseconds"),
    }
