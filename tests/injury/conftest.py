"""What several tests of work injury ask for."""

import pytest

from tests.injury.upload_desk import desk_of


@pytest.fixture
def uploads(transactional_db, alice_member, bob_member, injury_counterpart, settings, tmp_path):
    """A desk that uploads fees, batches of five, no waiting."""
    settings.PORTAL_QUIET_FACTOR = 0.0001
    settings.SPOOL_DIR = tmp_path / "spool"
    settings.INJURY_UPLOAD_LINES = 5
    party = injury_counterpart("UPLOADS")
    settings.SANDBOX_URL = party.sandbox.url
    return desk_of(alice_member, bob_member, party)
