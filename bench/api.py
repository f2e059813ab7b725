"""A list of 100 clearing rows for a hospital system with its key, against a bare Django view with the same JSON.

Both go through the whole stack of middleware; the bare view asks nobody who they are, opens the same door and writes
the dictionaries that its query returns.
"""

from __future__ import annotations

import json
from typing import Any

from bench.case import Case

REQUESTS = 200
PLACE = "B00000000001"
ADDRESS, BARE = "/api/v1/clearing/rows", "/bare"
_headers: dict[str, str] = {}


def prepare() -> None:
    """Rows, a key, and both views answered once with the same JSON."""
    from bench.city import build

    build(50)
    from datetime import datetime, timedelta

    from django.conf import settings
    from django.utils import timezone

    from portal.access.door import tenant_tx
    from portal.access.member import Member
    from portal.access.models import Institution, Membership
    from portal.access.services.keys import MOST, create_key

    place = Institution.objects.get(code=PLACE)
    with tenant_tx(place.pk):
        user = Membership.objects.select_related("user").earliest("created_at").user
        by = Member(user, place, frozenset())
        until = timezone.now() + timedelta(days=1)
        _, text = create_key("测量", ["clearing.rows.view"], [], until, by=by, per_minute=MOST)
    _headers["authorization"] = f"Api-Key {text}"
    settings.ROOT_URLCONF = "bench.api_urls"
    answers = [get(address) for address in (ADDRESS, BARE)]
    for answer in answers:
        for item in answer["items"]:
            item["fetched_at"] = datetime.fromisoformat(item["fetched_at"]).replace(microsecond=0)  # zones differ
    if answers[0]["items"] != answers[1]["items"] or len(answers[0]["items"]) != 100:
        raise AssertionError("the two answers differ")


def get(address: str) -> Any:
    answer = client().get(address, headers=_headers)
    if answer.status_code != 200:
        raise AssertionError(f"{address}: {answer.status_code} {answer.content.decode()[:300]}")
    return json.loads(answer.content)


def client() -> Any:
    from django.test import Client

    return Client(SERVER_NAME="127.0.0.1")


def ask(address: str) -> int:
    caller = client()
    for _ in range(REQUESTS):
        if caller.get(address, headers=_headers).status_code != 200:
            raise AssertionError(address)
    return REQUESTS


def ours() -> int:
    return ask(ADDRESS)


def reference() -> int:
    return ask(BARE)


CASE = Case(
    name="api",
    work="GET list of 100 clearing rows by key, requests/s at least half of the reference's",
    against="a bare Django view returning the same JSON",
    ours=ours,
    reference=reference,
    prepare=prepare,
    ratio=2,
)
