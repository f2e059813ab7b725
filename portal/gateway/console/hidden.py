"""Using an earlier call again without showing what was secret in it: a mark stands for it until it is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from portal.gateway.messages import Fault, item_of
from portal.gateway.messages.masks import IDENTITY, declared_name, group_of

#: `***3` stands for the third hidden value of the earlier call, wherever it is moved to.
MARK = re.compile(r"\*\*\*([0-9]{1,6})", re.ASCII)
AGAIN = "内容已隐藏，请重新填写"


def hidden(kind: type[BaseModel], tree: Any) -> tuple[Any, list[Any]]:
    """The tree with marks for what is secret or contains an identity number, and the values behind the marks."""
    kept: list[Any] = []
    return _hidden(kind, tree, kept), kept


def _hidden(kind: type[BaseModel] | None, tree: Any, kept: list[Any]) -> Any:
    if isinstance(tree, list):
        return [_hidden(kind, one, kept) for one in tree]
    if not isinstance(tree, dict):
        return _mark(tree, kept) if kind is None or IDENTITY.search(str(tree)) else tree
    shown: dict[str, Any] = {}
    for name, value in tree.items():
        found = declared_name(kind, name) if kind else None
        if kind is None or found is None or item_of(kind, found).secret:
            shown[name] = _mark(value, kept) if value not in (None, "") else value
        else:
            shown[name] = _hidden(group_of(kind.model_fields[found].annotation) or kind, value, kept)
    return shown


def _mark(value: Any, kept: list[Any]) -> str:
    kept.append(value)
    return f"***{len(kept)}"


def restored(tree: Any, kept: list[Any]) -> Any:
    """The tree with what was behind the marks; marks without a value stay."""
    if isinstance(tree, dict):
        return {name: restored(one, kept) for name, one in tree.items()}
    if isinstance(tree, list):
        return [restored(one, kept) for one in tree]
    found = MARK.fullmatch(tree) if isinstance(tree, str) else None
    number = int(found[1]) if found else 0
    return kept[number - 1] if 0 < number <= len(kept) else tree


def without_marks(tree: Any) -> Any:
    """The tree without marked values: for somebody who may not use what is behind them."""
    if isinstance(tree, dict):
        return {name: without_marks(one) for name, one in tree.items() if not _is_mark(one)}
    if isinstance(tree, list):
        return [without_marks(one) for one in tree if not _is_mark(one)]
    return tree


def marks_left(kind: type[BaseModel], tree: Any) -> list[Fault]:
    """A fault for each mark that nothing stands behind."""
    return list(_left(kind, tree, ()))


def _left(kind: type[BaseModel], tree: Any, path: tuple[str | int, ...], label: str = "") -> Iterator[Fault]:
    if isinstance(tree, dict):
        for name, value in tree.items():
            found = declared_name(kind, name)
            info = kind.model_fields[found] if found else None
            inner = group_of(info.annotation) if info else None
            yield from _left(inner or kind, value, (*path, name), (info.title or name) if info else name)
    elif isinstance(tree, list):
        for number, one in enumerate(tree):
            yield from _left(kind, one, (*path, number), label)
    elif _is_mark(tree):
        yield Fault(path, label, AGAIN)


def _is_mark(value: Any) -> bool:
    return isinstance(value, str) and MARK.fullmatch(value) is not None
