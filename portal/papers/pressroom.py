"""The machine's presses: at most two processes that print at a time, whoever asks (design 6: 400 MB each)."""

import contextlib
import fcntl
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from django.conf import settings

from portal.papers.failures import ForbiddenAsset, PaperFailed
from portal.papers.press import receive, send

PRESSES = 2
#: One part takes seconds; a part that takes this long never ends.
PART_SECONDS = 120.0
#: How long a paper waits for the papers before it.
WAIT_SECONDS = 300.0
COMMAND = (sys.executable, "-m", "portal.papers.press")
#: What a press is told of the environment: where fonts are, and no addresses or passwords.
TOLD = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "XDG_CACHE_HOME", "FONTCONFIG_FILE", "FONTCONFIG_PATH")


class Press:
    """One printing process. Not started by fork: a web process has threads."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=settings.BASE_DIR,
            env={name: os.environ[name] for name in TOLD if name in os.environ},
        )

    def print(self, html: str) -> tuple[bytes, int]:
        """The PDF and its number of pages; raises ForbiddenAsset, or PaperFailed when it dies or takes too long."""
        late = threading.Event()

        def stop() -> None:
            late.set()
            self.process.kill()

        watch = threading.Timer(PART_SECONDS, stop)
        watch.start()
        inward, outward = cast(IO[bytes], self.process.stdin), cast(IO[bytes], self.process.stdout)
        try:
            send(inward, html.encode())
            about, pdf = json.loads(receive(outward)), receive(outward)
        except (EOFError, OSError) as error:
            if late.is_set():
                raise PaperFailed(f"报表生成超过 {PART_SECONDS:g} 秒，已停止，请稍后重试") from error
            raise PaperFailed("报表生成中断，请稍后重试；多次出现请联系管理员") from error
        finally:
            watch.cancel()
        if "forbidden" in about:
            raise ForbiddenAsset(about["forbidden"])
        return pdf, about["pages"]

    def end(self) -> None:
        """Whatever it was doing; may be called again."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()


def print_parts(parts: Iterable[str], count: int) -> list[tuple[bytes, int]]:
    """PDF and number of pages of each part (HTML), in order; two at a time.

    Raises ForbiddenAsset or PaperFailed. No press is left behind, however this ends.
    """
    with presses(count) as room, ThreadPoolExecutor(len(room)) as pool:
        idle: queue.SimpleQueue[Press] = queue.SimpleQueue()
        for press in room:
            idle.put(press)

        def printed(html: str) -> tuple[bytes, int]:
            press = idle.get()
            try:
                return press.print(html)
            finally:
                idle.put(press)

        try:
            futures = [pool.submit(printed, html) for html in parts]
            wait(futures, return_when=FIRST_EXCEPTION)
            return [future.result() for future in futures if future.done()]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for press in room:
                press.end()  # what still prints fails at once
            raise


@contextmanager
def presses(wanted: int) -> Iterator[list[Press]]:
    """One press, and a second one when it is wanted and nobody has it; raises PaperFailed when none comes free."""
    with contextlib.ExitStack() as stack:
        room: list[Press] = []
        for number in range(min(wanted, PRESSES)):
            if not stack.enter_context(_slot(0 if number else WAIT_SECONDS)):
                break
            press = Press()
            stack.callback(press.end)
            room.append(press)
        yield room


@contextmanager
def _slot(seconds: float) -> Iterator[bool]:
    """A place for a press, or False after the wait. The kernel gives it back when this process dies."""
    folder = Path(settings.VAR) / "presses"
    folder.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + seconds
    while True:
        for number in range(PRESSES):
            with open(folder / str(number), "a") as place:
                try:
                    fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                yield True
                return
        if time.monotonic() >= end:
            if seconds:
                raise PaperFailed("正在打印的报表较多，请稍后重试")
            yield False
            return
        time.sleep(0.1)
