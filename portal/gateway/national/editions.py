"""A province's edition: what it adds to, changes in and takes from the base tables; pure, no database.

An edition is JSON: `transactions` (number → name, `input` and `output` of nodes with `set` and `remove`; a new number
brings `safe`, `undo`, `check`, too), `codes` (list → `title`, `set`, `remove`, `whole`), `reversible` (numbers that
2601 may take back), `balanced` (codes of `stmt_rslt` that mean that the books agree), `wire_names` (field → its name
there), `secret` (names of its own fields that identify a person). `set` holds rows of wire, title, type, size,
required, codes, format: a field that exists is changed, another is added.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType
from typing import Any

from portal.codes import Code, CodeList, code_list, keep_variant
from portal.gateway.messages import Request
from portal.gateway.national.building import Made, request_from
from portal.gateway.national.edition_faults import EditionFaults, faults_of
from portal.gateway.national.tables import Column, Effect, Node, Table, effect_of, tables, whole_row

#: The base set of 2601 as printed, and what stmt_rslt says when the books agree (3201, dictionary).
BALANCED = frozenset({"0"})


@dataclass(frozen=True, eq=False)
class Edition:
    """The tables that hold in one province; the base edition has the digest ""."""

    province: str
    version: str
    digest: str
    content: Mapping[str, Any] = field(repr=False)
    own: Mapping[str, Table] = field(repr=False)
    lists: Mapping[str, CodeList] = field(repr=False)
    reversible: frozenset[str]
    balanced: frozenset[str]
    wire_names: Mapping[str, str]

    @property
    def title(self) -> str:
        return f"{self.province} {self.version}" if self.digest else "国家基线版"

    def has(self, number: str) -> bool:
        """Whether the field table of that number is known here."""
        table = self.own.get(number) or tables().get(number)
        return bool(table and table.is_known)

    def table(self, number: str) -> Table:
        """The table of that number here; LookupError when there is none."""
        table = self.own.get(number) or tables().get(number)
        if table is None:
            raise LookupError(f"{self.title} has no transaction {number}")
        return table

    def numbers(self) -> tuple[str, ...]:
        """Every number that is known by name here."""
        return tuple(sorted({*tables(), *self.own}))

    def effect(self, number: str) -> Effect:
        """What it does; a number that only this edition has says so itself."""
        said = self.content.get("transactions", {}).get(number, {})
        if number in tables():
            return effect_of(number)
        effect = Effect(safe=bool(said.get("safe")), undo=said.get("undo", ""), check=said.get("check", ""))
        return effect if effect.safe or effect.undo or effect.check else replace(effect, replaces=True)

    def touches(self, number: str) -> bool:
        """Whether messages of this number are not those of the base tables."""
        table = self.table(number)
        columns = [column for node in (*table.input, *table.output) for column in node.columns]
        names = {node.name for node in (*table.input, *table.output)} | {column.wire for column in columns}
        lists = {column.codes if isinstance(column.codes, str) else column.wire for column in columns if column.codes}
        return number in self.own or bool(names & self.wire_names.keys()) or bool(lists & self.lists.keys())

    def request(self, number: str) -> type[Request[Any]]:
        """The transaction as it is sent here; made anew at each call (`portal.gateway.national.classes` keeps them)."""
        return request_from(self.table(number), self.effect(number), self.made())

    def made(self) -> Made:
        """What its classes are made with."""
        scope = {name: keep_variant(variant) for name, variant in self.lists.items()}
        return Made(self.digest, scope, self.wire_names, frozenset(self.content.get("secret", ())))


@cache
def base() -> Edition:
    """The tables as printed."""
    reversible = frozenset(number for number, table in tables().items() if table.reversible)
    nothing: Mapping[str, Any] = MappingProxyType({})
    return Edition("国家", "基线版", "", nothing, nothing, nothing, reversible, BALANCED, nothing)


def read_edition(content: Any) -> Edition:
    """The edition that this JSON says; EditionFaults with everything that is wrong at once."""
    if found := faults_of(content):
        raise EditionFaults(found)
    edition = known_edition(content)
    if unfit := [number for number in edition.own if not _fits(edition, number)]:
        raise EditionFaults([f"交易 {number}：按这些字段生成不了报文，请核对字段名和节点" for number in unfit])
    return edition


def known_edition(content: Any) -> Edition:
    """The same of content that was found right before."""
    content = _in_order(content)
    digest = digest_of(content)
    return Edition(
        province=content["province"],
        version=content["version"],
        digest=digest,
        content=content,
        own=MappingProxyType(_own(content.get("transactions", {}))),
        lists=MappingProxyType({name: _list(name, said, digest) for name, said in content.get("codes", {}).items()}),
        reversible=frozenset(content["reversible"]) if "reversible" in content else base().reversible,
        balanced=frozenset(content.get("balanced", BALANCED)),
        wire_names=MappingProxyType(dict(content.get("wire_names", {}))),
    )


def _in_order(content: Any) -> Any:
    """With names in alphabetical order, as the database keeps no other, and every field's row written out."""
    if isinstance(content, dict):
        return {name: _rows(content[name]) if name == "set" else _in_order(content[name]) for name in sorted(content)}
    return [_in_order(one) for one in content] if isinstance(content, list) else content


