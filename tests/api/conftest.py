from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from portal.access.door import tenant_tx
from portal.access.permissions import USE_PORTAL
from tests.api.notes import make_key


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
def served(transactional_db: None, live_server: Any) -> Iterator[str]:
    """The address of the portal over a real socket; afterwards none of its threads is connected to the database."""
    yield live_server.url
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        )
