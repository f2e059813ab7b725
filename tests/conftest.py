"""What every test may ask for. The database is real, and the tests work in it as the app role (tests/database.py)."""

import gc
import importlib.util
import os
import shutil
from collections import Counter

import pytest

# The cast of people and the sandbox process bring their own fixtures.
PLUGINS = ("tests.database", "tests.cast", "tests.sandbox_process", "tests.chromium", "tests.worker_nursery")
pytest_plugins = [name for name in PLUGINS if importlib.util.find_spec(name)]
gc.disable()  # until everything is imported, nothing is garbage


def pytest_collection_finish() -> None:
    """Modules, models and tests stay to the end: the collector, a tenth of a test's time, need not look at them."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
    gc.enable()


#: Files that take long, by a part of their path: they begin first, so that nobody works alone at the end of a run.
LONG = (
    "contracts/test_access", "tests/browser/", "clearing/test_resolve_doubts", "contracts/test_isolation", "_campaign",
    "jobs/test_worker", "_in_browser", "tests/contracts/", "clearing/", "settlement/", "injury/",
)  # fmt: skip


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The order in which the workers of a run take whole files: what is LONG, then what has many tests."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return
    tests = Counter(item.path for item in items)

    def turn(item: pytest.Item) -> tuple[int, int, str]:
        path = item.path.as_posix()
        place = next((number for number, part in enumerate(LONG) if part in path), len(LONG))
        return place, -tests[item.path], path

    items.sort(key=turn)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser for tests marked `browser`; bin/setup installs it."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "Chromium is missing: run bin/setup, or name one in the environment variable CHROMIUM"
    return path
