"""What must or must not stand in a message because of what else stands in it (chapter 4's words beside the items)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from portal.gateway.messages import NOT_HERE

#: Where, kind, sentence.
Condition = tuple[tuple[str | int, ...], str, str]


def needed(record: object, names: Iterable[str], when: str, at: tuple[str | int, ...] = ()) -> Iterable[Condition]:
    """The named items are missing, and must not be when `when`."""
    for name in names:
        if getattr(record, name) in (None, ""):
            yield (*at, name), "portal.needed_here", f"{when}必填"


def not_here(record: object, names: Iterable[str], when: str, at: tuple[str | int, ...] = ()) -> Iterable[Condition]:
    """The named items are there, and must not be when `when`."""
    for name in names:
        if getattr(record, name) not in (None, "", "0"):
            yield (*at, name), NOT_HERE, f"{when}应为空"


def wrong(name: str, sentence: str) -> Condition:
    return (name,), "portal.condition", sentence


def refuse(record: Any, found: Iterable[Condition]) -> None:
    """Raises ValidationError with all of them, each at its item."""
    faults: list[InitErrorDetails] = [
        {"type": PydanticCustomError(kind, "{said}", {"said": sentence}), "loc": where, "input": None}
        for where, kind, sentence in found
    ]
    if faults:
        raise ValidationError.from_exception_data(type(record).__name__, faults)
