"""bin/setup: the machine and the clone made ready."""

from __future__ import annotations

from stack import PYTHON
from trouble import Trouble


def main(words: list[str]) -> int:
    ensure()
    return 0


def ensure(*, tests: bool = False) -> None:
    if not PYTHON.exists():
        raise Trouble("缺少 .venv", "no .venv")
