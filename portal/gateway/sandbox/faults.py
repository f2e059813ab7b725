"""Which fault hits which call: switched on through `/faults`, or asked for by the ending of a business id."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F

from portal.gateway.sandbox.models import Fault, Party

#: Kind: what it does, as shown on the page and in docs/sandbox.md.
KINDS = {
    "drop_request": "收到请求后断开，不处理、不答复",
    "drop_response": "处理完成后断开，不答复",
    "late_execution": "立即断开，过很久才处理（晚于调用方的等待时间和静默期）",
    "late": "处理完成后过很久才答复（超过调用方的等待时间）",
    "reset": "处理完成后以 TCP RST 中断",
    "html": "处理完成后答复一张网页",
    "truncate": "处理完成后只发出答复的前一半",
    "slow": "答复慢，但在等待时间之内",
    "wrong_key": "答复用另一把私钥签名",
    "session_expiry": "会话失效（只用于有会话的接口）",
    "partial_batch": "批量业务只完成前一半",
    "hang": "动态库处理完成后不再返回（以下只用于动态库）",
    "hang_request": "动态库没有处理，也不再返回",
    "crash": "动态库处理完成后崩溃",
    "garbage": "动态库处理完成后写出乱码",
    "overflow": "动态库处理完成后写出 9000 字节，超过缓冲区",
    "busy": "动态库不处理，答复 600001",
}
SECONDS = {"late_execution": 90.0, "late": 120.0, "slow": 2.0}
#: Ending of any business id in the call, or of the appCode: the fault it brings. REJECT is a refusal.
ENDINGS = {"-REJECT": "reject", "-TIMEOUT": "late", "-GARBLE": "garble", "-SLOW": "slow"}


@dataclass(frozen=True, slots=True)
class Hit:
    """The fault of one call; `kind` is empty for an ordinary call."""

    kind: str = ""
    seconds: float = 0.0


def hit_for(party: Party, code: str) -> Hit:
    """Ask the switched-on faults, oldest first; counts are kept even when the call itself fails later."""
    with transaction.atomic():
        for fault in Fault.objects.select_for_update().order_by("id"):
            if fault.gateway not in ("", party.gateway) or fault.party not in ("", party.app_code):
                continue
            if fault.codes and code not in fault.codes:
                continue
            if fault.count is not None and fault.hits >= fault.count:
                continue
            struck = chance(fault.seed, fault.seen) < fault.rate
            Fault.objects.filter(pk=fault.pk).update(seen=F("seen") + 1, hits=F("hits") + int(struck))
            if struck:
                return Hit(fault.kind, fault.seconds or SECONDS.get(fault.kind, 0.0))
    return Hit()


def chance(seed: str, number: int) -> float:
    """A number in [0, 1) that depends on the seed and the call's ordinal only."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{number}".encode()).digest()[:8], "big") / 2**64


def magic(*values: Any) -> Hit:
    """The fault that the ending of a text somewhere in the values asks for."""
    stack = list(values)
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            stack.extend(value.values())
        elif isinstance(value, list | tuple):
            stack.extend(value)
        elif isinstance(value, str):
            for ending, kind in ENDINGS.items():
                if value.endswith(ending):
                    return Hit(kind, SECONDS.get(kind, 0.0))
    return Hit()
