"""Legal samples, made from the declaration alone; they describe nobody."""

from __future__ import annotations

import base64
import importlib
import types
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, TypeVar, Union, get_args, get_origin
from uuid import UUID
from zoneinfo import ZoneInfo

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import BaseModel, ValidationError

from portal.codes import code_list
from portal.gateway.messages.declaration import item_of

M = TypeVar("M", bound=BaseModel)

#: Type of the error that says that an optional item must be absent because of another.
NOT_HERE = "portal.not_here"
#: The beginning of a PDF in Base64.
FILE = base64.urlsafe_b64encode(b"%PDF-1.4 sample\n").decode()
# The parser of Python's own regular expressions, under the name it has in this version.
_PARSER: Any = importlib.import_module("re._parser")


def sample(record: type[M], number: int = 0, **given: object) -> M:
    """A valid record; another `number` gives other codes, texts and amounts; `given` items are taken as they are.

    Optional items that do not go together with others (`NOT_HERE`) are left out. Raises ValidationError when a
    declaration contradicts itself, which the contract tests then show.
    """
    values: dict[str, object] = {}
    for name, info in record.model_fields.items():
        declared = item_of(record, name)
        if name in given:
            values[name] = given[name]
        elif declared.file:
            values[name] = FILE
        else:
            values[name] = _value(info.annotation, _Limits(info.metadata), declared.codes, number)
    try:
        return record.model_validate(values)
    except ValidationError as error:
        superfluous = error.errors()
        if any(one["type"] != NOT_HERE for one in superfluous):
            raise
        for one in superfluous:
            _leave_out(values, one["loc"])
        return record.model_validate(values)


def _leave_out(values: dict[str, object], where: tuple[int | str, ...]) -> None:
    """Without the optional item at that place, which does not go together with another."""
    name, inner = str(where[0]), values[str(where[0])]
    if len(where) > 1 and isinstance(inner, BaseModel):
        content = dict(inner)
        _leave_out(content, where[1:])
        values[name] = type(inner).model_construct(**content)
    else:
        values[name] = None


class _Limits:
    """The bounds that a declaration states, gathered from its annotations."""

    def __init__(self, marks: list[Any], outer: _Limits | None = None) -> None:
        self.least: Any = outer.least if outer else None
        self.most: Any = outer.most if outer else None
        self.short: int = outer.short if outer else 0
        self.long: int | None = outer.long if outer else None
        self.digits: int | None = outer.digits if outer else None
        self.places: int | None = outer.places if outer else None
        self.pattern: str | None = outer.pattern if outer else None
        for mark in marks:
            self._read(mark)

    def _read(self, mark: Any) -> None:
        if isinstance(mark, Ge):
            self.least = mark.ge
        elif isinstance(mark, Gt):
            self.least = mark.gt + 1  # type: ignore[operator]
        elif isinstance(mark, Le):
            self.most = mark.le
        elif isinstance(mark, Lt):
            self.most = mark.lt - 1  # type: ignore[operator]
        elif isinstance(mark, MinLen):
            self.short = mark.min_length
        elif isinstance(mark, MaxLen):
            self.long = mark.max_length
        else:
            for inner in getattr(mark, "metadata", ()):
                self._read(inner)
            self.digits = getattr(mark, "max_digits", None) or self.digits
            places = getattr(mark, "decimal_places", None)
            self.places = self.places if places is None else places
            self.pattern = getattr(mark, "pattern", None) or self.pattern
            self.short = getattr(mark, "min_length", None) or self.short
            self.long = getattr(mark, "max_length", None) or self.long


def _value(annotation: Any, limits: _Limits, codes: str, number: int) -> Any:
    origin, inner = get_origin(annotation), get_args(annotation)
    if hasattr(annotation, "__metadata__"):
        return _value(inner[0], _Limits(list(annotation.__metadata__), limits), codes, number)
    if origin in (Union, types.UnionType):
        return _value(next(one for one in inner if one is not type(None)), limits, codes, number)
    if origin is Literal:
        return inner[number % len(inner)]
    if origin in (list, tuple):
        return [_value(inner[0], _Limits([]), codes, number + n) for n in range(max(limits.short, 1))]
    if origin is dict or annotation is dict:
        return {}
    if codes:
        choices = code_list(codes).choices()
        return choices[number % len(choices)][0]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return sample(annotation, number)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return list(annotation)[number % len(annotation)]
    return _plain(annotation, limits, number)


def _plain(annotation: Any, limits: _Limits, number: int) -> Any:
    if annotation is str:
        return _from_pattern(limits.pattern, number) if limits.pattern else _text(limits, number)
    if annotation is bool:
        return number % 2 == 0
    if annotation is int:
        low = 1 if limits.least is None else limits.least
        return low + number % 7 if limits.most is None else min(low + number % 7, limits.most)
    if annotation is Decimal:
        return _amount(limits, number)
    made: Mapping[Any, Any] = {
        datetime: datetime(2025, 1, 1 + number % 28, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai")),
        date: date(2025, 1, 1 + number % 28),
        time: time(9, 30, number % 60),
        UUID: UUID(int=number + 1, version=4),
        bytes: b"sample",
    }
    if annotation in made:
        return made[annotation]
    if annotation in (Any, object):
        return "样例"
    raise TypeError(f"no sample is known for {annotation}")


def _text(limits: _Limits, number: int) -> str:
    text = f"样例{number + 1:02d}"
    if limits.long is not None:
        text = text[-limits.long :]
    return text.ljust(limits.short, "0")


def _amount(limits: _Limits, number: int) -> Decimal:
    places = 2 if limits.places is None else limits.places
    whole = (limits.digits or 16) - places
    amount = Decimal((100 + number * 37) % 10 ** min(whole, 6)) + Decimal(25).scaleb(-2)
    amount = amount.quantize(Decimal(1).scaleb(-places))
    if limits.most is not None:
        amount = min(amount, Decimal(limits.most))
    return amount if limits.least is None else max(amount, Decimal(limits.least))


def _from_pattern(pattern: str, number: int) -> str:
    return "".join(_step(operation, argument, number) for operation, argument in _PARSER.parse(pattern))


def _step(operation: Any, argument: Any, number: int) -> str:
    name = str(operation)
    if name == "LITERAL":
        return chr(argument)
    if name == "AT":
        return ""
    if name == "IN":
        return _one_of(argument, number)
    if name == "ANY":
        return "0"
    if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        low, high, inner = argument
        times = max(low, min(1, int(high)))
        return "".join(_step(op, arg, number + n) for n in range(times) for op, arg in inner)
    if name == "SUBPATTERN":
        return "".join(_step(op, arg, number) for op, arg in argument[-1])
    if name == "BRANCH":
        branches = argument[1]
        return "".join(_step(op, arg, number) for op, arg in branches[number % len(branches)])
    raise TypeError(f"no sample for {name} in a pattern")


def _one_of(members: Any, number: int) -> str:
    name, argument = str(members[0][0]), members[0][1]
    if name == "RANGE":
        low, high = argument
        return chr(low + number % (high - low + 1))
    if name == "LITERAL":
        return chr(argument)
    if name == "CATEGORY" and str(argument) == "CATEGORY_DIGIT":
        return str(number % 10)
    if name == "CATEGORY" and str(argument) == "CATEGORY_WORD":
        return "a"
    raise TypeError(f"no sample for {name} in a pattern")
