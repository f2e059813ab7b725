import json

import pytest

from tests.vault.safe import safe_table

__all__ = ["safe_table"]


@pytest.fixture
def master_keys(tmp_path, settings):
    """A master key file of this test's own."""
    path = tmp_path / "master_key.json"
    path.write_text(json.dumps({"1": "00112233445566778899aabbccddeeff"}))
    path.chmod(0o400)
    settings.MASTER_KEY_FILE = path
    return path
