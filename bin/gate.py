"""bin/test: the whole quality gate, or pytest alone when arguments are given."""

from __future__ import annotations

import children
import prepare
from stack import PYTHON, Stack


def main(words: list[str]) -> int:
    """Exit code of the first step that fails, else of pytest."""
    prepare.ensure(tests=True)
    stack = Stack("test")
    with stack.database() as cluster:
        return children.foreground([str(PYTHON), "-m", "pytest", *words], stack.environment(cluster))
