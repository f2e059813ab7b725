"""What every test may ask for. The database is real, and the tests work in it as the app role (tests/database.py)."""

import importlib.util
import os
import shutil

import pytest

# The cast of people and the sandbox process bring their own fixtures.
PLUGINS = ("tests.database", "tests.cast", "tests.sandbox_process", "tests.chromium")
pytest_plugins = [name for name in PLUGINS if importlib.util.find_spec(name)]


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser for tests marked `browser`; bin/setup installs it."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "Chromium is missing: run bin/setup, or name one in the environment variable CHROMIUM"
    return path
