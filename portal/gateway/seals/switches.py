"""What sites do differently with the envelope; one captured sample must be enough to set these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, ClassVar, Literal, Self, get_args, get_type_hints

#: Labels and choices as the channel form shows them.
LABELS = {
    "order": "SM2 密文顺序",
    "point_prefix": "SM2 密文带 04",
    "key_form": "会话密钥的形式",
    "signed_data": "参与签名的数据",
    "signature_form": "签名结构",
    "signature_text": "签名写法",
    "user_id": "SM2 用户标识",
    "amounts": "金额写法",
    "path": "接口路径",
    "tolerance": "允许的时间差（秒）",
}


@cache
def _hints(kind: type[Switches]) -> dict[str, Any]:
    """The types of its switches by name; every call of a gateway reads its channel's switches anew."""
    found = get_type_hints(kind)
    return {one.name: found[one.name] for one in _fields(kind)}


class Switches:
    """Base of a wire's switches: a frozen dataclass whose fields have a Literal, bool, int or text type and a default.

    `labels` names them for people; `check` refuses what types cannot say.
    """

    __slots__ = ()
    labels: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def read(cls, stored: Mapping[str, object]) -> Self:
        """Switches from a channel's stored JSON; what is not named keeps its default.

        ValueError with a sentence for an unknown switch or a value it cannot have.
        """
        hints = _hints(cls)  # type: ignore[arg-type]
        for name, value in stored.items():
            if name not in hints:
                raise ValueError(f"没有名为 {name} 的开关")
            allowed = get_args(hints[name])
            if (allowed and value not in allowed) or (not allowed and type(value) is not hints[name]):
                raise ValueError(f"{cls.labels[name]}的取值不在允许范围内")
        chosen: dict[str, Any] = dict(stored)
        switches = cls(**chosen)
        switches.check()
        return switches

    def check(self) -> None:
        """Raises ValueError with a sentence for a value that a channel cannot work with."""

    @classmethod
    def choices(cls) -> list[tuple[str, str, tuple[object, ...], object]]:
        """(name, label, allowed values or (), default) of every switch, for the channel form."""
        hints = _hints(cls)  # type: ignore[arg-type]
        return [(one.name, cls.labels[one.name], get_args(hints[one.name]), one.default) for one in _fields(cls)]


@dataclass(frozen=True, slots=True)
class EnvelopeSwitches(Switches):
    """The defaults are the design's (2.1), in the conventions of the JavaScript library sm-crypto.

    `order` of the SM2 ciphertext; `point_prefix`: its 04 is written; `key_form`: the message key travels as 32
    hexadecimal characters or as 16 raw bytes; `signed_data`: what stands for encData in the signed text;
    `signature_form`: r ‖ s or DER; `signature_text`: hexadecimal or Base64; `amounts`: as text or as numbers;
    `tolerance`: seconds that a message's time may be off.
    """

    labels: ClassVar[Mapping[str, str]] = LABELS

    order: Literal["C1C3C2", "C1C2C3"] = "C1C3C2"
    point_prefix: bool = False
    key_form: Literal["text", "raw"] = "text"
    signed_data: Literal["cipher", "plain"] = "cipher"
    signature_form: Literal["raw", "der"] = "raw"
    signature_text: Literal["hex", "base64"] = "hex"
    user_id: str = "1234567812345678"
    amounts: Literal["text", "number"] = "text"
    path: str = "/thrid_api/external_api"
    tolerance: int = 600

    def check(self) -> None:
        if not self.path.startswith("/") or not 1 <= self.tolerance <= 86400 or not self.user_id:
            raise ValueError("接口路径应以 / 开头，时间差应在 1 秒到 1 天之间，用户标识不能为空")


def _fields(kind: type[Switches]) -> tuple[Any, ...]:
    return fields(kind)  # type: ignore[arg-type]  # every subclass is a dataclass
