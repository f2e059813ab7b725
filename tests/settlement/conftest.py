"""What several tests of settlement ask for."""

import pytest

from tests.settlement.settling_desk import desk_of


@pytest.fixture
def settling(transactional_db, alice_member, bob_member, national_counterpart, settings, tmp_path):
    """A desk that settles; no quiet period is waited for."""
    settings.PORTAL_QUIET_FACTOR = 0.0001
    settings.SPOOL_DIR = tmp_path / "spool"
    party = national_counterpart("SETTLE", timeout=3)
    settings.SANDBOX_URL = party.sandbox.url
    return desk_of(alice_member, bob_member, party)
