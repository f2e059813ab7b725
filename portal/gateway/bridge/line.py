"""The line before the library: one thread, first come, first served; what each call ends as."""

from __future__ import annotations

import base64
import hashlib
import json
import queue
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from portal.gateway.bridge.keeper import Gone, Hung, Keeper
from portal.gateway.bridge.signatures import SIGNATURES, SIZE
from portal.gateway.bridge.spool import Spool

#: Calls that may wait.
ROOM = 50
#: Seconds that the portal's clock and ours may differ.
CLOCKS = 120
#: The library's word for "somebody else is calling me": nothing was carried out (appendix 错误码定义表).
BUSY, AGAIN = "600001", 1.0


class Refused(Exception):
    """A call that is not taken; `reason` for programs, `str()` for people. The library was not called."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


@dataclass
class Call:
    """One call in the line; `until` is the wall clock after which it is not begun any more."""

    id: str
    function: str
    asked: dict[str, Any]
    run: float
    until: float
    keep: bool
    done: threading.Event = field(default_factory=threading.Event)
    told: dict[str, Any] = field(default_factory=dict)


class Line:
    """Takes calls from many threads and makes them one by one in the order they came."""

    def __init__(self, keeper: Keeper, spool: Spool, *, is_played: bool, pause: float = AGAIN) -> None:
        self.keeper, self.spool, self.is_played, self._pause = keeper, spool, is_played, pause
        self._waiting: queue.Queue[Call | None] = queue.Queue(ROOM)
        self._taking = threading.Lock()
        self._known: dict[str, Call] = {}
        self._thread = threading.Thread(target=self._work, name="library", daemon=True)
        self._thread.start()

    @property
    def length(self) -> int:
        return self._waiting.qsize()

    def take(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The end of this call, waited for; the same id again gets the same end and no second call."""
        call, digest = _read(asked), digest_of(asked)
        with self._taking:  # entering and standing in line at once: the order on disk is the order of calls
            known = self._known.get(call.id)
            found = self.spool.find(call.id)
            if found is not None and found["digest"] not in ("", digest):
                raise Refused("conflict", "这个报文编号已用于另一个请求")
            if known is None and found is not None:
                return found
            if known is None:
                self._check(asked, call)
                self.spool.enter(call.id, digest, call.function, keep=call.keep)
                self._known[call.id] = known = call
                self._waiting.put_nowait(call)
        known.done.wait()
        return known.told

    def _check(self, asked: dict[str, Any], call: Call) -> None:
        if asked.get("real") and self.is_played:
            raise Refused("played", "这个桥接程序连接的是沙箱动态库，正式环境不能使用")
        if abs(time.time() - float(asked["sent_at"])) > CLOCKS:
            raise Refused("clock", f"终端时钟与门户相差超过 {CLOCKS} 秒，请校准终端时间")
        if self._waiting.full():
            raise Refused("queue_full", f"排队的请求已满 {ROOM} 个")

    def stop(self) -> None:
        """Begin nothing more. A call that runs is given up with the child; the spool knows it as interrupted."""
        self._waiting.put(None)
        self.keeper.stop()
        self._thread.join(5)

    def _work(self) -> None:
        while (call := self._waiting.get()) is not None:
            told = self._made(call)
            self.spool.end(call.id, told, keep=call.keep)
            call.told = told
            self._known.pop(call.id, None)
            call.done.set()
            self.spool.tidy()

    def _made(self, call: Call) -> dict[str, Any]:
        """Call the library, again while it says that somebody else is calling it."""
        while True:
            if time.time() > call.until:
                return _not_called("expired", "排队时间过长，没有执行")
            self.spool.running(call.id)
            told = self._once(call)
            if not _is_busy(call, told):
                return told
            if time.time() + self._pause > call.until:
                return _not_called("busy", "动态库正被其他程序占用（600001），没有执行")
            time.sleep(self._pause)

    def _once(self, call: Call) -> dict[str, Any]:
        try:
            told = self.keeper.call(call.asked, call.run)
        except Hung:
            return _unknown("hang", f"动态库 {call.run:.0f} 秒没有返回，已结束它的进程")
        except Gone:
            return _unknown("crashed", "动态库的进程在调用期间中断")
        except OSError as error:
            return _not_called("missing", f"动态库的进程不能启动：{error}")
        if told["state"] == "missing":
            return _not_called("missing", str(told["sentence"]))
        if told["state"] == "overflow":
            return _unknown("overflow", f"动态库的答复超过 {SIZE} 个字节的缓冲区，已拒收")
        return {"state": "returned", "value": told["value"], **told["outs"]}


def digest_of(asked: dict[str, Any]) -> str:
    """What makes two calls of one id the same call."""
    what = {name: asked.get(name) for name in ("function", "text", "arguments", "init")}
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()


def _read(asked: dict[str, Any]) -> Call:
    """The call as asked; Refused for what cannot be handed to the library."""
    name = str(asked["function"])
    if name not in SIGNATURES:
        raise Refused("function", f"没有函数 {name[:40]}")
    handed: dict[str, Any] = {"function": name, "init": [str(one) for one in asked.get("init") or ("", "")][:2]}
    if name == "OneTrans":
        handed["text"] = base64.b64encode(_gbk(str(asked["text"]), SIZE)).decode()
    else:
        handed["arguments"] = {str(key): value for key, value in (asked.get("arguments") or {}).items()}
        for one in handed["init"]:
            _gbk(one, 1024)
    wait, run = min(float(asked["wait"]), 300.0), min(float(asked["run"]), 900.0)
    until = float(asked["sent_at"]) + CLOCKS + wait
    return Call(str(asked["id"])[:60], name, handed, run, min(until, time.time() + wait), bool(asked.get("keep")))


def _gbk(text: str, size: int) -> bytes:
    try:
        made = text.encode("gbk")
    except UnicodeEncodeError as fault:
        strange = text[fault.start]
        raise Refused("not_gbk", f"“{strange}”（U+{ord(strange):04X}）不在 GBK 字符集中，动态库无法传送") from None
    if len(made) >= size:
        raise Refused("too_long", f"请求共 {len(made)} 个字节，超过动态库的 {size - 1} 个字节")
    return made


def _is_busy(call: Call, told: dict[str, Any]) -> bool:
    if call.function != "OneTrans" or told["state"] != "returned" or told["value"] != 0:
        return False
    try:
        said = json.loads(base64.b64decode(told["out"]).decode("gb18030"))
    except ValueError:
        return False
    return isinstance(said, dict) and str(said.get("code")) == BUSY


def _not_called(reason: str, sentence: str) -> dict[str, Any]:
    return {"state": "not_called", "reason": reason, "sentence": sentence}


def _unknown(reason: str, sentence: str) -> dict[str, Any]:
    return {"state": "unknown", "reason": reason, "sentence": sentence}


__all__ = ["Call", "Line", "Refused", "digest_of"]
