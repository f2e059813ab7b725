"""Items, records and requests: how one row, one group and one transaction of a specification are written down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, Generic, TypeVar, cast, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from portal.codes import code_list
from portal.gateway.messages.amounts import cents, exact
from portal.gateway.messages.definition import Gateway
from portal.gateway.messages.registry import register


@dataclass(frozen=True, slots=True)
class Item:
    """What a declaration says about one item beyond its type."""

    name: str
    wire: str
    label: str
    codes: str
    secret: bool
    required: bool
    file: bool = False


def item(
    label: str,
    size: int | tuple[int, int] | None = None,
    *,
    secret: bool = False,
    codes: str = "",
    file: bool = False,
    wire: str | None = None,
    many: tuple[int, int] | None = None,
    **options: Any,
) -> Any:
    """One row of the specification's table.

    `size` is the greatest number of characters, or (digits, decimal places) of a number; `many` the least and
    greatest number of entries of a list. `codes` names a code list: strict in requests, open in replies. `wire` is
    the name on the wire if it differs. A `secret` value is never logged or shown; a `file` is the Base64 of a whole
    file. Give `default` to make it optional; other options (`pattern`, `ge`, `le`, `min_length` …) are pydantic's.
    """
    limits: dict[str, Any] = {}
    extra: dict[str, Any] = {"secret": secret, "codes": codes} | ({"file": True} if file else {})
    if isinstance(size, int):
        limits["max_length"] = size
    elif size:
        limits["max_digits"], limits["decimal_places"] = size
        extra |= {"max_digits": size[0], "decimal_places": size[1]}  # pydantic's schema of a decimal does not say
    if many:
        limits["min_length"], limits["max_length"] = many
    return Field(title=label, alias=wire, json_schema_extra=extra, **limits, **options)


@cache
def item_of(record: type[BaseModel], name: str) -> Item:
    """The declared item of that Python name; KeyError if the record has none. Asked for every value of every line."""
    return _item(name, record.model_fields[name])


def _item(name: str, info: FieldInfo) -> Item:
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    return Item(
        name=name,
        wire=info.alias or name,
        label=info.title or name,
        codes=str(extra.get("codes") or ""),
        secret=bool(extra.get("secret")),
        required=info.is_required(),
        file=bool(extra.get("file")),
    )


class Record(BaseModel):
    """A group of items in a reply. Lenient: additions are kept, unknown codes accepted, numbers read as text.

    A settlement that happened must not be lost because the other side added a code or an item.
    """

    model_config = ConfigDict(
        extra="allow", populate_by_name=True, hide_input_in_errors=True, coerce_numbers_to_str=True
    )

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, data: Any) -> Any:
        # Java back ends write null for what they do not have; a default then applies, or 必填 is said.
        if isinstance(data, dict) and None in data.values():
            return {name: value for name, value in data.items() if value is not None}
        return data

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        for name, info in cls.model_fields.items():
            if Decimal in _types(info.annotation) and not any(
                getattr(mark, "func", None) in (cents, exact) for mark in _marks(info)
            ):
                raise TypeError(f"{cls.__name__}.{name}: declare decimals as Money or Exact")

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """For tracebacks and logs: what is secret or undeclared is never spelled out."""
        open_items = {one.name for one in self.items() if not one.secret}
        for name, value in super().__repr_args__():
            yield name, value if name in open_items else "***"

    @classmethod
    def items(cls) -> Iterator[Item]:
        """The declared items in order."""
        return (_item(name, info) for name, info in cls.model_fields.items())


class Part(Record):
    """A group of items inside a request. Strict: nothing undeclared, and only listed codes."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=False, frozen=True)
    #: Code list of each item that has one: asked for every value of every line.
    _coded: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        super().__pydantic_init_subclass__()
        cls._coded = {one.name: one.codes for one in cls.items() if one.codes}

    @field_validator("*", mode="after")
    @classmethod
    def _listed(cls, value: Any, info: ValidationInfo) -> Any:
        codes = cls._coded.get(info.field_name or "")
        if codes and value not in (None, ""):
            listed = code_list(codes)
            if any(one not in listed for one in (value if isinstance(value, list | tuple) else [value])):
                raise PydanticCustomError("portal.code", "不在代码表“{title}”中", {"title": listed.title})
        return value


