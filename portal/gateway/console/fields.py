"""What a declaration says about its items, as a form needs it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import BaseModel

from portal.codes import code_list
from portal.gateway.messages import Record, item_of
from portal.gateway.messages.masks import group_of

Control = Literal["text", "lines", "number", "select", "file", "group", "list"]
#: Longer texts get a box of several lines.
LONG = 200


@dataclass(frozen=True)
class Field:
    """One declared item: `control` says how it is typed, `limit` what is demanded of it, in words.

    "lines" is a list of texts, one a line; "group" and "list" hold the items of `inner`.
    """

    wire: str
    label: str
    control: Control
    required: bool
    secret: bool
    limit: str
    long: bool = False
    whole: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    least: int = 0
    most: int | None = None
    inner: type[BaseModel] | None = None


@cache
def fields_of(kind: type[BaseModel]) -> tuple[Field, ...]:
    """The items of a message or group, in order."""
    return tuple(_field(kind, name) for name in kind.model_fields)


def _field(kind: type[BaseModel], name: str) -> Field:
    info, declared = kind.model_fields[name], item_of(kind, name)
    marks = list(_marks(info.annotation, info.metadata))
    least = max((mark.min_length for mark in marks if isinstance(mark, MinLen)), default=0)
    most = min((mark.max_length for mark in marks if isinstance(mark, MaxLen)), default=None)
    types, inner = set(_types(info.annotation)), group_of(info.annotation)
    is_list = any(get_origin(one) in (list, tuple) for one in _branches(info.annotation))
    choices = _choices(info.annotation, declared.codes)
    control: Control = "number" if types & {int, Decimal} else "text"
    if inner is not None:
        control = "list" if is_list else "group"
    elif is_list:
        control = "lines"
    elif declared.file:
        control = "file"
    elif choices:
        control = "select"
    return Field(
        wire=declared.wire,
        label=declared.label,
        control=control,
        required=declared.required,
        secret=declared.secret,
        limit=_limit(control, marks, least, most, declared.codes),
        long=control == "lines" or (control == "text" and (most or 0) > LONG),
        whole=int in types,
        choices=choices,
        least=least,
        most=most,
        inner=inner,
    )


def _branches(annotation: Any) -> list[Any]:
    """The annotation itself, or the branches of a union without None."""
    if hasattr(annotation, "__metadata__"):
        return _branches(get_args(annotation)[0])
    inner = get_args(annotation)
    if inner and get_origin(annotation) not in (list, tuple, dict, Literal):
        return [found for one in inner if one is not type(None) for found in _branches(one)]
    return [annotation]


def _types(annotation: Any) -> list[Any]:
    return [found for one in _branches(annotation) for found in ([one] if isinstance(one, type) else [])]


def _marks(annotation: Any, metadata: Any) -> list[Any]:
    found: list[Any] = []
    for mark in (*metadata, *getattr(annotation, "__metadata__", ())):
        found += [mark, *getattr(mark, "metadata", ())]
        short, long = getattr(mark, "min_length", None), getattr(mark, "max_length", None)
        if not isinstance(mark, MinLen | MaxLen):
            found += ([MinLen(short)] if short else []) + ([MaxLen(long)] if long else [])
    if get_origin(annotation) not in (list, tuple):  # the limits of entries are not those of their list
        for one in get_args(annotation) if not hasattr(annotation, "__metadata__") else get_args(annotation)[:1]:
            if one is not type(None) and not isinstance(one, str):
                found += _marks(one, ())
    return found


def _choices(annotation: Any, codes: str) -> tuple[tuple[str, str], ...]:
    if codes:
        return tuple((code, f"{code} {label}") for code, label in code_list(codes).choices())
    for one in _branches(annotation):
        if get_origin(one) is Literal:
            return tuple((str(value), str(value)) for value in get_args(one))
    return ()


def _limit(control: str, marks: list[Any], least: int, most: int | None, codes: str) -> str:
    """What is demanded, in words; empty when the choices say it all."""
    if control == "select":
        return f"代码表：{code_list(codes).title}" if codes else ""
    if control in ("list", "lines"):
        upper = f"，最多 {most} 项" if most else ""
        return (f"至少 {least} 项" if least else "可以没有") + upper
    if control == "number":
        return _of_number(marks)
    if control == "text" and most:
        return f"{most} 个字符" if least == most else f"最多 {most} 个字符"
    return ""


def _of_number(marks: list[Any]) -> str:
    digits = next((found for mark in marks if (found := getattr(mark, "max_digits", None))), None)
    places = next((found for mark in marks if (found := getattr(mark, "decimal_places", None)) is not None), None)
    words = [f"最多 {digits} 位数字、{places or 0} 位小数"] if digits else []
    words += [f"不小于 {mark.ge}" for mark in marks if isinstance(mark, Ge)]
    words += [f"不大于 {mark.le}" for mark in marks if isinstance(mark, Le)]
    return "，".join(words)


def leaves(kind: type[Record] | type[BaseModel]) -> int:
    """How many items the form of this message has with one entry in each list."""
    return sum(leaves(one.inner) if one.inner else 1 for one in fields_of(kind))
