"""Child processes: started in order, told to stop in order, never left behind."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Mapping, Sequence
from types import FrameType

from stack import ROOT
from trouble import Trouble


def foreground(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run one child on our terminal; its exit code. Signals that reach only us are passed on to it."""
    child = subprocess.Popen(command, cwd=ROOT, env=environment)

    def pass_on(number: int, frame: FrameType | None) -> None:
        child.send_signal(number)

    before = {n: signal.signal(n, pass_on) for n in (signal.SIGTERM, signal.SIGHUP)}
    before[signal.SIGINT] = signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal tells the child as well
    try:
        code = child.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return code if code >= 0 else 128 - code


def required(command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Run one child that must succeed."""
    if code := foreground(command, environment):
        raise Trouble(f"命令失败：{' '.join(command[1:])}", f"Command failed with code {code}")
