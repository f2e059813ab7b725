"""The child process as the bridge keeps it: started when needed, killed when it hangs."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from portal.gateway.bridge.frames import read_frame, write_frame


class Hung(Exception):
    """The library did not come back in time; its process was killed. What it did is not known."""


class Gone(Exception):
    """The child ended in the middle of a call. What the library did is not known."""


class Keeper:
    """One child at a time. Used by one thread; `stop` may be called by another."""

    def __init__(self, trans: str, card: str = "", party: str = "") -> None:
        self._command = [*own_command(), "child", trans, card, party]
        # Such libraries look for their settings in the folder they are started in.
        self._folder = Path(trans).parent if Path(trans).is_file() else None
        self._child: subprocess.Popen[bytes] | None = None
        self._answers: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self.starts = 0

    def call(self, asked: dict[str, Any], seconds: float) -> dict[str, Any]:
        """The child's answer. Raises Hung or Gone when the call was begun and has no known end.

        OSError: the child could not be given the call, so nothing was called.
        """
        child, answers = self._ready()
        assert child.stdin is not None
        try:
            write_frame(child.stdin, asked)
        except OSError:
            self.stop()
            raise Gone from None  # part of it may have arrived
        try:
            told = answers.get(timeout=seconds)
        except queue.Empty:
            self.stop()
            raise Hung from None
        if told is None:
            self.stop()
            raise Gone
        if told["state"] == "overflow":
            self.stop()
        return told

    def stop(self) -> None:
        """Kill the child; the next call starts another."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    pipe.close()

    def _ready(self) -> tuple[subprocess.Popen[bytes], queue.SimpleQueue[dict[str, Any] | None]]:
        if self._child is None or self._child.poll() is not None:
            self.stop()
            self._child = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=self._folder,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(one for one in sys.path if one)},
                start_new_session=True,
            )
            self._answers = queue.SimpleQueue()
            self.starts += 1
            arguments = (self._child, self._answers)
            threading.Thread(target=_listen, args=arguments, daemon=True).start()
        return self._child, self._answers


def _listen(child: subprocess.Popen[bytes], answers: queue.SimpleQueue[dict[str, Any] | None]) -> None:
    """Hand on what the child says; its end is None."""
    assert child.stdout is not None
    try:
        while (told := read_frame(child.stdout)) is not None:
            answers.put(told)
    except (OSError, ValueError):
        pass  # killed in the middle of a word
    answers.put(None)


def own_command() -> list[str]:
    """How this program is started again: as a module, or as the packed file it came in."""
    packed = Path(sys.argv[0])
    if packed.suffix == ".pyz" and packed.is_file():
        return [sys.executable, "-I", str(packed.resolve())]
    return [sys.executable, "-S", "-m", "portal.gateway.bridge"]
