"""Functions with the signatures of OneTrans2.dll and of the card library, answered by a running sandbox."""

from __future__ import annotations

import ctypes
import http.client
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, urlsplit

#: stdcall where there is such a thing.
_MADE: Callable[..., Any] = getattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE)
_OUT = (ctypes.c_void_p, ctypes.c_int)

#: Name → (result, arguments): table 2-1 of OneTrans, and the card library of the access guide.
FUNCTIONS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "OneTrans": (ctypes.c_int, (ctypes.c_char_p, ctypes.c_void_p)),
    "Init": (ctypes.c_long, (ctypes.c_char_p, ctypes.c_char_p)),
    "ReadCardBas": (ctypes.c_long, (*_OUT, *_OUT)),
    "VerifyPIN": (ctypes.c_long, _OUT),
    "ChangePIN": (ctypes.c_long, _OUT),
    "ReadSFZ": (ctypes.c_long, (*_OUT, *_OUT)),
    "GetQRBase": (ctypes.c_long, (ctypes.c_int, *_OUT, *_OUT)),
}
#: What is returned when the sandbox does not answer.
NO_ANSWER = -1
BUSY = '{"code":"600001","data":"","err_msg":"接口业务不支持并发调用"}'.encode("gbk")


@dataclass(frozen=True, slots=True)
class Said:
    """What a function is to do: return value, what goes into the buffers, and what happens before it returns."""

    value: int
    out: bytes = b""
    sign: bytes = b""
    act: str = "-"


def played(address: str, party: str = "") -> SimpleNamespace:
    """The functions by name, asking the sandbox at `address` (http://127.0.0.1:8791).

    `party` is whose card reader it is; OneTrans finds the party by the message's app_id.
    """
    asked = urlsplit(address)
    desk = _Desk(asked.hostname or "127.0.0.1", asked.port or 80, party)
    bodies: dict[str, Callable[..., int]] = {
        "OneTrans": desk.one_trans,
        "Init": desk.init,
        "ReadCardBas": lambda *buffers: desk.card("ReadCardBas", b"", *buffers),
        "VerifyPIN": lambda *buffers: desk.card("VerifyPIN", b"", *buffers),
        "ChangePIN": lambda *buffers: desk.card("ChangePIN", b"", *buffers),
        "ReadSFZ": lambda *buffers: desk.card("ReadSFZ", b"", *buffers),
        "GetQRBase": lambda seconds, *buffers: desk.card("GetQRBase", str(seconds).encode(), *buffers),
    }
    made = {name: _MADE(result, *arguments)(bodies[name]) for name, (result, arguments) in FUNCTIONS.items()}
    return SimpleNamespace(**made)


class _Desk:
    def __init__(self, host: str, port: int, party: str) -> None:
        self.host, self.port, self.party = host, port, party
        self.busy = Lock()

    def one_trans(self, given: bytes | None, out: int | None) -> int:
        """One call at a time: another thread's is answered with 600001."""
        if not self.busy.acquire(blocking=False):
            _write(out, BUSY)
            return 0
        try:
            said = self._ask("OneTrans", given or b"")
            _write(out, said.out)
            return said.value
        finally:
            self.busy.release()

    def init(self, url: bytes | None, user: bytes | None) -> int:
        return self._ask("Init", (url or b"") + b"\n" + (user or b"")).value

    def card(self, function: str, given: bytes, out: int | None, size: int, sign: int | None = None, _: int = 0) -> int:
        """The card library is told the buffer's size; it does not heed it either."""
        said = self._ask(function, given)
        _write(out, said.out)
        _write(sign, said.sign)
        return said.value

    def _ask(self, function: str, body: bytes) -> Said:
        connection = http.client.HTTPConnection(self.host, self.port)
        try:
            connection.request("POST", f"/onetrans/{function}?party={quote(self.party)}", body)
            said = opened(connection.getresponse().read())
        except (OSError, http.client.HTTPException, ValueError):
            return Said(NO_ANSWER)
        finally:
            connection.close()
        _do(said.act)
        return said


def framed(said: Said) -> bytes:
    """How the sandbox tells a library what to do: a line of four words, then the bytes of both buffers."""
    return f"{said.value} {len(said.out)} {len(said.sign)} {said.act}\n".encode() + said.out + said.sign


def opened(frame: bytes) -> Said:
    """The same, read; ValueError for anything else."""
    line, _, rest = frame.partition(b"\n")
    value, out, sign, act = line.split(b" ")
    ends = int(out)
    if len(rest) != ends + int(sign):
        raise ValueError("the frame is cut off")
    return Said(int(value), rest[:ends], rest[ends:], act.decode())


def _do(act: str) -> None:
    if act == "hang":
        while True:
            time.sleep(3600)
    if act == "crash":
        os._exit(3)
    if act.startswith("wait:"):
        time.sleep(float(act.removeprefix("wait:")))


def _write(where: int | None, content: bytes) -> None:
    if where:
        ctypes.memmove(where, content + b"\0", len(content) + 1)
