from collections.abc import Iterator
from typing import Any

import pytest
from django.core.servers.basehttp import WSGIRequestHandler
from django.db import connection

from portal.access.door import tenant_tx
from portal.access.permissions import CLERK, INSTITUTION_ADMIN, REVIEWER, USE_PORTAL
from portal.access.services.keys import grantable_scopes
from portal.gateway.channels.services import install_channel
from tests.api.notes import make_key
from tests.api.posts.portal import NATIONAL, NOWHERE, ONETRANS
from tests.api.retrying import World
from tests.cast import make_institution, make_member


@pytest.fixture
def key(dora_member, hospital_a) -> str:
    with tenant_tx(hospital_a.pk):
        return make_key(dora_member)


@pytest.fixture
def scopes(monkeypatch) -> list[str]:
    """What may be granted to keys here, whatever the businesses declare."""
    for place in ("services.keys", "forms.member"):
        monkeypatch.setattr(f"portal.access.{place}.grantable_scopes", lambda: [USE_PORTAL])
    return ["portal.use"]


@pytest.fixture
def served(transactional_db: None, live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of the portal over a real socket; afterwards none of its threads is connected to the database."""
    # Django's server writes head and body apart; the second would wait 40 ms for the caller's word about the first.
    monkeypatch.setattr(WSGIRequestHandler, "disable_nagle_algorithm", True)
    yield live_server.url
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        )


@pytest.fixture
def world(served: str, settings: Any) -> Iterator[World]:
    settings.SANDBOX_URL = settings.BRIDGE_URL = NOWHERE
    place = make_institution("H14020000001", "演示医院甲", inpatient_chronic=True, cross_region=True, maternity=True)
    people = {
        name: make_member(place, name, label, role)
        for name, label, role in (
            ("alice", "经办甲", CLERK),
            ("bob", "复核甲", REVIEWER),
            ("dora", "管理员甲", INSTITUTION_ADMIN),
        )
    }
    with tenant_tx(place.pk):
        key = make_key(people["alice"], scopes=[one.name for one in grantable_scopes()], per_minute=1_000_000)
        install_channel("national", "test", NATIONAL)
        install_channel("onetrans", "test", ONETRANS)
    headers = {"key": {"Authorization": f"Api-Key {key}"}}
    made = World(served, people["alice"], people["bob"], people["dora"], headers)
    yield made
    for line in made.lines.values():
        line.close()
