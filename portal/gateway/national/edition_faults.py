"""What is wrong with an edition, all of it at once, in sentences for the administrator who brought it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from portal.codes import code_list
from portal.gateway.national.tables import FILE, ROOT, Node, tables, whole_row

#: Most characters of the whole edition, transactions in it, fields of a node.
LARGEST, TRANSACTIONS, COLUMNS = 2_000_000, 500, 400
NUMBER = re.compile(r"[A-Z]?[0-9]{4}[A-Z]?")
WIRE = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,59}")
SIZE = re.compile(r"|[0-9]{1,5}|[0-9]{1,2},[0-9]{1,2}")
TYPES = ("text", "number", "date", "datetime", "digits", "bytes", "")
FORMATS = ("", "yyyy-MM-dd", "yyyy-MM-dd HH:mm:ss", "MM")
KEYS = {
    "kind",
    "province",
    "version",
    "note",
    "transactions",
    "codes",
    "reversible",
    "balanced",
    "wire_names",
    "secret",
}
SAID = {"name", "call", "safe", "undo", "check", "input", "output"}
CALLS = ("realtime", "daily")
#: Most faults that are said.
MOST = 200


class EditionFaults(ValueError):
    """The edition cannot be used; `sentences` say why."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("；".join(sentences[:3]))
        self.sentences = sentences


def faults_of(content: Any) -> list[str]:
    """Every fault; empty when the edition can be laid over the base."""
    if not isinstance(content, dict) or content.get("kind", "national-edition") != "national-edition":
        return ["文件不是省级接口版本（kind 应为 national-edition）"]
    if len(json.dumps(content, ensure_ascii=False)) > LARGEST:
        return [f"内容超过 {LARGEST:,} 个字符"]
    found = _Faults(content)
    return list(dict.fromkeys(found.all()))[:MOST]


