"""What stands in messages of the national interface, by the conventions below table 4 of the access guide."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, get_args

from pydantic import BaseModel

from portal.gateway.messages import item_of

#: An identity number in a message for people.
IDENTITY = re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx](?![0-9A-Za-z])")


def filled(record: BaseModel, numbers: str) -> dict[str, Any]:
    """The record under its wire names in small letters; an empty number is "0", any other empty item "" (table 4)."""
    found: dict[str, Any] = {}
    for name, info in type(record).model_fields.items():
        value, wire_name = getattr(record, name), item_of(type(record), name).wire.lower()
        if isinstance(value, BaseModel):
            found[wire_name] = filled(value, numbers)
        elif isinstance(value, list | tuple):
            found[wire_name] = [filled(one, numbers) if isinstance(one, BaseModel) else one for one in value]
        elif value is None:
            inner = {one for one in (info.annotation, *get_args(info.annotation)) if isinstance(one, type)}
            if not any(issubclass(one, BaseModel) for one in inner):  # a group that is absent is not named at all
                found[wire_name] = "0" if _is_number(info.annotation) else ""
        elif type(value) is int and numbers == "text":
            found[wire_name] = str(value)
        else:
            found[wire_name] = value
    return found


def _is_number(annotation: Any) -> bool:
    inner = get_args(annotation)
    return annotation in (int, Decimal) if not inner else any(_is_number(one) for one in inner)


def names_a_person(content: Any) -> bool:
    """Whether a psn_no is sent somewhere."""
    if isinstance(content, dict):
        return bool(content.get("psn_no")) or any(names_a_person(one) for one in content.values())
    return isinstance(content, list) and any(names_a_person(one) for one in content)


def for_people(message: str) -> str:
    """A sentence of the centre without the identity numbers in it."""
    return IDENTITY.sub("（证件号码）", message)
