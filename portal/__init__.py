"""The ground floor: what every business stands on."""

import re
from functools import cache
from pathlib import Path


@cache
def version() -> str:
    """The product's version: the newest heading of CHANGELOG.md."""
    changelog = Path(__file__).resolve().parent.parent / "CHANGELOG.md"
    found = re.search(r"^## (\d+\.\d+\.\d+)\b", changelog.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise RuntimeError("CHANGELOG.md has no heading with a version")
    return found[1]