class _Faults:
    def __init__(self, content: dict[str, Any]) -> None:
        self.content = content
        self.transactions = _mapping(content.get("transactions"))
        self.codes = _mapping(content.get("codes"))

    def all(self) -> Iterator[str]:
        yield from (f"不认识的项目“{name}”" for name in self.content if name not in KEYS)
        for name, label, most in (("province", "省份", 20), ("version", "版本", 40)):
            value = self.content.get(name)
            if not isinstance(value, str) or not 1 <= len(value.strip()) <= most:
                yield f"{label}（{name}）：应为 1 到 {most} 个字"
        for name, label in (("transactions", "交易"), ("codes", "代码表"), ("wire_names", "报文名称")):
            if name in self.content and not isinstance(self.content[name], dict):
                yield f"{label}（{name}）：应为一组“名称：内容”"
        yield from self._numbers()
        if len(self.transactions) > TRANSACTIONS:
            yield f"最多 {TRANSACTIONS} 个交易"
        for number, said in list(self.transactions.items())[:TRANSACTIONS]:
            yield from (f"交易 {number}：{fault}" for fault in self._transaction(number, said))
        for name, said in self.codes.items():
            yield from (f"代码表 {name}：{fault}" for fault in _codes(name, said))
        for name, wire in _mapping(self.content.get("wire_names")).items():
            if not isinstance(wire, str) or not WIRE.fullmatch(wire):
                yield f"报文名称 {name}：应为字母开头的英文名称"

    def _numbers(self) -> Iterator[str]:
        known = {*tables(), *self.transactions}
        if not _texts(self.content.get("secret", [])):
            yield "个人信息字段（secret）：应为文本列表"
        for name, label in (("reversible", "可冲正交易"), ("balanced", "平账代码")):
            value = self.content.get(name, [])
            if not _texts(value):
                yield f"{label}（{name}）：应为文本列表"
            elif name == "reversible":
                yield from (f"可冲正交易：没有交易 {one}" for one in value if one not in known)
                yield from (f"可冲正交易：{one} 本身不能冲正" for one in value if one == "2601")
            elif name in self.content and not value:
                yield "平账代码（balanced）：至少写一个"

    def _transaction(self, number: str, said: Any) -> Iterator[str]:
        if not NUMBER.fullmatch(number):
            yield "编号应为四位数字，前后可各有一个大写字母"
        if not isinstance(said, dict):
            yield "应为一组“名称：内容”"
            return
        yield from (f"不认识的项目“{name}”" for name in said if name not in SAID)
        base = tables().get(number)
        name = said.get("name", base.name if base else "")
        if not isinstance(name, str) or not 1 <= len(name) <= 100:
            yield "请写交易名称（name）"
        if said.get("call", "realtime") not in CALLS:
            yield "调用方式（call）应为 realtime 或 daily"
        if base is None and not isinstance(said.get("safe", False), bool):
            yield "是否查询（safe）应为 true 或 false"
        if (base is None or not base.is_known) and not _mapping(said.get("input")):
            yield "没有公开的字段表，请写输入（input）"
        if base is not None and {"safe", "undo", "check"} & said.keys():
            yield "已有交易的办理性质不能改变（safe、undo、check）"
        for other in ("undo", "check"):
            if said.get(other) and said[other] not in {*tables(), *self.transactions}:
                yield f"{other}：没有交易 {said[other]}"
        for side, label in (("input", "输入"), ("output", "输出")):
            if side in said and not isinstance(said[side], dict):
                yield f"{label}应为一组节点"
            known = {node.name: node for node in base.nodes(side)} if base else {}
            for node, change in _mapping(said.get(side)).items():
                yield from (f"{label} {node}：{fault}" for fault in self._node(node, change, known.get(node)))

    def _node(self, name: str, change: Any, base: Node | None) -> Iterator[str]:
        if name not in (ROOT, FILE) and not WIRE.fullmatch(name):
            yield "节点名应为字母开头的英文名称"
        if change is None:
            if base is None:
                yield "没有这个节点，不能删除"
            return
        if not isinstance(change, dict):
            yield "应为一组“名称：内容”"
            return
        yield from (f"不认识的项目“{key}”" for key in change if key not in {"many", "set", "remove"})
        if change.get("many") not in (None, True, False):
            yield "多行（many）应为 true 或 false"
        removed, rows = change.get("remove", []), change.get("set", [])
        if not _texts(removed) or not isinstance(rows, list):
            yield "set 和 remove 应为列表"
            return
        known = {column.wire for column in base.columns} if base else set()
        yield from (f"没有字段 {one}，不能删除" for one in removed if one not in known)
        names = [str(row[0]) for row in rows if isinstance(row, list) and row]
        yield from (f"字段 {one} 写了两次" for one in sorted({one for one in names if names.count(one) > 1}))
        yield from (f"字段 {one} 又改又删" for one in removed if one in names)
        if len(rows) > COLUMNS:
            yield f"最多 {COLUMNS} 个字段"
        for row in rows[:COLUMNS]:
            yield from self._column(row)

    def _column(self, row: Any) -> Iterator[str]:
        if not isinstance(row, list) or not 5 <= len(row) <= 7 or not isinstance(row[0], str):
            yield "字段应依次为：字段名、名称、类型、长度、必填、代码表、格式"
            return
        wire, title, kind, size, required, codes, form = whole_row(row)
        if not WIRE.fullmatch(wire):
            yield f"字段 {wire}：应为字母开头的英文名称"
        if not isinstance(title, str) or not 1 <= len(title) <= 100:
            yield f"字段 {wire}：请写名称"
        if kind not in TYPES:
            yield f"字段 {wire}：类型应为{'、'.join(one for one in TYPES if one)}之一"
        elif not isinstance(size, str) or not SIZE.fullmatch(size) or (kind == "digits" and not size):
            yield f"字段 {wire}：长度应为数字，数值型可写“16,2”"
        elif "," in size and (kind != "number" or int(size.split(",")[0]) < int(size.split(",")[1])):
            yield f"字段 {wire}：小数位数不对"
        elif kind in ("text", "digits") and size == "0":
            yield f"字段 {wire}：长度不能为 0"
        if required not in (True, False, None):
            yield f"字段 {wire}：必填应为 true、false 或 null"
        if form not in FORMATS:
            yield f"字段 {wire}：格式应为 yyyy-MM-dd、yyyy-MM-dd HH:mm:ss 或 MM"
        if isinstance(codes, str) and codes and codes not in self.codes and not _published(codes):
            yield f"字段 {wire}：没有代码表 {codes}"
        elif not isinstance(codes, bool | str):
            yield f"字段 {wire}：代码表应为 true、false 或代码表的名称"


def _codes(name: str, said: Any) -> Iterator[str]:
    if not isinstance(said, dict):
        yield "应为一组“名称：内容”"
        return
    if not re.fullmatch(r"[A-Za-z0-9_@\-\u4e00-\u9fff]{1,60}", name):
        yield "名称只能用字母、数字和下划线"
    yield from (f"不认识的项目“{key}”" for key in said if key not in {"title", "set", "remove", "whole"})
    added, removed = _mapping(said.get("set")), said.get("remove", [])
    if not _texts(removed):
        yield "remove 应为列表"
        removed = []
    for code, label in added.items():
        if not isinstance(label, str) or not 1 <= len(label) <= 200 or not 1 <= len(code) <= 60:
            yield f"代码 {code}：请写名称"
    published = _published(name)
    if published is None and not added:
        yield "没有公开的代码表，请写代码（set）"
    if published is None and not said.get("title"):
        yield "新代码表请写标题（title）"
    known = {code for code, _ in published.choices()} if published else set()
    yield from (f"没有代码 {code}，不能删除" for code in removed if code not in known)
    if known and not added and known <= set(removed):
        yield "不能删去全部代码"


def _published(name: str) -> Any:
    try:
        return code_list(f"national.{name}")
    except LookupError:
        return None


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) and one for one in value)


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
