"""Messages as text that people edit: JSON, indented, with amounts exact in both directions."""

from __future__ import annotations

import json
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any

#: Most characters of a message that may be typed or pasted.
LONGEST = 4_000_000
DEEPEST = 32


class Unreadable(ValueError):
    """The text is no JSON object; `str()` says where."""


def read(text: str) -> dict[str, Any]:
    """The message in this text, numbers with a point as Decimal; Unreadable for anything but one JSON object."""
    if len(text) > LONGEST:
        raise Unreadable("内容太长")
    try:
        found = json.loads(text, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_once_each)
    except json.JSONDecodeError as fault:
        raise Unreadable(f"第 {fault.lineno} 行第 {fault.colno} 个字符附近不是合法的 JSON") from None
    except RecursionError:
        raise Unreadable("层次太深") from None
    except ArithmeticError:
        raise Unreadable("有无法读取的数字") from None
    if not isinstance(found, dict):
        raise Unreadable("最外层应为一组字段（用花括号括起）")
    if _depth(found) > DEEPEST:
        raise Unreadable("层次太深")
    return found


def written(tree: Any, indent: int = 0) -> str:
    """The tree as indented JSON; decimals keep the places they were typed with."""
    pad, inner = "  " * indent, "  " * (indent + 1)
    if isinstance(tree, dict) and tree:
        lines = [f"{inner}{encode_basestring(str(name))}: {written(one, indent + 1)}" for name, one in tree.items()]
        return "{\n" + ",\n".join(lines) + f"\n{pad}}}"
    if isinstance(tree, list | tuple) and tree:
        return "[\n" + ",\n".join(inner + written(one, indent + 1) for one in tree) + f"\n{pad}]"
    if isinstance(tree, Decimal):
        return f"{tree:f}"
    return json.dumps(tree, ensure_ascii=False)


def _no_constant(_: str) -> Any:
    raise Unreadable("有 NaN 或无穷大")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Unreadable(f"字段 {name[:60]} 出现了两次")
        found[name] = value
    return found


def _depth(tree: Any) -> int:
    level, depth = [tree], 0
    while level:
        depth += 1
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
    return depth
