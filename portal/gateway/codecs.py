"""Messages as bytes. Amounts stay exact in both directions; what is odd is refused before it is looked at."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any, Literal

from pydantic import JsonValue


class Garbled(ValueError):
    """Bytes that are not a message; `str()` is fit for a person and quotes nothing of them."""


@dataclass(frozen=True, slots=True)
class JsonCodec:
    """UTF-8 JSON, compact.

    `amounts`: decimals are written as text ("12.50", the default: no JSON library on the way can turn it into a
    binary float) or as numbers (12.50, for sites that read only those). Both are accepted on arrival.
    `depth` is the deepest nesting, `size` the most bytes of an arriving message.
    """

    amounts: Literal["text", "number"] = "text"
    depth: int = 32
    size: int = 32 * 1024 * 1024

    def pack(self, message: object) -> bytes:
        """The message as bytes. TypeError for what JSON has no exact form for: floats, NaN, dates, odd keys."""
        if self.amounts == "text" and _is_plain(message):
            # What the library cannot get wrong it writes ten times faster; amounts come to `default`.
            text = json.dumps(message, ensure_ascii=False, separators=(",", ":"), default=self._amount_text)
        else:
            parts: list[str] = []
            self._write(message, parts)
            text = "".join(parts)
        try:
            return text.encode()
        except UnicodeEncodeError:
            raise TypeError("text with half a surrogate pair cannot be sent") from None

    def unpack(self, data: bytes) -> dict[str, Any]:
        """The message of these bytes; numbers with a point as Decimal.

        Raises Garbled for anything but one JSON object: wrong encoding, cut off, NaN, a name that comes twice,
        too deep, too large.
        """
        if len(data) > self.size:
            raise Garbled("报文超过允许的大小")
        try:
            found = json.loads(
                data.decode("utf-8-sig"),
                parse_float=Decimal,
                parse_constant=_no_constant,
                object_pairs_hook=_once_each,
            )
        except Garbled:
            raise
        except UnicodeDecodeError:
            raise Garbled("报文不是 UTF-8 编码") from None
        except RecursionError:
            raise Garbled("报文层次太深") from None
        except (ValueError, ArithmeticError):
            raise Garbled("报文不是完整的 JSON") from None
        if not isinstance(found, dict):
            raise Garbled("报文不是一个 JSON 对象")
        self._measure(found)
        return found

    def _measure(self, message: dict[str, Any]) -> None:
        level: list[Any] = [message]
        for _ in range(self.depth):
            level = [
                inner
                for outer in level
                for inner in (outer.values() if isinstance(outer, dict) else outer)
                if isinstance(inner, dict | list)
            ]
            if not level:
                return
        raise Garbled("报文层次太深")

    def _write(self, value: object, parts: list[str]) -> None:
        if isinstance(value, str):
            parts.append(encode_basestring(value))
        elif value is None:
            parts.append("null")
        elif isinstance(value, bool):
            parts.append("true" if value else "false")
        elif isinstance(value, int):
            parts.append(str(value))
        elif isinstance(value, Decimal):
            parts.append(self._amount(value))
        elif isinstance(value, dict):
            self._write_members(value, parts)
        elif isinstance(value, list | tuple):
            self._write_entries(value, parts)
        else:
            raise TypeError(f"{type(value).__name__} has no exact JSON form")

    def _write_members(self, value: dict[Any, Any], parts: list[str]) -> None:
        parts.append("{")
        for n, (name, inner) in enumerate(value.items()):
            if not isinstance(name, str):
                raise TypeError("member names must be text")
            parts.append(f"{',' if n else ''}{encode_basestring(name)}:")
            self._write(inner, parts)
        parts.append("}")

    def _write_entries(self, value: Iterable[object], parts: list[str]) -> None:
        parts.append("[")
        for n, inner in enumerate(value):
            if n:
                parts.append(",")
            self._write(inner, parts)
        parts.append("]")

    def _amount(self, value: Decimal) -> str:
        text = self._amount_text(value)
        return f'"{text}"' if self.amounts == "text" else text

    def _amount_text(self, value: Decimal) -> str:
        if not value.is_finite() or (value.is_zero() and value.is_signed()):
            raise TypeError("only finite amounts other than minus zero can be sent")
        if value.adjusted() > 40:
            raise TypeError("the amount is absurdly large")
        return f"{value:f}"


def _is_plain(value: object) -> bool:
    """Whether it is made of nothing but text, whole numbers, decimals, true, false, null, lists and members by text."""
    inner: Iterable[object]
    if type(value) is dict:
        if not _TEXT.issuperset(map(type, value)):
            return False
        inner = value.values()
    elif type(value) is list or type(value) is tuple:
        inner = value
    else:
        return type(value) in _PLAIN
    return _PLAIN.issuperset(map(type, inner)) or all(map(_is_plain, inner))


_TEXT = frozenset({str})
_PLAIN = frozenset({str, int, bool, type(None), Decimal})


def _no_constant(_: str) -> JsonValue:
    raise Garbled("报文中有 NaN 或无穷大")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Garbled("报文中有重复的字段名")
    return found