R = TypeVar("R", bound=Record)


class Request(Part, Generic[R]):
    """A transaction's input; its class knows code, gateway, reply and how it is checked and taken back.

    Class keywords: `code` (name on the wire), `title`, `gateway`; `undo` (code of the transaction that takes it back);
    `check` (code of the query that tells whether it happened); `safe` (a query: it may be repeated); `quiet` (seconds
    after which a doubtful outcome may be looked into); `patience` (seconds to wait for the reply); `aliases` (other
    names it goes by); `replaces` (a later upload of the same key takes the place of the former, so that sending it once
    more does no harm); `edition` (the variant of the gateway's tables it was made from: such a class is not registered,
    whoever made it finds it again). A second declaration of the same code, or one without title or gateway, raises
    TypeError.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    gateway: ClassVar[Gateway]
    undo: ClassVar[str]
    check: ClassVar[str]
    safe: ClassVar[bool]
    quiet: ClassVar[int]
    patience: ClassVar[int]
    aliases: ClassVar[tuple[str, ...]]
    replaces: ClassVar[bool]
    edition: ClassVar[str]

    def __init_subclass__(
        cls,
        *,
        code: str = "",
        title: str = "",
        gateway: Gateway | None = None,
        undo: str = "",
        check: str = "",
        safe: bool = False,
        quiet: int = 60,
        patience: int = 60,
        aliases: tuple[str, ...] = (),
        replaces: bool = False,
        edition: str = "",
    ) -> None:
        super().__init_subclass__()

    @classmethod
    def __pydantic_init_subclass__(
        cls,
        *,
        code: str = "",
        gateway: Gateway | None = None,
        undo: str = "",
        check: str = "",
        safe: bool = False,
        quiet: int = 60,
        patience: int = 60,
        aliases: tuple[str, ...] = (),
        replaces: bool = False,
        edition: str = "",
        **_: Any,
    ) -> None:
        super().__pydantic_init_subclass__()
        if not code:
            return
        title = cls.model_config.get("title")  # pydantic takes the keyword "title" for its own schema title
        if not title or gateway is None:
            raise TypeError(f"{cls.__name__} needs a title and a gateway")
        cls.code, cls.title, cls.gateway, cls.undo, cls.check = code, title, gateway, undo, check
        cls.safe, cls.quiet, cls.patience, cls.aliases = safe, quiet, patience, aliases
        cls.replaces, cls.edition = replaces, edition
        if not edition:
            register(gateway.name, (code, *aliases), cls)

    @classmethod
    def reply(cls) -> type[R]:
        """The record that a successful reply is read into."""
        for base in cls.__mro__:
            arguments = base.__dict__.get("__pydantic_generic_metadata__", {}).get("args")
            if arguments:
                return cast("type[R]", arguments[0])
        raise TypeError(f"{cls.__name__} names no reply")


def wire_form(record: Record) -> dict[str, Any]:
    """The record under its wire names, without what is absent; decimals stay Decimal for the codec to write."""
    return record.model_dump(by_alias=True, exclude_none=True)


def _types(annotation: Any) -> set[Any]:
    inner = get_args(annotation)
    return {annotation} if not inner else {found for one in inner for found in _types(one)}


def _marks(info: FieldInfo) -> Iterator[Any]:
    yield from info.metadata
    stack = [info.annotation]
    while stack:
        annotation = stack.pop()
        yield from getattr(annotation, "__metadata__", ())
        stack.extend(get_args(annotation))
