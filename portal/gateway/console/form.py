"""A message as form fields: drawn from what is typed so far, and read back without losing any of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as of
from decimal import Decimal
from itertools import pairwise
from typing import Any

from pydantic import BaseModel

from portal.gateway.console.fields import Field, fields_of
from portal.gateway.console.texts import Unreadable, read, written
from portal.gateway.messages import Fault

#: More items than this are edited as JSON: a form of that length helps nobody.
MOST_ITEMS = 800
NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,39})(\.[0-9]{1,20})?", re.ASCII)
UNDECLARED = "接口中没有这个字段"


@dataclass
class Shown:
    """One item as the page draws it. `name` is its path, also that of its form field."""

    field: Field
    name: str
    value: str = ""
    present: bool = True
    blank: bool = False
    unlisted: bool = False
    faults: list[str] = of(default_factory=list)
    items: list[Shown] = of(default_factory=list)
    entries: list[Entry] = of(default_factory=list)
    extras: list[Extra] = of(default_factory=list)

    @property
    def id(self) -> str:
        return id_of(self.name)

    @property
    def may_add(self) -> bool:
        return self.field.most is None or len(self.entries) < self.field.most

    @property
    def is_wrong(self) -> bool:
        """Whether something in it is wrong: then it is not folded."""
        inside = [*self.items, *(one for entry in self.entries for one in entry.items)]
        return bool(self.faults or self.extras) or any(one.is_wrong for one in inside)


@dataclass
class Entry:
    """One entry of a list."""

    name: str
    number: int
    items: list[Shown]
    extras: list[Extra]

    @property
    def id(self) -> str:
        return id_of(self.name)


@dataclass(frozen=True)
class Extra:
    """A name that was typed as JSON and that the interface does not know; kept until it is emptied."""

    at: str
    wire: str
    value: str

    @property
    def name(self) -> str:
        return f"{self.at}|{self.wire}"

    @property
    def id(self) -> str:
        return id_of(f"{self.at}-x-{self.wire}")


def id_of(name: str) -> str:
    """The path as an id of the page: `detail[0].certno` → `f-detail-0-certno`."""
    return "f-" + re.sub(r"[^0-9A-Za-z_]+", "-", name).strip("-")


# --- drawing


def drawn(
    kind: type[BaseModel], tree: Mapping[str, Any], faults: Iterable[Fault] = (), at: str = ""
) -> tuple[list[Shown], list[Extra]]:
    """Every item of the message with what the tree has for it, and the names it does not know."""
    said: dict[str, list[str]] = {}
    for one in faults:
        said.setdefault(one.where, []).append(one.sentence)
    return _drawn(kind, tree, said, at)


def _drawn(
    kind: type[BaseModel], tree: Mapping[str, Any], said: Mapping[str, list[str]], at: str
) -> tuple[list[Shown], list[Extra]]:
    known = {one.wire for one in fields_of(kind)}
    extras = [Extra(at, name, written(value)) for name, value in tree.items() if name not in known]
    return [
        _item(one, tree.get(one.wire), one.wire in tree, said, _join(at, one.wire)) for one in fields_of(kind)
    ], extras


def _item(one: Field, value: Any, present: bool, said: Mapping[str, list[str]], name: str) -> Shown:
    shown = Shown(one, name, present=present and value is not None, faults=list(said.get(name, [])))
    if one.control == "group" and one.inner is not None:
        shown.present = shown.present or one.required
        if shown.present:
            shown.items, shown.extras = _drawn(one.inner, value or {}, said, name)
    elif one.control == "list" and one.inner is not None:
        for number, entry in enumerate(value or []):
            place = f"{name}[{number}]"
            items, extras = _drawn(one.inner, entry, said, place)
            shown.entries.append(Entry(place, number, items, extras))
    elif one.control == "lines":
        shown.value = "\n".join(str(line) for line in value or [])
        shown.faults += [f"第 {number + 1} 项：{sentence}" for number, sentence in _of_entries(said, name)]
    else:
        shown.value = _typed(value)
        shown.blank = value == ""
        shown.unlisted = bool(one.choices and shown.value and shown.value not in dict(one.choices))
    return shown


def _of_entries(said: Mapping[str, list[str]], name: str) -> Iterator[tuple[int, str]]:
    for where, sentences in said.items():
        if where.startswith(f"{name}[") and where.endswith("]") and where[len(name) + 1 : -1].isdecimal():
            yield from ((int(where[len(name) + 1 : -1]), sentence) for sentence in sentences)


def _typed(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def misfits(kind: type[BaseModel], tree: Mapping[str, Any], at: str = "") -> list[str]:
    """What a form cannot hold (a text where a group belongs …), in sentences; empty when it can hold everything."""
    found: list[str] = []
    if not at and size_of(tree) > MOST_ITEMS:
        return [f"内容超过 {MOST_ITEMS} 项，请用 JSON 编辑"]
    for one in fields_of(kind):
        value, name = tree.get(one.wire), _join(at, one.wire)
        if value is None:
            continue
        if one.control == "group" and one.inner is not None:
            found += (
                misfits(one.inner, value, name) if isinstance(value, dict) else [f"{one.label}（{name}）应为一组字段"]
            )
        elif one.control == "list" and one.inner is not None:
            if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
                found.append(f"{one.label}（{name}）应为一列字段组")
                continue
            for number, entry in enumerate(value):
                found += misfits(one.inner, entry, f"{name}[{number}]")
        elif one.control == "lines":
            if not isinstance(value, list) or not all(isinstance(line, str) and "\n" not in line for line in value):
                found.append(f"{one.label}（{name}）应为一列文本")
        elif isinstance(value, dict | list):
            found.append(f"{one.label}（{name}）应为一个值")
    return found


def size_of(tree: Any) -> int:
    """How many values it has."""
    if isinstance(tree, Mapping):
        return sum(size_of(one) for one in tree.values())
    if isinstance(tree, list):
        return sum(size_of(one) for one in tree)
    return 1


# --- reading back


def built(kind: type[BaseModel], post: Mapping[str, Any], at: str = "") -> dict[str, Any]:
    """The message that was typed into the form; `post` is a QueryDict. What is empty is absent."""
    has, blank = set(post.getlist("has")), set(post.getlist("blank"))  # type: ignore[attr-defined]
    return _built(kind, post, has, blank, at)


def _built(kind: type[BaseModel], post: Mapping[str, Any], has: set[str], blank: set[str], at: str) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for one in fields_of(kind):
        name = _join(at, one.wire)
        if one.control == "group" and one.inner is not None:
            if one.required or name in has:
                tree[one.wire] = _built(one.inner, post, has, blank, name)
        elif one.control == "list" and one.inner is not None:
            if name in has:
                places = (f"{name}[{number}]" for number in range(count_of(post, name)))
                tree[one.wire] = [_built(one.inner, post, has, blank, place) for place in places]
        elif one.control == "lines":
            lines = [line.strip() for line in str(post.get(f"f:{name}", "")).splitlines() if line.strip()]
            if lines or name in blank:
                tree[one.wire] = lines
        else:
            text = str(post.get(f"f:{name}", ""))
            if text or name in blank:
                tree[one.wire] = _value(one, text.replace("\r\n", "\n"))
    return tree | _extras(kind, post, at)


def _value(one: Field, text: str) -> Any:
    """A number where a number is declared and one was typed; anything else stays the text it is."""
    if one.control != "number" or not NUMBER.fullmatch(text):
        return text
    return int(text) if "." not in text and one.whole else Decimal(text)


def _extras(kind: type[BaseModel], post: Mapping[str, Any], at: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in post:
        place, _, wire = name.removeprefix("x:").partition("|")
        text = str(post.get(name, "")).strip()
        if not name.startswith("x:") or place != at or not text:
            continue
        try:
            found[wire] = read(f'{{"value": {text}}}')["value"]
        except Unreadable:
            found[wire] = text
    return found


def count_of(post: Mapping[str, Any], name: str) -> int:
    text = str(post.get(f"count:{name}", "0"))
    return min(int(text), MOST_ITEMS) if text.isascii() and text.isdecimal() else 0


# --- adding and removing


def changed(kind: type[BaseModel], tree: dict[str, Any], act: str, name: str, entry: Any) -> dict[str, Any]:
    """The tree after "add" or "remove" at this path; `entry` is what is added to a list or put for a group."""
    steps: Sequence[str | int] = steps_of(name)
    place: Any = tree
    for step, following in pairwise(steps):
        if isinstance(step, str):
            place = place.setdefault(step, [] if isinstance(following, int) else {})
        else:
            place = place[step]
    last = steps[-1]
    if act == "remove":
        del place[last]
    elif isinstance(place.get(last), list) or isinstance(entry, list):
        place.setdefault(last, []).extend(entry)
    else:
        place[last] = entry
    return tree


def steps_of(name: str) -> list[str | int]:
    """`detail[0].certno` → ["detail", 0, "certno"]."""
    return [int(one) if one.isdecimal() else one for one in re.findall(r"[^.\[\]]+", name)]


def field_at(kind: type[BaseModel], name: str) -> Field:
    """The declared item at this path; LookupError when there is none."""
    found: Field | None = None
    inner: type[BaseModel] | None = kind
    for step in steps_of(name):
        if isinstance(step, int):
            continue
        if inner is None:
            raise LookupError(name)
        found = next((one for one in fields_of(inner) if one.wire == step), None)
        if found is None:
            raise LookupError(name)
        inner = found.inner
    if found is None:
        raise LookupError(name)
    return found


def _join(at: str, wire: str) -> str:
    return f"{at}.{wire}" if at else wire
