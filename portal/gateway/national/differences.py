"""An edition beside the base tables: what it adds, changes and removes, for pages and files; pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from portal.gateway.national.columns import national_list
from portal.gateway.national.editions import Edition, base
from portal.gateway.national.tables import Column, Node, Table

Mark = Literal["same", "added", "changed", "removed"]
LABELS = {"same": "", "added": "新增", "changed": "修改", "removed": "删除"}
TYPES = {
    "text": "字符型",
    "number": "数值型",
    "date": "日期型",
    "datetime": "日期时间型",
    "bytes": "字节数组",
    "digits": "数字型",
    "decimal": "数值型",
    "integer": "整型",
    "varchar": "字符型",
    "": "",
}


@dataclass(frozen=True)
class Cell:
    """One property of a field: what the base says and what the edition says."""

    before: str
    after: str

    @property
    def differs(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True)
class FieldShown:
    """One field beside its base."""

    wire: str
    mark: Mark
    cells: tuple[Cell, ...]

    @property
    def label(self) -> str:
        return LABELS[self.mark]


@dataclass(frozen=True)
class NodeShown:
    """One node with its fields; `many` in words."""

    name: str
    side: str
    mark: Mark
    many: str
    fields: tuple[FieldShown, ...]

    @property
    def label(self) -> str:
        return LABELS[self.mark]


@dataclass(frozen=True)
class TableShown:
    """One number beside its base."""

    number: str
    name: str
    mark: Mark
    nodes: tuple[NodeShown, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return LABELS[self.mark]


@dataclass(frozen=True)
class CodesShown:
    """One code list beside its base."""

    name: str
    title: str
    mark: Mark
    codes: tuple[tuple[str, str, str, Mark], ...]

    @property
    def label(self) -> str:
        return LABELS[self.mark]


#: The properties of a field, in the order of `FieldShown.cells`.
PROPERTIES = ("名称", "类型", "长度", "必填", "代码表", "格式")


def shown_table(edition: Edition, number: str, *, before: Edition | None = None) -> TableShown:
    """One number with every field, marked against `before` (the base tables). LookupError for an unknown number."""
    earlier = before or base()
    old = earlier.table(number) if number in earlier.numbers() else None
    new = edition.table(number) if number in edition.numbers() else None
    table = new or old
    if table is None:
        raise LookupError(number)
    nodes = [*_nodes("input", old, new), *_nodes("output", old, new)]
    counts = {"added": 0, "changed": 0, "removed": 0}
    for one in (found for node in nodes for found in node.fields):
        if one.mark != "same":
            counts[one.mark] += 1
    is_new = old is None or not old.is_known
    mark: Mark = "same"
    if new is None:
        mark = "removed"
    elif is_new and new.is_known:
        mark = "added"
    elif any(counts.values()) or (old and old.name != new.name) or any(node.mark != "same" for node in nodes):
        mark = "changed"
    return TableShown(number, table.name, mark, tuple(nodes), counts)


def differing(edition: Edition, before: Edition | None = None) -> list[TableShown]:
    """The numbers whose tables are not those of `before` (the base tables)."""
    earlier = before or base()
    numbers = sorted({*edition.own, *earlier.own})
    return [one for number in numbers if (one := shown_table(edition, number, before=earlier)).mark != "same"]


def differing_codes(edition: Edition) -> list[CodesShown]:
    """The code lists that an edition brings, each with the codes that are not those of the dictionary."""
    found = []
    for name, variant in sorted(edition.lists.items()):
        published = national_list(name)
        old = dict(published.choices()) if published else {}
        new = dict(variant.choices())
        rows: list[tuple[str, str, str, Mark]] = []
        for code in sorted({*old, *new}):
            before, after = old.get(code, ""), new.get(code, "")
            if before != after:
                mark: Mark = "added" if not before else "removed" if not after else "changed"
                rows.append((code, before, after, mark))
        found.append(CodesShown(name, variant.title, "changed" if published else "added", tuple(rows)))
    return found


def cells_of(column: Column) -> tuple[str, ...]:
    """A field's properties in words."""
    required = {True: "是", False: "否", None: ""}[column.required]
    codes = "" if not column.codes else column.codes if isinstance(column.codes, str) else column.wire
    return (column.title, TYPES.get(column.type, column.type), column.size, required, codes, column.format)


def _nodes(side: str, old: Table | None, new: Table | None) -> list[NodeShown]:
    before = {node.name: node for node in old.nodes(side)} if old else {}
    after = {node.name: node for node in new.nodes(side)} if new else {}
    names = dict.fromkeys([*after, *before])
    return [_node(name, side, before.get(name), after.get(name)) for name in names]


def _node(name: str, side: str, old: Node | None, new: Node | None) -> NodeShown:
    before = {column.wire: column for column in old.columns} if old else {}
    after = {column.wire: column for column in new.columns} if new else {}
    fields = [_field(wire, before.get(wire), after.get(wire)) for wire in dict.fromkeys([*after, *before])]
    mark: Mark = "same"
    if old is None or new is None:
        mark = "added" if old is None else "removed"
    elif old.many != new.many or any(one.mark != "same" for one in fields):
        mark = "changed"
    shown = new or old
    assert shown is not None
    return NodeShown(name, side, mark, {True: "多行", False: "单行", None: ""}[shown.many], tuple(fields))


def _field(wire: str, old: Column | None, new: Column | None) -> FieldShown:
    before = cells_of(old) if old else ("",) * len(PROPERTIES)
    after = cells_of(new) if new else ("",) * len(PROPERTIES)
    cells = tuple(Cell(one, other) for one, other in zip(before, after, strict=True))
    if old is None or new is None:
        return FieldShown(wire, "added" if old is None else "removed", cells)
    return FieldShown(wire, "changed" if any(one.differs for one in cells) else "same", cells)
