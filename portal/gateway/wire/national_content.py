"""What stands in messages of the national interface, by the conventions below table 4 of the access guide."""

from __future__ import annotations

import base64
import json
import re
from array import array
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from portal.gateway import national
from portal.gateway.messages import item_of
from portal.gateway.wire.files import file_bytes, parts_in

#: An identity number in a message for people.
IDENTITY = re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx](?![0-9A-Za-z])")


#: Most characters of `input` for each transaction; "" for the others.
LIMITS = Path(national.__file__).parent / "limits.json"


def filled(record: BaseModel, numbers: str, bytes_form: str = "signed") -> dict[str, Any]:
    """The record under its wire names; an empty number is "0", any other empty item "" (table 4).

    Names of nodes are in small letters, those of items as they are printed.

    A file (Base64) becomes the list of its bytes, as numbers from -128 or from 0 (9101).
    """
    found: dict[str, Any] = {}
    for name, info in type(record).model_fields.items():
        value, declared = getattr(record, name), item_of(type(record), name)
        wire_name = declared.wire.lower() if parts_in(info.annotation) else declared.wire
        if isinstance(value, BaseModel):
            found[wire_name] = filled(value, numbers, bytes_form)
        elif declared.file and isinstance(value, str):
            found[wire_name] = byte_values(file_bytes(value), bytes_form)
        elif isinstance(value, list | tuple):
            parts = [filled(one, numbers, bytes_form) if isinstance(one, BaseModel) else one for one in value]
            found[wire_name] = parts
        elif value is None:
            if not parts_in(info.annotation):  # a group that is absent is not named at all
                found[wire_name] = "0" if _is_number(info.annotation) else ""
        elif type(value) is int and numbers == "text":
            found[wire_name] = str(value)
        else:
            found[wire_name] = value
    return found


def byte_values(content: bytes, form: str) -> list[int]:
    """Each byte as a number: "signed" from -128 to 127, "unsigned" from 0 to 255."""
    return list(content) if form == "unsigned" else array("b", content).tolist()


def bytes_of(values: Iterable[Any]) -> bytes:
    """The file behind a list of numbers in either form; ValueError when it is none."""
    numbers = [int(one) for one in values]
    if any(not -128 <= one <= 255 for one in numbers):
        raise ValueError("no bytes")
    return bytes(one & 0xFF for one in numbers)


def with_files(record: type[BaseModel], content: Any) -> Any:
    """What arrived, with the list of bytes of each file as the Base64 that its class declares; the rest as it is."""
    if isinstance(content, list):
        return [with_files(record, one) for one in content]
    if not isinstance(content, dict):
        return content
    found, names = dict(content), {str(name).lower(): name for name in content}
    for name, info in record.model_fields.items():
        declared = item_of(record, name)
        key = names.get(declared.wire.lower(), "")
        value = found.get(key)
        if declared.file and isinstance(value, list):
            try:
                found[key] = base64.b64encode(bytes_of(value)).decode("ascii")
            except (TypeError, ValueError):
                continue
        elif value is not None:
            for part in parts_in(info.annotation):
                found[key] = value = with_files(part, value)
    return found


@cache
def _limits() -> dict[str, int]:
    found: dict[str, int] = json.loads(LIMITS.read_text(encoding="utf-8"))["input"]
    return found


def longest(infno: str) -> int:
    """Most characters of this transaction's input."""
    return _limits().get(infno, _limits()[""])


def with_medium(content: dict[str, Any], medium: str) -> None:
    """Put the check medium into exp_content, a JSON text, of the first node that has one, or else of the first node."""
    nodes = [one for one in content.values() if isinstance(one, dict)] or [content]
    node = next((one for one in nodes if "exp_content" in one), nodes[0])
    try:
        own = json.loads(node.get("exp_content") or "{}")
    except ValueError:
        own = {"memo": node["exp_content"]}
    own = own if isinstance(own, dict) else {"memo": own}
    node["exp_content"] = json.dumps({**own, "dev_safe_info": medium}, ensure_ascii=False)


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
