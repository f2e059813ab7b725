"""Child processes: started in order, told to stop in the opposite order, and never left behind."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO

from stack import ROOT
from trouble import Trouble, say

GRACE = 20.0  # seconds a child may take to finish what it is doing
LAST_LINES = 15
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_libc = ctypes.CDLL(None, use_errno=True)


def _die_with_parent() -> None:
    """Runs in the child: a supervisor killed with SIGKILL can stop nobody, so the kernel does."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def foreground(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run one child on our terminal; its exit code. Signals that reach only us are passed on to it."""
    child = subprocess.Popen(command, cwd=ROOT, env=environment, preexec_fn=_die_with_parent)

    def pass_on(number: int, frame: FrameType | None) -> None:
        child.send_signal(number)

    before = {number: signal.signal(number, pass_on) for number in (signal.SIGTERM, signal.SIGHUP)}
    before[signal.SIGINT] = signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal tells the child as well
    try:
        code = child.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return exit_code(code)


@contextlib.contextmanager
def beside(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[None]:
    """Run a child while the block lasts. Nobody waits for it: who needs what it makes finds that out there."""
    quiet = subprocess.DEVNULL
    child = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=quiet, stdout=quiet, stderr=quiet, preexec_fn=_die_with_parent
    )
    try:
        yield
    finally:
        child.terminate()
        child.wait()


def exit_code(code: int) -> int:
    """As a shell counts: 128 and the signal's number for a child that a signal ended."""
    return code if code >= 0 else 128 - code


def required(command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Run one child that must succeed."""
    if code := foreground(command, environment):
        raise Trouble(f"命令失败：{' '.join(command[1:])}", f"Command failed with code {code}", code=code)


class Stopped(Exception):
    """Somebody asked us to stop; not an error."""


@dataclass
class Child:
    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def last_lines(self) -> str:
        """The end of its log: where the reason stands."""
        lines = self.log.read_text(errors="replace").rstrip().splitlines()
        return "\n".join(f"    {line}" for line in lines[-LAST_LINES:])


class Family:
    """The children of one supervisor; leaving the block stops them all, whatever happened inside.

    SIGTERM, SIGHUP and Ctrl-C are only noted, and `check` raises Stopped at the next turn of the loop: an exception
    thrown from a signal handler could leave a lock of `subprocess` held for ever, and stop() waiting for it.
    """

    SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

    def __init__(self, logs: Path, *, grace: float = GRACE) -> None:
        self.logs = logs
        self.grace = grace
        self.children: list[Child] = []
        self.before = frozenset(_children_of(os.getpid()))  # not ours to end
        self.guest: subprocess.Popen[bytes] | None = None
        self.asked = False

    def __enter__(self) -> Family:
        # Orphans of our children become ours instead of init's: stop() finds even those that left their group.
        _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self._before = {number: signal.signal(number, self._note) for number in self.SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        for number in self.SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        self.stop()
        if not self.asked:  # else whoever asks twice waits: what follows is cleaning up as well
            for number, handler in self._before.items():
                signal.signal(number, handler)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.asked = True

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> Child:
        """A child in a process group of its own, so that Ctrl-C reaches only us; its output goes to logs/name.log."""
        self.logs.mkdir(parents=True, exist_ok=True)
        log = self.logs / f"{name}.log"
        if log.exists():
            log.replace(log.with_suffix(".log.1"))
        with open(log, "wb") as sink:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        child = Child(name, process, log)
        self.children.append(child)
        return child

    def run(self, command: Sequence[str], environment: Mapping[str, str], *, output: IO[bytes] | None = None) -> int:
        """Exit code of a command that ends before the others do; on our terminal, or with its output in a file."""
        self.guest = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, preexec_fn=_die_with_parent)
        while (code := self.guest.poll()) is None:
            self.check()
            time.sleep(0.05)
        return exit_code(code)

    def check(self) -> None:
        """Stopped when somebody asked for it; Trouble when a child has ended: they live and die together."""
        if self.asked:
            raise Stopped
        for child in self.children:
            code = child.process.poll()
            if code is not None:
                raise Trouble(
                    f"{child.name} 已退出（代码 {code}），其余进程随之停止；日志 {child.log} 的末尾：",
                    f"{child.name} ended with code {code}, everything is stopped; the end of its log:\n"
                    + child.last_lines(),
                )

    def wait_until(self, ready: Callable[[], bool], *, seconds: float, what: str) -> None:
        """Returns when `ready`; Trouble when a child ends first or the time is up."""
        end = time.monotonic() + seconds
        while not ready():
            self.check()
            if time.monotonic() > end:
                tails = "\n".join(f"  {child.name}:\n{child.last_lines()}" for child in self.children)
                raise Trouble(f"{seconds:.0f} 秒内未就绪：{what}", f"Not ready within {seconds:.0f} s: {what}\n{tails}")
            time.sleep(0.1)

    def stop(self) -> None:
        """All gone: asked first, the last started first, and killed after the grace time."""
        if self.guest and self.guest.poll() is None:
            self.guest.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.guest.wait(self.grace)
            self.guest.kill()
            self.guest.wait()
        for child in reversed(self.children):
            if child.process.poll() is None:
                child.process.terminate()
        end = time.monotonic() + self.grace
        for child in reversed(self.children):
            try:
                child.process.wait(max(0.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                say(f"{child.name} 未按时停止，强制结束", "did not stop in time: killed")
            # What is left of its group (or all of it) goes now.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()
        self.children.clear()
        self._kill_orphans()

    def _kill_orphans(self) -> None:
        """Processes that our children started and left behind: they have become our own children."""
        while orphans := [pid for pid in _children_of(os.getpid()) if pid not in self.before]:
            for pid in orphans:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, 0)


def _children_of(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # "pid (name with anything in it) state parent …"
            if int(stat.read_text(errors="replace").rpartition(")")[2].split()[1]) == parent:
                found.append(int(stat.parent.name))
    return found
