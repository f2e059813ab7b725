"""OneTrans as the declarations know it: texts that must fit into GBK bytes, replies as the library sends them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Generic, TypeVar, get_args, get_origin

from annotated_types import MaxLen
from pydantic import (
    BaseModel,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from portal import codes
from portal.gateway.desk import at_desk
from portal.gateway.messages import NOT_HERE, Part, Record, Request, item

CODES = Path(__file__).parent.parent.parent / "codes"
codes.load(CODES)

#: yyyyMMddHHmmss.
Stamp = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{6}$")]
#: A day, or a day and a time, as samples and tables of the specification write them.
When = Annotated[str, StringConstraints(pattern=r"^(20[0-9]{2}(-?[0-9]{2}){2}( ?[0-9]{2}(:?[0-9]{2}){2})?)?$")]
#: Sums in replies, which some centres write with more places than the tables print.
WIDE = (30, 6)

R = TypeVar("R", bound=Record)
#: Where (points lead into groups), kind, sentence.
Condition = tuple[str, str, str]


def filled(label: str, size: int, *, secret: bool = False) -> Any:
    """An item that the wire puts in from the channel or the desk while it is empty; half-width characters."""
    return item(label, size, secret=secret, pattern="^(|[!-~]+)$", default="")


def refuse(record: BaseModel, found: Iterable[Condition]) -> None:
    """Raises ValidationError with all of them, each at its item."""
    wrong: list[InitErrorDetails] = [
        {"type": PydanticCustomError(kind, "{said}", {"said": sentence}), "loc": tuple(name.split(".")), "input": None}
        for name, kind, sentence in found
    ]
    if wrong:
        raise ValidationError.from_exception_data(type(record).__name__, wrong)


def needed(record: BaseModel, names: Iterable[str], when: str) -> Iterator[Condition]:
    """The named items are missing, and must not be when `when`."""
    for name in names:
        if getattr(record, name) in (None, ""):
            yield name, "portal.needed_here", f"{when}必填"


def not_here(record: BaseModel, names: Iterable[str], when: str) -> Iterator[Condition]:
    """The named items are there, and must not be when `when`."""
    for name in names:
        if getattr(record, name) not in (None, ""):
            yield name, NOT_HERE, f"{when}应为空"


def unfit(record: BaseModel) -> Iterator[Condition]:
    """Texts that GBK cannot write, or that are longer in GBK bytes than the table allows."""
    fields = type(record).model_fields
    for name, value in (*((one, getattr(record, one)) for one in fields), *(record.__pydantic_extra__ or {}).items()):
        if not isinstance(value, str):
            continue
        try:
            size = len(value.encode("gbk"))
        except UnicodeEncodeError as error:
            place = error.start + 1
            yield name, "portal.gbk", f"第 {place} 个字不在 GBK 字库中，动态库无法传送，请改用 GBK 中的字"
            continue
        marks = fields[name].metadata if name in fields else []
        most = next((mark.max_length for mark in marks if isinstance(mark, MaxLen)), None)
        if most is not None and size > most:
            yield name, "portal.gbk_size", f"按 GBK 编码最多 {most} 字节（一个汉字 2 字节）"


class Piece(Part):
    """A group inside a request; every length counts GBK bytes."""

    @model_validator(mode="after")
    def _fits_gbk(self) -> Piece:
        refuse(self, unfit(self))
        return self


class Asked(Request[R], Generic[R]):
    """A transaction's business part (`data`) and the desk it is carried out at; every length counts GBK bytes.

    What the channel or the desk knows (applications, secrets, terminals) may be left empty: the wire puts it in.
    Changing ones are `quiet` for as long as the bridge may still have the call: clocks that differ (120 seconds),
    waiting in its line (60) and `patience`.
    """

    desk: str = at_desk()

    @model_validator(mode="after")
    def _fits_gbk(self) -> Asked[R]:
        refuse(self, unfit(self))
        return self


class Group(Record):
    """A group of items in a reply, as libraries send them: empty text for what is absent, one row without its list,
    a group as JSON in a text. A text that is longer than printed is read all the same: what happened must not be lost
    for a word too many.
    """

    @model_validator(mode="before")
    @classmethod
    def _as_it_comes(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        found = {}
        for name, value in data.items():
            info = cls.model_fields.get(name)
            held = (info.annotation, *get_args(info.annotation)) if info is not None else ()
            is_list = info is not None and get_origin(info.annotation) is list
            is_group = is_list or any(isinstance(one, type) and issubclass(one, BaseModel) for one in held)
            read = _opened(value) if is_group else value
            if read in ("", {}) or (read == [] and not is_list):
                continue
            found[name] = [read] if is_list and isinstance(read, dict | str) else read
        return found

    @field_validator("*", mode="wrap")
    @classmethod
    def _however_long(cls, value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        try:
            return handler(value)
        except ValidationError as error:
            if any(one["type"] != "string_too_long" for one in error.errors()):
                raise
            return str(value)


def _opened(value: Any) -> Any:
    """A group that came as text; what is no JSON stays what it is."""
    if not (isinstance(value, str) and value[:1] in ("{", "[")):
        return value
    try:
        return json.loads(value, parse_float=Decimal)
    except ValueError:
        return value
