"""The OpenAPI schema as a page for people: plain tables, no script, printable."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

Json = dict[str, Any]
DEEPEST = 5
KINDS = {
    "string": "文本",
    "integer": "整数",
    "number": "数字",
    "boolean": "是/否",
    "array": "列表",
    "object": "对象",
    "null": "空",
}
FORMATS = {"uuid": "编号（UUID）", "date": "日期", "date-time": "日期时间", "decimal": "金额（文本）", "uri": "地址"}
PLACES = {"path": "地址", "query": "查询参数", "header": "请求头", "cookie": "Cookie"}


@dataclass(frozen=True)
class Field:
    """One row of a table; `name` is the path inside the body: `rows[].year`."""

    name: str
    kind: str
    required: bool
    note: str


@dataclass(frozen=True)
class Answer:
    status: str
    note: str
    fields: list[Field]


@dataclass(frozen=True)
class Operation:
    anchor: str
    method: str
    path: str
    title: str
    note: str
    parameters: list[Field]
    body: list[Field]
    answers: list[Answer]


@dataclass(frozen=True)
class Group:
    name: str
    operations: list[Operation]


def reference(schema: Json) -> list[Group]:
    """The operations, in the order of their addresses, grouped by the first part below /api/v1/."""
    found = [
        operation(schema, path, method, facts)
        for path, methods in schema["paths"].items()
        for method, facts in methods.items()
    ]

    def group(one: Operation) -> str:
        return one.path.split("/")[3]

    found.sort(key=lambda one: (group(one), one.path, one.method))
    return [Group(name, list(operations)) for name, operations in groupby(found, group)]


def operation(schema: Json, path: str, method: str, facts: Json) -> Operation:
    parameters = [
        Field(
            one["name"],
            f"{PLACES[one['in']]} · {kind_of(schema, one.get('schema', {}))}",
            one.get("required", False),
            one.get("description", ""),
        )
        for one in facts.get("parameters", [])
    ]
    answers = [
        Answer(status, answer.get("description", ""), fields_of_content(schema, answer))
        for status, answer in facts["responses"].items()
        if status != "default"
    ]
    summary, note = facts.get("summary", ""), facts.get("description", "")
    if not summary:
        summary, _, note = note.partition("\n")
    return Operation(
        anchor=facts["operationId"],
        method=method.upper(),
        path=path,
        title=summary or facts["operationId"],
        note=note.strip(),
        parameters=parameters,
        body=fields_of_content(schema, facts.get("requestBody", {})),
        answers=answers,
    )


def fields_of_content(schema: Json, holder: Json) -> list[Field]:
    for content in holder.get("content", {}).values():
        return list(fields(schema, content.get("schema", {})))
    return []


def fields(schema: Json, part: Json, prefix: str = "", depth: int = 0) -> Iterator[Field]:
    """The rows of an object; an object or list inside it continues with its own rows."""
    part = resolved(schema, part)
    if part.get("type") == "array":
        yield from fields(schema, part.get("items", {}), f"{prefix}[]", depth)
        return
    for name, inner in part.get("properties", {}).items():
        path = f"{prefix}.{name}" if prefix else name
        plain = resolved(schema, inner)
        note = plain.get("description") or plain.get("title") or ""
        yield Field(path, kind_of(schema, inner), name in part.get("required", ()), note)
        if depth < DEEPEST:
            yield from fields(schema, inner, path, depth + 1)


def resolved(schema: Json, part: Json) -> Json:
    """The part itself, behind references and single-choice wrappers."""
    own = {name: value for name, value in part.items() if name in ("description", "title")}
    while True:
        if "$ref" in part:
            part = schema["components"]["schemas"][part["$ref"].rpartition("/")[2]]
        elif choices := [one for one in _choices(part) if one.get("type") != "null" and one.get("enum") != [None]]:
            part = choices[0]
        else:
            return {**part, **own}


def _choices(part: Json) -> list[Json]:
    return list(part.get("allOf") or part.get("oneOf") or part.get("anyOf") or [])


def kind_of(schema: Json, part: Json) -> str:
    """文本, 整数, 列表 …, with length, range and allowed values."""
    part = resolved(schema, part)
    kinds = part.get("type", "object")
    names = [kinds] if isinstance(kinds, str) else kinds
    words = [FORMATS.get(part.get("format", ""), "") or "或".join(KINDS.get(name, name) for name in names)]
    if values := [str(value) for value in part.get("enum", []) if value not in (None, "")]:
        words.append(" | ".join(values))
    if "maxLength" in part:
        words.append(f"最长 {part['maxLength']}")
    if "minimum" in part or "maximum" in part:
        words.append(f"{part.get('minimum', '')}–{part.get('maximum', '')}")
    return "，".join(words)
