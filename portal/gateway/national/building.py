"""A Request class from a table: strict where we write, lenient where we read (`Request`, `Record`)."""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from types import new_class
from typing import Any

from pydantic import BaseModel

from portal.gateway.messages import Request, item
from portal.gateway.national.columns import codes_of, is_secret, item_of_reply, item_of_request
from portal.gateway.national.control.reach import is_controlled
from portal.gateway.national.gateway import NATIONAL
from portal.gateway.national.shapes import Answer, Answered, Group, TableRequest
from portal.gateway.national.tables import FILE, ROOT, Column, Effect, Node, Table, readings

#: Where the insured's region travels: the wire moves it into the envelope.
INSURED_AT = "insuplc_admdvs"
#: Where the check medium of the security control travels: the wire moves it into the envelope or into exp_content.
MEDIUM = "dev_safe_info"
#: Names that a message cannot give to an item.
TAKEN = frozenset(dir(BaseModel)) | set(keyword.kwlist)


@dataclass(frozen=True)
class Made:
    """What an edition changes for the classes: its name, its code lists, names on the wire, and what is secret."""

    edition: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    wire_names: Mapping[str, str] = field(default_factory=dict)
    secret: frozenset[str] = frozenset()


def request_from(table: Table, effect: Effect, made: Made | None = None) -> type[Request[Any]]:
    """The transaction of this table; without an edition it is registered. LookupError for one without fields."""
    if not table.is_known:
        raise LookupError(f"the field table of {table.number} is not public: an edition must bring it")
    return _Builder(table, made or Made()).request(effect)


class _Builder:
    def __init__(self, table: Table, made: Made) -> None:
        self.table, self.made = table, made
        self.name = f"T{table.number}"

    def request(self, effect: Effect) -> type[Request[Any]]:
        body = self._side("input", Group)
        if any(column.wire == "psn_no" for node in self.table.input for column in node.columns):
            taken = INSURED_AT in body.annotations
            if not taken:
                body.add(INSURED_AT, str | None, item("参保地医保区划", 6, default=None))
        if is_controlled(self.table.number) and MEDIUM not in body.annotations:
            body.add(MEDIUM, str | None, item("安全控件校验介质", 2000, secret=True, default=None))
        title = self.table.name
        options: dict[str, Any] = {
            "code": self.table.number,
            "title": title,
            "gateway": NATIONAL,
            "undo": effect.undo,
            "check": effect.check,
            "safe": effect.safe,
            "replaces": effect.replaces,
            "quiet": effect.quiet,
            "patience": effect.patience,
            "edition": self.made.edition,
        }
        more = {"__doc__": f"{title}: {clause(self.table)}", "_answers": staticmethod(cache(self._reply))}
        found: type[Request[Any]] = body.made(self.name, TableRequest, more, options)
        return found

    def _reply(self) -> type[Answered]:
        body = self._side("output", Answer)
        kept: type[Answered] = body.made(f"{self.name}Reply", Answered, {"__doc__": f"{self.table.name}: output."}, {})
        return kept

    def _side(self, side: str, kind: type[BaseModel]) -> _Body:
        """The whole of one side, each node below the field that names it, or beside the others."""
        nodes = [node for node in self.table.nodes(side) if node.name != FILE]
        inside = readings()["inside"].get(self.table.number, {}).get(side, {})
        nodes = [replace(node, name=inside.get(node.name, node.name)) for node in nodes]
        fields = {column.wire for node in nodes for column in node.columns}
        nested = {node.name: node for node in nodes if node.name in fields and _holds(nodes, node)}
        whole = _Body()
        beside = [node for node in nodes if node.name not in nested]
        for node in beside:
            many = self._many(node, side)
            if node.name == ROOT and not many:
                self._fill(whole, node, side, kind, nested)
            else:
                name = "data" if node.name == ROOT else node.name
                optional = not _is_obligatory(node, is_first=node is beside[0])
                self._add_node(whole, node, name, many, side, kind, nested, title="", optional=optional)
        return whole

    def _fill(self, body: _Body, node: Node, side: str, kind: type[BaseModel], nested: Mapping[str, Node]) -> None:
        for column in node.columns:
            inner = nested.get(column.wire)
            if inner is not None and inner is not node:
                many = self._many(inner, side)
                self._add_node(body, inner, inner.name, many, side, kind, nested, column.title, self._optional(column))
            else:
                body.add(*self._field(self._read(column), side))

    def _field(self, column: Column, side: str) -> tuple[str, Any, Any]:
        name = readings()["also"].get(column.wire, column.wire)
        wire = self.made.wire_names.get(column.wire, column.wire)
        codes = codes_of(column, self.made.codes, strict=side == "input")
        secret = is_secret(column.wire) or column.wire in self.made.secret
        optional = self._optional(column)
        column = replace(column, wire=wire)
        if side == "output":
            return (python_name(name), *item_of_reply(column, codes, secret=secret))
        return (python_name(name), *item_of_request(column, codes, optional=optional, secret=secret))

    def _add_node(
        self,
        body: _Body,
        node: Node,
        name: str,
        many: bool,
        side: str,
        kind: type[BaseModel],
        nested: Mapping[str, Node],
        title: str,
        optional: bool,
    ) -> None:
        inner = _Body()
        self._fill(inner, node, side, kind, nested)
        mark = "" if side == "input" else "Reply"
        title = title or node_title(node, self.table)
        made = inner.made(f"{self.name}{mark}_{name}", kind, {"__doc__": title}, {})
        options: dict[str, Any] = {"wire": self.made.wire_names.get(name, name)}
        if side == "output":
            annotation: Any = list[made] if many else made | None  # type: ignore[valid-type]
            options["default_factory" if many else "default"] = list if many else None
            (body.lists if many else body.groups).add(python_name(name))
        else:
            annotation = list[made] if many else made  # type: ignore[valid-type]
            if many:
                most = readings()["most"]
                options["many"] = (1, most.get(node.name, most[""]))
            if optional:
                annotation, options["default"] = annotation | None, None
        body.add(python_name(name), annotation, item(title, **options))

    def _many(self, node: Node, side: str) -> bool:
        if node.name in readings()["lists"].get(self.table.number, {}).get(side, ()):
            return True
        return bool(node.many)

    def _read(self, column: Column) -> Column:
        """The field with the type and size that we read into it."""
        said = readings()["types"].get(f"{self.table.number}.{column.wire}")
        if said:
            return replace(column, type=said[0], size=said[1], format="")
        return replace(column, type="list") if column.type in readings()["collections"] else column

    def _optional(self, column: Column) -> bool:
        return not column.required or f"{self.table.number}.{column.wire}" in readings()["optional"]


