"""The lock files pin every file by its hash and name no index, so that any mirror will do."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


def test_it_pins_every_python_package_by_hash():
    text = (ROOT / "requirements.lock").read_text()
    entries = re.split(r"\n(?=[a-z0-9])", re.sub(r"(?m)^\s*#.*\n", "", text).strip())
    assert len(entries) > 50
    for entry in entries:
        assert re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==\S+", entry), entry[:60]
        assert "--hash=sha256:" in entry, entry[:60]


def test_it_locks_everything_it_asks_for():
    locked = set(re.findall(r"(?m)^([a-z0-9._-]+)==", (ROOT / "requirements.lock").read_text()))
    asked = re.findall(r"(?m)^([A-Za-z0-9._-]+)", (ROOT / "requirements.in").read_text())
    assert {name.lower().replace("_", "-").replace(".", "-") for name in asked} <= locked


@pytest.mark.parametrize("name", ["requirements.in", "requirements.lock"])
def test_it_names_no_python_index(name):
    assert not re.search(r"https?://|index-url|find-links|file:", (ROOT / name).read_text())


def test_it_names_no_browser_package_registry():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert {"node_modules/bootstrap", "node_modules/echarts"} <= set(packages)
    for name, entry in packages.items():
        assert "resolved" not in entry, name
        assert entry["integrity"].startswith("sha512-"), name
    assert packages["node_modules/bootstrap"]["version"].startswith("5.3.")
    assert packages["node_modules/echarts"]["version"].startswith("6.")
