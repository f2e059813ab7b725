"""The business object a message is about, as its gateway says (`Gateway.subjects`)."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from portal.gateway.messages.declaration import Request, item_of

#: Most characters that are kept of a number.
LONGEST = 60


def subject_of(request: Request[Any]) -> str:
    """The number of the business object (an admission's), "" when the message names none.

    Items of the message itself and of its single groups count, not those of lists; what is secret never does.
    """
    return _found(request, type(request).gateway.subjects)[:LONGEST]


def _found(record: BaseModel, wanted: tuple[str, ...]) -> str:
    inner: list[BaseModel] = []
    for name in type(record).model_fields:
        declared, value = item_of(type(record), name), getattr(record, name)
        if declared.wire in wanted and not declared.secret and isinstance(value, str) and value:
            return value
        if isinstance(value, BaseModel):
            inner.append(value)
    return next((found for one in inner if (found := _found(one, wanted))), "")