def _rows(said: Any) -> Any:
    if not isinstance(said, list):
        return _in_order(said)
    return [[*row[:2], row[2] or "text", *row[3:]] for row in map(whole_row, said)]


def digest_of(content: Mapping[str, Any]) -> str:
    """Names this content, whoever brought it."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def _own(said: Mapping[str, Any]) -> dict[str, Table]:
    """The tables that an edition says something about; what it says of a base holds for the A variant, too."""
    found = {number: laid_over(tables().get(number), number, one) for number, one in said.items()}
    for number, table in tables().items():
        if table.base in said:
            inherited = laid_over(table, number, {**said[table.base], "name": table.name})
            found[number] = laid_over(inherited, number, said.get(number, {}))
    return found


def laid_over(table: Table | None, number: str, said: Mapping[str, Any]) -> Table:
    """This table with what an edition says about it; without one, what it says makes a new one."""
    before = table or Table(
        number, said.get("name", number), ("扩展交易", "本省扩展交易"), "realtime", None, False, "unknown"
    )
    after = replace(
        before,
        name=said.get("name", before.name),
        call=said.get("call", before.call),
        input=_side(before.input, said.get("input", {})),
        output=_side(before.output, said.get("output", {})),
    )
    return after if after.is_known or not (after.input or after.output) else replace(after, fields="table")


def _side(before: tuple[Node, ...], said: Mapping[str, Any]) -> tuple[Node, ...]:
    nodes = {node.name: node for node in before}
    for name, change in said.items():
        if change is None:
            nodes.pop(name, None)
            continue
        node = nodes.get(name) or Node(name, bool(change.get("many")), ())
        columns = {column.wire: column for column in node.columns if column.wire not in change.get("remove", ())}
        columns |= {row[0]: Column(*row) for row in change.get("set", ())}
        many = change.get("many", node.many)
        nodes[name] = Node(name, many, tuple(columns.values()))
    return tuple(node for node in nodes.values() if node.columns)


def _list(name: str, said: Mapping[str, Any], digest: str) -> CodeList:
    try:
        published = code_list(f"national.{name}")
    except LookupError:
        published = None
    codes = {} if published is None or said.get("whole") else dict(published.codes)
    for code in said.get("remove", ()):
        codes.pop(code, None)
    codes |= {code: Code(code, label) for code, label in said.get("set", {}).items()}
    title = said.get("title") or (published.title if published else name)
    return CodeList(f"national@{digest[:16]}", name, title, "省级接口版本", MappingProxyType(codes))


def _fits(edition: Edition, number: str) -> bool:
    if not edition.has(number):
        return True
    try:
        kind = edition.request(number)
        kind.model_json_schema()
        kind.reply().model_json_schema()
    except (TypeError, ValueError, NameError):
        return False
    return True
