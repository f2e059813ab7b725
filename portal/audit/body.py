"""The text of one record: canonical JSON, so that its hash can be computed again anywhere."""

import enum
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models
from django.utils.functional import Promise
from django.utils.timezone import localtime

from portal.audit.registry import Action
from portal.vault.marks import blind_index
from portal.vault.sealed import HIDDEN, Sealed

if TYPE_CHECKING:  # this room is imported before models may be
    from portal.access.member import Member

#: A stranger chooses some of what is recorded (paths, user names): no value may fill the log.
LONGEST = 2000
SYSTEM, SYSTEM_ID = "系统", "system"


@dataclass(frozen=True)
class Sensitive:
    """A value that is recorded only as HMAC-SM3: the same value can be recognised, not read."""

    value: str = field(repr=False)


def compose(
    action: Action,
    obj: models.Model | None,
    by: "Member | None",
    changes: Mapping[str, tuple[Any, Any]] | None,
    details: Mapping[str, Any],
) -> str:
    """The body: who, where from, what, on which object, fields before and after, details.

    Raises TypeError when a detail of the sentence is missing or a value has no text form.
    """
    named = _object(obj)
    own_name = [obj._meta.model_name] if obj is not None and obj._meta.model_name else []
    action.check([*details, *own_name], has_object=obj is not None, has_changes=bool(changes))
    content: dict[str, Any] = {
        "action": action.name,
        "who": _who(by),
        "institution": by.institution.code if by and by.institution else "",
        "address": by.address if by else "",
        "request": by.request_id if by else "",
        "object": named,
        "changes": {name: [_plain(before), _plain(after)] for name, (before, after) in (changes or {}).items()},
        "details": {name: _plain(value) for name, value in details.items()},
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _who(by: "Member | None") -> dict[str, Any]:
    if by is None:
        return {"id": SYSTEM_ID, "name": SYSTEM, "roles": []}
    identity = str(by.user.pk) if by.user else f"key:{by.key}"
    return {"id": identity, "name": _text(by.label), "roles": sorted(str(role) for role in by.roles)}


def _object(obj: models.Model | None) -> dict[str, str] | None:
    if obj is None:
        return None
    return {"type": obj._meta.label_lower, "id": str(obj.pk), "label": _text(str(obj))}


def _plain(value: Any) -> Any:
    """The value as JSON keeps it; amounts and times as text."""
    match value:
        case Sensitive():
            return {"hmac": blind_index(value.value).hex()}
        case Sealed():
            return HIDDEN
        case enum.Enum():
            return _plain(value.value)
        case None | bool() | int():
            return value
        case str() | Promise():
            return _text(str(value))
        case Decimal():
            return f"{value:f}"
        case datetime():
            return localtime(value).isoformat(timespec="seconds")
        case date() | time():
            return value.isoformat()
        case UUID():
            return str(value)
        case models.Model():
            return _object(value)
        case Mapping():
            return {_text(str(name)): _plain(one) for name, one in value.items()}
        case Iterable() if not isinstance(value, bytes | bytearray | memoryview):
            return [_plain(one) for one in value]
    raise TypeError(f"a {type(value).__name__} cannot be recorded: give text, a number, a date or an object")


def _text(text: str) -> str:
    """PostgreSQL keeps no NUL in JSON, UTF-8 no lone surrogates: both stay visible as signs."""
    clipped = text if len(text) <= LONGEST else text[:LONGEST] + "…"
    return clipped.replace("\0", "␀").encode("utf-8", "replace").decode()
