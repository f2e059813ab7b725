"""A process that only prints: `python -m portal.papers.press`, HTML in, PDF out, one after the other.

It has no settings, no database and no keys, and ends at once when the process that started it is gone. A message is its
length in 8 bytes and its bytes; an answer is two: what is to be said about it as JSON, and the PDF.
"""

import gc
import json
import os
import queue
import sys
import threading
from typing import IO

from portal.papers.failures import ForbiddenAsset


def send(pipe: IO[bytes], content: bytes) -> None:
    pipe.write(len(content).to_bytes(8, "big") + content)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes:
    """One message; raises EOFError when the other side is gone."""
    size = _exactly(pipe, 8)
    return _exactly(pipe, int.from_bytes(size, "big"))


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    content = pipe.read(size)
    if len(content) != size:
        raise EOFError("the other side is gone")
    return content


def listen(inbox: "queue.SimpleQueue[str]") -> None:
    try:
        while True:
            inbox.put(receive(sys.stdin.buffer).decode())
    except EOFError:
        os._exit(0)  # in the middle of a page, too: nobody is left to read it


def main() -> None:
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    inbox: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=listen, args=(inbox,), daemon=True).start()

    from portal.papers.printing import print_pages

    # A page is a million objects that live until it is printed: looking through them ever again is a third of the time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)
    while True:
        about: dict[str, int | str] = {}
        pdf = b""
        try:
            pdf, about["pages"] = print_pages(inbox.get(), {})
        except ForbiddenAsset as refusal:
            about["forbidden"] = str(refusal)
        send(answers, json.dumps(about).encode())
        send(answers, pdf)
        del pdf
        gc.collect()


if __name__ == "__main__":
    main()
