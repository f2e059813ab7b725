import os
import time

import pytest

from portal.audit.checkpoints import latest_checkpoint
from portal.audit.tasks import checkpoint_of_the_day
from portal.jobs.sweeps import _machine_sweepers

DAY = 24 * 3600


@pytest.fixture(autouse=True)
def _own_files(transactional_db, tmp_path, settings):
    settings.MODE = "demo"
    settings.MASTER_KEY_FILE = tmp_path / "master_key.json"
    settings.CHECKPOINT_DIR = tmp_path / "checkpoints"


def test_it_writes_one_a_day(settings):
    for _ in range(3):
        checkpoint_of_the_day()
    [first] = settings.CHECKPOINT_DIR.glob("*.json")
    os.utime(first, (time.time() - DAY, time.time() - DAY))
    checkpoint_of_the_day()
    assert latest_checkpoint() == settings.CHECKPOINT_DIR / "checkpoint-00000002.json"


def test_it_runs_on_every_machine_with_a_worker():
    assert checkpoint_of_the_day in _machine_sweepers
