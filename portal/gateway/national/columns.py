"""From a field of a table to an item of a message: its type, its limits, its dictionary, whether it is secret."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, StringConstraints
from pydantic_core import PydanticCustomError

from portal.codes import CodeList, code_list
from portal.gateway.messages import Exact, Money, item
from portal.gateway.messages.amounts import cents
from portal.gateway.national.tables import Column, readings

SHANGHAI = ZoneInfo("Asia/Shanghai")
#: Most characters of an input (table 2); what is printed without a size may fill it.
LONGEST = 40_000
#: Most characters of a file in Base64.
LARGEST_FILE = 28_000_000

DAY = r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
PATTERNS = {
    "yyyy-MM-dd": rf"^{DAY}$",
    "yyyy-MM-dd HH:mm:ss": rf"^{DAY} ([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$",
    "MM": r"^(0[1-9]|1[0-2])$",
}
FORMS = {"date": "yyyy-MM-dd", "datetime": "yyyy-MM-dd HH:mm:ss"}
WRITTEN = {"yyyy-MM-dd": "%Y-%m-%d", "yyyy-MM-dd HH:mm:ss": "%Y-%m-%d %H:%M:%S"}

#: An amount of a reply: cents where it has no more, any scale where it has.
Amount = Annotated[Decimal, BeforeValidator(cents)]


def limits_of(column: Column) -> tuple[str, str]:
    """The type and size that hold: as printed, or as we read them."""
    return column.type or "text", column.size


def item_of_request(column: Column, codes: str, *, optional: bool, secret: bool) -> tuple[Any, Any]:
    """Annotation and item of an input's field."""
    kind, size = limits_of(column)
    more: dict[str, Any] = {"codes": codes, "secret": secret, "wire": column.wire}
    form = column.format or FORMS.get(kind, "")
    annotation: Any = str
    if kind == "bytes":
        annotation, more["file"] = _text(LARGEST_FILE), True
    elif kind in ("list", "codes"):
        annotation, more["many"] = list[_text(50)], (1, 100)  # type: ignore[misc]
    elif form in PATTERNS:
        annotation = dated(form)
    elif kind == "digits":
        annotation = Annotated[str, StringConstraints(pattern=rf"^[0-9]{{1,{int(size)}}}$")]
    elif kind in ("number", "decimal", "integer"):
        annotation, more = _number(size, more)
    else:
        more["size"] = _length(size, codes)
    if optional:
        return annotation | None, item(column.title, default=None, **more)
    return annotation, item(column.title, **more)


def item_of_reply(column: Column, codes: str, *, secret: bool) -> tuple[Any, Any]:
    """Annotation and item of an output's field: nothing is obligatory, and longer texts are read, too.

    A settlement that happened must not be lost because a centre writes more than its table says.
    """
    kind, size = limits_of(column)
    more: dict[str, Any] = {"codes": codes, "secret": secret, "wire": column.wire}
    if kind in ("number", "decimal", "integer"):
        kept: Any = Amount if size == "16,2" else Exact
        return kept | None, item(column.title, default=None, **more)
    if kind in ("list", "codes"):
        return list[str], item(column.title, default_factory=list, **more)
    length = _length(size, codes) if size or kind == "text" else 50
    return str, item(column.title, min(4 * length + 100, LARGEST_FILE), default="", **more)


def dated(form: str) -> Any:
    """Text in that form which is a real day; dates and times are written so."""

    def written(value: Any) -> Any:
        if isinstance(value, datetime):
            return (value.astimezone(SHANGHAI) if value.tzinfo else value).strftime(WRITTEN.get(form, "%m"))
        return value.strftime(WRITTEN.get(form, "%m")) if isinstance(value, date) else value

    def real(value: str) -> str:
        try:
            date.fromisoformat(value[:10])
        except ValueError:
            raise PydanticCustomError("portal.no_such_day", "没有这一天") from None
        return value

    # The pattern stands next to the text, so that schemas show it.
    marks: list[Any] = [StringConstraints(pattern=PATTERNS[form])]
    if form in WRITTEN:
        marks.append(AfterValidator(real))
    marks.append(BeforeValidator(written))
    return _KEPT.setdefault(form, Annotated[(str, *marks)])


_KEPT: dict[str, Any] = {}


def _text(most: int) -> Any:
    return Annotated[str, StringConstraints(max_length=most)]


def _number(size: str, more: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """(digits, places) as an exact number, digits alone as a whole one, nothing as any."""
    digits, _, places = size.partition(",")
    if places and int(places):
        return (Money if (digits, places) == ("16", "2") else Exact), {**more, "size": (int(digits), int(places))}
    if not digits:
        return Exact, {**more, "size": (20, 6)}
    return int, {**more, "ge": 0, "le": 10 ** min(int(digits), 18) - 1}


def _length(size: str, codes: str) -> int:
    """Most characters; where the dictionary has longer codes than the table prints, the dictionary wins."""
    plain = re.sub(r"K$", "000", size.replace(",", ""))
    length = int(plain) if plain.isdecimal() else LONGEST
    return max(length, longest_code(codes)) if codes else length


def longest_code(codes: str) -> int:
    return max(len(code) for code, _ in code_list(codes).choices())


@cache
def _secrets() -> frozenset[str]:
    return frozenset(readings()["secret"])


def is_secret(wire: str) -> bool:
    """Whether values of this name identify a person."""
    return wire.lower() in _secrets()


def codes_of(column: Column, own: Mapping[str, str], *, strict: bool) -> str:
    """The code list of a field, "" when none is published; `own` are the lists that an edition brings, by name.

    Lists that are known to be incomplete are not held against an input.
    """
    if not column.codes or (strict and column.wire in readings()["unchecked"]):
        return ""
    name = column.codes if isinstance(column.codes, str) else str(readings()["codes"].get(column.wire, column.wire))
    if name in own:
        return own[name]
    return f"national.{name}" if national_list(name) else ""


def national_list(name: str) -> CodeList | None:
    """The published dictionary of that name."""
    try:
        return code_list(f"national.{name}")
    except LookupError:
        return None
