"""The process that has the library in it: one call after the other, until its pipe closes or it is killed."""

from __future__ import annotations

import base64
import ctypes
import os
import sys
from typing import Any

from portal.gateway.bridge.frames import read_frame, write_frame
from portal.gateway.bridge.library import Libraries, NotLoaded
from portal.gateway.bridge.memory import Overflow
from portal.gateway.bridge.signatures import SIGNATURES


def run(trans: str, card: str, party: str) -> None:
    """Answer calls from standard input. What a library prints goes to standard error, not into the pipe."""
    _die_with_parent()
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    libraries, initialised = Libraries(trans, card, party), [""]
    while (asked := read_frame(sys.stdin.buffer)) is not None:
        told = answer(libraries, asked, initialised)
        write_frame(pipe, told)
        if told["state"] == "overflow":
            return  # what else was overwritten nobody knows


def _die_with_parent() -> None:
    """A library that hangs would keep the process; elsewhere the closed pipe ends it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, 9)  # PR_SET_PDEATHSIG, SIGKILL


def answer(libraries: Libraries, asked: dict[str, Any], initialised: list[str]) -> dict[str, Any]:
    """What came of one call. Init is called before the first card function, and again when its arguments change."""
    name = str(asked["function"])
    try:
        if SIGNATURES[name].library == "card":
            failed = _initialise(libraries, asked["init"], initialised, again=name == "Init")
            if failed is not None or name == "Init":
                return failed or {"state": "returned", "value": 0, "outs": {}}
        returned = libraries.call(name, _arguments(asked))
    except NotLoaded as fault:
        return {"state": "missing", "sentence": str(fault)}
    except (KeyError, ValueError, TypeError, ctypes.ArgumentError):  # all of them before the call
        return {"state": "missing", "sentence": "调用参数不完整"}
    except Overflow:
        return {"state": "overflow"}
    outs = {name: base64.b64encode(out).decode() for name, out in returned.outs.items()}
    return {"state": "returned", "value": returned.value, "outs": outs}


def _initialise(libraries: Libraries, init: list[str], initialised: list[str], *, again: bool) -> dict[str, Any] | None:
    key = "\n".join(init)
    if initialised[0] == f"done {key}" and not again:
        return None
    url, user = (one.encode("gbk") for one in init)
    value = libraries.call("Init", {"url": url, "user": user}).value
    initialised[0] = f"done {key}" if value == 0 else ""
    if value == 0:
        return None
    said = base64.b64encode(f"读卡动态库初始化失败（{value}）".encode("gbk")).decode()
    return {"state": "returned", "value": value, "outs": {"out": said}}


def _arguments(asked: dict[str, Any]) -> dict[str, Any]:
    if "text" in asked:
        return {"text": base64.b64decode(asked["text"])}
    return dict(asked.get("arguments") or {})
