"""What GBK can say, and in how many bytes: the library's lengths are bytes, and it knows no other characters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from portal.gateway.messages import Request, item_of

#: Most bytes of a message to the library; its buffer has one more for the end (table 2-1).
LONGEST = 8191


def gbk_size(text: str) -> int:
    """Bytes of the text in GBK; ValueError naming the first character that GBK does not have."""
    try:
        return len(text.encode("gbk"))
    except UnicodeEncodeError as fault:
        strange = text[fault.start]
        raise ValueError(f"“{strange}”（U+{ord(strange):04X}）不在 GBK 字符集中，动态库无法传送") from None


def gbk_faults(request: Request[Any]) -> dict[str, str]:
    """{label: sentence} of everything in the request that the library cannot be given; empty when all of it can."""
    return dict(_faults(request))


def _faults(record: BaseModel) -> Iterator[tuple[str, str]]:
    for name in type(record).model_fields:
        value, found = getattr(record, name), item_of(type(record), name)
        for one in value if isinstance(value, list | tuple) else (value,):
            if isinstance(one, BaseModel):
                yield from _faults(one)
            elif isinstance(one, str) and (sentence := _fault(one, _most(record, name))):
                yield found.label, f"{found.label}：{sentence}"
    for name, value in (record.model_extra or {}).items():
        if isinstance(value, str) and (sentence := _fault(value, None)):
            yield name, f"{name}：{sentence}"


def _fault(text: str, most: int | None) -> str:
    try:
        size = gbk_size(text)
    except ValueError as fault:
        return str(fault)
    if most is not None and size > most:
        return f"最多 {most} 个字节（汉字占两个），现有 {size} 个"
    return ""


def _most(record: BaseModel, name: str) -> int | None:
    """The most bytes of a text, as the specification's table says."""
    for mark in type(record).model_fields[name].metadata:
        most = getattr(mark, "max_length", None)
        if isinstance(most, int):
            return most
    return None
