"""What of a message may be shown."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from portal.gateway.messages.declaration import item_of

HIDDEN = "***"


def masked(record: BaseModel) -> dict[str, Any]:
    """The record under its wire names for logs and screens, with secrets as `***`.

    Items that were not declared are hidden too: nobody has said yet whether they name a person.
    """
    shown: dict[str, Any] = {}
    for name in type(record).model_fields:
        declared = item_of(type(record), name)
        value = getattr(record, name)
        shown[declared.wire] = HIDDEN if declared.secret and value not in (None, "") else _show(value)
    for name in record.__pydantic_extra__ or {}:
        shown[name] = HIDDEN
    return shown


def _show(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return masked(value)
    if isinstance(value, list | tuple):
        return [_show(one) for one in value]
    return value
