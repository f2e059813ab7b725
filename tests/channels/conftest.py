"""Hospital A, its administrators, and values of a channel that the sandbox answers."""

from typing import Any

import pytest

from portal.access.door import tenant_tx
from portal.access.permissions import INSTITUTION_ADMIN
from portal.gateway import crypto
from tests.cast import make_member, signed_in

PRIVATE, PUBLIC = crypto.generate()
_, PROVIDER = crypto.generate()
GATEWAY, ENVIRONMENT = "clearing", "test"


@pytest.fixture
def values(settings) -> dict[str, Any]:
    """Everything right, for an address that nobody serves."""
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    return {
        "app_code": "APP0001",
        "base_url": "http://127.0.0.1:9/clearing",
        "provider_public_key": PROVIDER,
        "private_key": PRIVATE,
        "public_key": PUBLIC,
        "iv": "3425032093234524",
        "region": "140213",
    }


@pytest.fixture
def living(counterpart, settings) -> dict[str, Any]:
    """Everything right, for a party that the sandbox knows."""
    party = counterpart("LIVING")
    settings.SANDBOX_URL = party.sandbox.url
    named = ("app_code", "base_url", "provider_public_key", "private_key", "public_key", "iv")
    return {name: getattr(party.settings, name) for name in named}


@pytest.fixture
def dan_member(hospital_a):
    """Hospital A's second administrator."""
    return make_member(hospital_a, "dan", "管理员二", INSTITUTION_ADMIN)


@pytest.fixture
def dan(dan_member):
    return signed_in(dan_member)


@pytest.fixture
def alone(hospital_a):
    """Hospital A without four eyes."""
    hospital_a.four_eyes = False
    hospital_a.save()
    return hospital_a


@pytest.fixture
def in_a(hospital_a):
    """Open hospital A's door for a moment: `with in_a(): …`."""
    return lambda: tenant_tx(hospital_a.pk)