class _Body:
    """Items of a class to be."""

    def __init__(self) -> None:
        self.annotations: dict[str, Any] = {}
        self.items: dict[str, Any] = {}
        self.lists: set[str] = set()
        self.groups: set[str] = set()

    def add(self, name: str, annotation: Any, found: Any) -> None:
        self.annotations[name], self.items[name] = annotation, found

    def made(self, name: str, base: type[BaseModel], more: Mapping[str, Any], options: dict[str, Any]) -> type[Any]:
        names = {found.alias.lower(): own for own, found in self.items.items() if found.alias}
        names |= {own.lower(): own for own in self.annotations}
        body = {
            **self.items,
            **more,
            "__annotations__": self.annotations,
            "__module__": __name__,
            "names": names,
            **({"lists": frozenset(self.lists), "groups": frozenset(self.groups)} if issubclass(base, Answer) else {}),
        }
        return new_class(name, (base,), options, lambda space: space.update(body))


def _holds(nodes: list[Node], wanted: Node) -> bool:
    """Whether another node has a field that this node describes."""
    return any(
        column.wire == wanted.name and node is not wanted and column.type not in ("text", "date", "datetime", "number")
        for node in nodes
        for column in node.columns
    )


def _is_obligatory(node: Node, *, is_first: bool) -> bool:
    """Whether an input must have this node: its first one unless all of its fields may be absent, further ones where
    our readings say so (there are stays without operations, and few patients die)."""
    if is_first:
        return any(column.required is not False for column in node.columns)
    return node.name in readings()["obligatory"]


def python_name(wire: str) -> str:
    """The attribute of a name on the wire."""
    name = re.sub(r"[^0-9A-Za-z_]", "_", wire)
    return f"{name}_" if name in TAKEN else name


TITLES: Callable[[], Mapping[str, str]] = cache(lambda: readings()["nodes"])


def node_title(node: Node, table: Table) -> str:
    """What people call a node."""
    return str(TITLES().get(node.name) or table.name)


def clause(table: Table) -> str:
    """Where the specification speaks of it."""
    section = f"{table.number[0]}.{table.number[1]}" if table.number[0].isdigit() else "5.2"
    base = f", from the table of {table.base}" if table.base else ""
    return f"transaction {table.number} of the Sichuan guide, section {section} of its chapter 2{base}."
