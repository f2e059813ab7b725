"""Jobs declared for tests, and the real worker as a child process."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def declare(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Declare a job for one test: `declare(run, resumable=True)`; its kind is `tests.job`."""
    from portal.jobs import kinds

    def make(run: Any, *, kind: str = "tests.job", resumable: bool = False, permission: str = "portal.use") -> None:
        monkeypatch.setitem(kinds._jobs, kind, kinds.Declared(kind, "测试任务", run, resumable, permission))

    return make


class Worker:
    """`manage.py worker` in a session of its own, with its processes."""

    def __init__(self, environment: dict[str, str], log: IO[bytes]) -> None:
        self.seen: set[int] = set()
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "worker"],
            cwd=ROOT,
            env=environment,
            start_new_session=True,
            stderr=log,
            stdout=log,
        )

    def family(self) -> dict[int, str]:
        """Pid and command line of everything that came from the worker."""
        found, todo = {}, [self.process.pid]
        parents: dict[int, list[int]] = {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] != "Z":
                parents.setdefault(int(fields[1]), []).append(int(path.parent.name))
        while todo:
            pid = todo.pop()
            try:
                found[pid] = Path(f"/proc/{pid}/cmdline").read_bytes().decode().replace("\0", " ")
            except OSError:
                continue
            todo += parents.get(pid, [])
        self.seen |= {pid for pid, command in found.items() if "worker" in command}
        return found

    def kill(self) -> None:
        """Whatever is left of what was ever seen, also when it has lost its parent."""
        self.family()
        for pid in self.seen:
            try:
                if b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    os.kill(pid, signal.SIGKILL)
            except (ProcessLookupError, FileNotFoundError):
                continue
        self.process.wait(10)

    def stop(self, number: int = signal.SIGTERM, within: float = 25) -> int:
        self.process.send_signal(number)
        return self.process.wait(within)


@pytest.fixture
def worker(transactional_db: None, tmp_path: Path) -> Iterator[Callable[[], Worker]]:
    """Start a worker on this test's database; whatever is left of it is killed at the end."""
    started: list[Worker] = []
    log = open(tmp_path / "worker.log", "wb")  # noqa: SIM115  it belongs to the children

    def start(**more: str) -> Worker:
        environment = os.environ | {
            "PORTAL_QUIET_FACTOR": "0.005",
            "PORTAL_SPOOL_DIR": str(tmp_path / "spool"),
            "PORTAL_WORKERS": "2",
            "DJANGO_SETTINGS_MODULE": "tests.worker_app.settings",
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
            **more,
        }
        started.append(Worker(environment, log))
        return started[-1]

    yield start
    for one in started:
        one.kill()
    log.close()
    print((tmp_path / "worker.log").read_text(errors="replace"))
