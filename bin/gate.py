"""bin/test: the whole quality gate, or pytest alone when arguments are given."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import children
import prepare
from cluster import Cluster
from stack import PYTHON, ROOT, Stack

#: Whole files to each of three processes, in the order of tests/conftest.py: long ones first.
PYTEST = ("-q", "-n", "3", "--dist", "loadfile", "--no-loadscope-reorder", "--durations=10")
SANDBOX_SETTINGS = "portal.gateway.sandbox.settings"
BIN = {"PYTHONPATH": str(ROOT / "bin")}


def main(words: list[str]) -> int:
    """bin/test [--lint | pytest arguments]: exit code of the first step that fails, else 0."""
    prepare.ensure(tests=True)
    stack = Stack("test")
    with stack.database() as cluster:
        environment = stack.environment(cluster)
        if words and words != ["--lint"]:
            return children.foreground([str(PYTHON), "-m", "pytest", *words], environment)
        # The tests' databases are migrated while the checks, which use one processor, run.
        with nullcontext() if words else children.beside([str(PYTHON), "-m", "tests.database"], environment | BIN):
            start = time.monotonic()
            with production(stack, cluster) as live:
                for name, command, its_environment in steps(environment, live):
                    if code := timed(name, command, its_environment):
                        return code
            print(f"—— 检查合计 checks: {time.monotonic() - start:.1f} s", flush=True)
            if words:
                return 0
            # Last, so that pytest's own closing line is the last one of the run.
            return children.foreground([str(PYTHON), "-m", "pytest", *PYTEST], environment)


def steps(environment: dict[str, str], live: dict[str, str]) -> Iterator[tuple[str, list[str], dict[str, str]]]:
    """Name, command and environment of every check, in order; the quick ones first."""
    tools = ROOT / ".venv" / "bin"
    manage = [str(PYTHON), "manage.py"]
    owner = environment | {"PORTAL_AS_OWNER": "1"}
    yield "ruff format", [str(tools / "ruff"), "format", "--check", "--output-format=concise", "."], environment
    yield "ruff check", [str(tools / "ruff"), "check", "--output-format=concise", "."], environment
    yield "mypy", [str(tools / "mypy"), "--no-error-summary"], environment
    yield "lint-imports", [str(tools / "lint-imports"), "--no-logo"], environment
    yield "makemigrations --check", [*manage, "makemigrations", "--check", "--dry-run"], owner
    if (ROOT / "portal" / "gateway" / "sandbox" / "settings.py").exists():
        sandbox = [*manage, "makemigrations", "--check", "--dry-run", "--settings", SANDBOX_SETTINGS]
        yield "makemigrations --check (sandbox)", sandbox, owner
    yield "check --deploy", [*manage, "check", "--deploy", "--fail-level", "WARNING"], live


def timed(name: str, command: list[str], environment: dict[str, str]) -> int:
    start = time.monotonic()
    code = children.foreground(command, environment)
    verdict = "通过 ok" if code == 0 else f"未通过 failed ({code})"
    print(f"—— {name}: {verdict}, {time.monotonic() - start:.1f} s", flush=True)
    return code


@contextmanager
def production(stack: Stack, cluster: Cluster) -> Iterator[dict[str, str]]:
    """The environment of a production site, with secrets made for this one check."""
    with tempfile.TemporaryDirectory(prefix="yibao-check-") as folder:
        throwaway = Stack("check", root=Path(folder))
        throwaway.make_secrets()
        yield stack.environment(cluster) | {
            "PORTAL_MODE": "production",
            "PORTAL_VAR": str(throwaway.var),
            "PORTAL_SECRET_KEY_FILE": str(throwaway.secrets / "secret_key"),
            "PORTAL_MASTER_KEY_FILE": str(throwaway.secrets / "master_key.json"),
            "PORTAL_SPOOL_DIR": str(throwaway.var / "spool"),
            "PORTAL_CHECKPOINT_DIR": str(throwaway.var / "checkpoints"),
            "PORTAL_ALLOWED_HOSTS": "portal.example",
        }
