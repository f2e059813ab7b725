"""Nothing a supervisor started outlives it, however it ends."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from children import Family
from trouble import Trouble

BIN = Path(__file__).resolve().parent.parent.parent / "bin"
SLEEP = "import time; time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
# Starts a process that leaves the group and the session, as a daemon would.
RUNAWAY = (
    "import subprocess, sys, time;"
    "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], start_new_session=True);"
    "print(p.pid, flush=True); time.sleep(60)"
)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for(condition, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


@pytest.fixture
def supervisor(tmp_path):
    """A process with three children (one deaf, one with a runaway); yields it and the four process numbers."""
    script = f"""
        import sys, time
        sys.path.insert(0, {str(BIN)!r})
        from pathlib import Path
        from children import Family
        with Family(Path({str(tmp_path)!r}), grace=1.0) as family:
            for name, code in (("plain", {SLEEP!r}), ("stubborn", {STUBBORN!r}), ("runaway", {RUNAWAY!r})):
                child = family.start(name, [sys.executable, "-c", code], {{}})
                print(child.process.pid, flush=True)
            while True:
                family.check()
                time.sleep(0.05)
    """
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    pids = [int(process.stdout.readline()) for _ in range(3)]
    log = tmp_path / "runaway.log"
    wait_for(lambda: log.exists() and log.read_text().strip())
    time.sleep(0.3)  # the deaf one has closed its ears
    pids.append(int(log.read_text()))
    yield process, pids
    process.kill()
    process.wait()
    for pid in pids:
        if is_alive(pid):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_stops_everything_when_told_to(supervisor, number):
    process, pids = supervisor
    assert all(is_alive(pid) for pid in pids)
    process.send_signal(number)
    process.wait(15)
    assert [pid for pid in pids if is_alive(pid)] == []


def test_it_stops_everything_when_one_child_dies(supervisor):
    process, pids = supervisor
    os.kill(pids[0], signal.SIGKILL)
    assert process.wait(15) != 0
    assert [pid for pid in pids if is_alive(pid)] == []


def test_its_children_hear_when_it_is_killed(supervisor):
    process, pids = supervisor
    process.kill()
    wait_for(lambda: not is_alive(pids[0]))


def test_it_says_which_child_died_and_why(tmp_path):
    with Family(tmp_path, grace=1) as family:
        child = family.start("worker", [sys.executable, "-c", "print('no such table'); raise SystemExit(3)"], {})
        child.process.wait(10)
        with pytest.raises(Trouble) as trouble:
            family.check()
    assert trouble.value.chinese.startswith("worker 已退出（代码 3）")
    assert "no such table" in str(trouble.value)


def test_it_gives_up_waiting_and_shows_the_logs(tmp_path):
    with Family(tmp_path, grace=1) as family:
        family.start("web", [sys.executable, "-c", f"print('booting', flush=True); {SLEEP}"], {})
        with pytest.raises(Trouble) as trouble:
            family.wait_until(lambda: False, seconds=0.5, what="/readyz")
    assert "/readyz" in trouble.value.chinese
    assert "booting" in str(trouble.value)
