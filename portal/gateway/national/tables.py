"""The field tables of the national interface, as they are printed: `tables/*.json`, one entry for each number.

What the tables leave open (which nodes are lists, which dictionary a field belongs to) is our own reading and stands in
`readings.json`; what a transaction does to the centre's books stands in `effects.json`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Any

from portal.gateway.national.gateway import FOLDER

#: The node whose fields stand directly under input or output, and the one that describes a file's columns.
ROOT, FILE = "_root", "#file"


@dataclass(frozen=True, slots=True)
class Column:
    """One field. `type` is text, number, date, datetime, bytes, digits, decimal, integer, or the printed word of a
    collection; `size` as printed ("16,2"); `required` None where the table does not say; `codes`: it has a dictionary,
    in an edition's own fields a named one."""

    wire: str
    title: str
    type: str
    size: str
    required: bool | None
    codes: bool | str = False
    format: str = ""

    @property
    def is_blank(self) -> bool:
        """Named only: an A variant's field that the base table describes."""
        return not self.title and not self.type


@dataclass(frozen=True, slots=True)
class Node:
    """A group of fields; `many` None where the table does not say whether it is a list."""

    name: str
    many: bool | None
    columns: tuple[Column, ...]

    def column(self, wire: str) -> Column | None:
        return next((one for one in self.columns if one.wire == wire), None)


@dataclass(frozen=True, slots=True)
class Table:
    """One number of the interface. `fields` is "table", "extends <number>" or "unknown"; `call` realtime or daily;
    `priority` 1 (first) to 3, None where the guide has none; `reversible`: 2601 may be tried in the base set."""

    number: str
    name: str
    category: tuple[str, str]
    call: str
    priority: int | None
    reversible: bool
    fields: str
    notes: tuple[str, ...] = ()
    input: tuple[Node, ...] = ()
    output: tuple[Node, ...] = ()

    @property
    def base(self) -> str:
        """The number it extends, "" for one with a table of its own."""
        return self.fields.removeprefix("extends ") if self.fields.startswith("extends ") else ""

    @property
    def is_known(self) -> bool:
        return self.fields != "unknown"

    def nodes(self, side: str) -> tuple[Node, ...]:
        """The nodes of "input" or "output"."""
        return self.input if side == "input" else self.output

    @property
    def count(self) -> int:
        """How many fields it has."""
        return sum(len(node.columns) for node in (*self.input, *self.output))


@dataclass(frozen=True, slots=True)
class Effect:
    """What a transaction does: `safe` changes nothing, `undo` takes it back, `check` proves it, and one that `replaces`
    may be repeated because the later upload of the same key takes the place of the former. Seconds as of Request."""

    safe: bool = False
    undo: str = ""
    check: str = ""
    replaces: bool = False
    quiet: int = 60
    patience: int = 60


@cache
def readings() -> Mapping[str, Any]:
    """What we read into the tables; see the file."""
    return MappingProxyType(json.loads((FOLDER / "readings.json").read_text(encoding="utf-8")))


@cache
def _effects() -> Mapping[str, Effect]:
    content = json.loads((FOLDER / "effects.json").read_text(encoding="utf-8"))
    return {number: Effect(**said) for number, said in content["effects"].items()}


def effect_of(number: str) -> Effect:
    """What is known of the transaction; an A variant does what its base does. An unknown one changes something."""
    return _effects().get(number) or _effects().get(number.removesuffix("A")) or Effect(replaces=True)


@cache
def printed() -> Mapping[str, Table]:
    """Every number with its table as printed, in the order of the numbers."""
    found: dict[str, Table] = {}
    for path in sorted((FOLDER / "tables").glob("*.json")):
        for entry in json.loads(path.read_text(encoding="utf-8"))["tables"]:
            found[entry["number"]] = _table(entry)
    return MappingProxyType({number: found[number] for number in sorted(found)})


@cache
def tables() -> Mapping[str, Table]:
    """Every number with the table that holds: A variants have their base's fields, named fields are described."""
    return MappingProxyType({number: _completed(one) for number, one in printed().items()})


def table_of(number: str) -> Table:
    """The table of that number; LookupError when the interface has none."""
    try:
        return tables()[number]
    except KeyError:
        raise LookupError(f"the national interface has no transaction {number}") from None


def whole_row(row: list[Any]) -> list[Any]:
    """A field's row with all seven values."""
    return [*row, *list[Any]((False, ""))[len(row) - 5 :]]


def _table(entry: Mapping[str, Any]) -> Table:
    return Table(
        number=entry["number"],
        name=entry["name"],
        category=tuple(entry["category"]),
        call=entry["call"],
        priority=entry["priority"],
        reversible=entry["reversible"],
        fields=entry["fields"],
        notes=tuple(entry.get("notes", ())),
        input=nodes_of(entry.get("input", {})),
        output=nodes_of(entry.get("output", {})),
    )


def nodes_of(side: Mapping[str, Any]) -> tuple[Node, ...]:
    """The nodes of one side as the files and the editions write them."""
    return tuple(
        Node(name, node.get("many"), tuple(Column(*row) for row in node["columns"])) for name, node in side.items()
    )


def _completed(table: Table) -> Table:
    if table.base:
        base = _completed(printed()[table.base])
        return replace(table, input=base.input, output=base.output)
    if not any(column.is_blank for node in table.input for column in node.columns):
        return table
    model = printed().get(table.number.removesuffix("A"), table)
    return replace(table, input=tuple(_described(node, model) for node in table.input))


def _described(node: Node, model: Table) -> Node:
    """Fields that are only named here are what the same field of the base table is."""
    same = next((one for one in model.input if one.name == node.name), None)
    everywhere = [one for other in model.input for one in other.columns]
    columns = []
    for column in node.columns:
        if column.is_blank:
            known = (same.column(column.wire) if same else None) or next(
                (one for one in everywhere if one.wire == column.wire), None
            )
            own = readings()["described"].get(column.wire)
            if known or own:
                wire = column.wire
                column = replace(known, required=None) if known else Column(wire, own[0], own[1], own[2], None)
        columns.append(column)
    return replace(node, columns=tuple(columns))
