"""The background worker for tests: every one new, forked from a process that has loaded the portal already.

Loading takes seconds and is the same for every worker; `manage.py worker` itself is tested in tests/jobs. A worker is
killed with everything that it does at the end of its test: nothing of it is left for the next one.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import IO

import pytest

ROOT = Path(__file__).resolve().parent.parent


class Nursery:
    """The loaded process. One worker at a time."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.worker_nursery"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def tell(self, said: dict[str, str] | None) -> None:
        """Start a worker with these variables, or end the one that runs; returns when that is done."""
        told, answers = self.process.stdin, self.process.stdout
        assert told
        assert answers
        told.write(json.dumps(said) + "\n")
        told.flush()
        assert answers.readline(), "the worker's process is gone: see what it said"

    def end(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(20)


@pytest.fixture(scope="session")
def nursery(django_db_setup: None) -> Iterator[Nursery]:
    """Loads while the first test that needs it signs people in."""
    made = Nursery()
    yield made
    made.end()


def carry_out(environment: dict[str, str]) -> None:
    """In the fork: what `manage.py worker` does, with this test's variables."""
    from django.conf import settings

    from portal.jobs import pace
    from portal.jobs.supervisor import Supervisor

    os.environ |= environment
    settings.SPOOL_DIR = Path(environment["PORTAL_SPOOL_DIR"])
    settings.SANDBOX_URL = environment["SANDBOX_URL"]
    pace.STOP = 0.0
    Supervisor().run()


def main(orders: IO[str], answers: IO[str]) -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    import_module("portal.urls")  # and with it whatever a task asks for
    worker = 0
    for line in orders:
        environment = json.loads(line)
        if environment is None:
            end(worker)
            worker = 0
        else:
            worker = os.fork()
            if worker == 0:
                try:
                    carry_out(environment)
                finally:
                    os._exit(0)
        print(flush=True, file=answers)
    end(worker)


def end(worker: int) -> None:
    if worker:
        os.kill(worker, signal.SIGTERM)
        os.waitpid(worker, 0)


if __name__ == "__main__":
    main(sys.stdin, sys.stdout)
