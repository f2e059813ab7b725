import pytest

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
