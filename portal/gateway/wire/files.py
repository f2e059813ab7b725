"""Files inside messages: Base64 on the wire, named by size and digest in what is written down about a message."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Hashable
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel

from portal.gateway.messages import item_of


def file_bytes(text: str) -> bytes:
    """The file behind its Base64, in the usual letters or those for addresses; TypeError when it is none."""
    try:
        return base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        raise TypeError("a file must be Base64") from None


def file_item(record: type[BaseModel]) -> str:
    """The item that is sent as a file; empty when the message has none at its top."""
    return next((name for name in record.model_fields if item_of(record, name).file), "")


@cache
def has_files(record: type[BaseModel]) -> bool:
    """Whether a file may stand anywhere in messages of this class."""
    return any(
        item_of(record, name).file or any(has_files(part) for part in parts_in(info.annotation))
        for name, info in record.model_fields.items()
    )


def parts_in(annotation: Any) -> frozenset[type[BaseModel]]:
    """The groups of items that an annotation names; asked for every value of every line."""
    return _parts(annotation)


@cache
def _parts(annotation: Hashable) -> frozenset[type[BaseModel]]:
    inner = get_args(annotation)
    if inner:
        return frozenset(found for one in inner for found in _parts(one))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return frozenset({annotation})
    return frozenset()


def without_files(record: BaseModel) -> dict[str, Any]:
    """The message under its wire names with a note in the place of each file; nothing that is absent."""
    found: dict[str, Any] = {}
    for name in type(record).model_fields:
        value, declared = getattr(record, name), item_of(type(record), name)
        if isinstance(value, BaseModel):
            found[declared.wire] = without_files(value)
        elif isinstance(value, list | tuple):
            found[declared.wire] = [without_files(one) if isinstance(one, BaseModel) else one for one in value]
        elif declared.file and isinstance(value, str):
            found[declared.wire] = note(value)
        elif value is not None:
            found[declared.wire] = value
    return found


def note(text: str) -> str:
    """What stands for a file: its bytes and the beginning of its SHA-256."""
    try:
        content = file_bytes(text)
    except TypeError:
        return f"[{len(text)} characters that are no file]"
    return f"[file {len(content)} bytes sha256 {hashlib.sha256(content).hexdigest()}]"
