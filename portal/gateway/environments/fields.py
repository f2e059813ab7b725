"""What a value from a file must look like before it may be offered to a channel; read off the channel's columns."""

from __future__ import annotations

from typing import Any

from django.db import models

from portal.gateway.channels.models import Channel

#: How an insurer knows this one institution: never taken over from another institution's file.
OWN = frozenset({"app_code", "user_name", "medins_code", "medins_name"})


def has_right_type(name: str, value: Any) -> bool:
    """Whether a value could be this setting at all; whether it may is decided where settings change."""
    column: Any = Channel._meta.get_field(name)
    if value is None:
        return bool(column.null)
    match column:
        case models.BooleanField():
            return isinstance(value, bool)
        case models.IntegerField():
            return type(value) is int
        case models.JSONField():
            return isinstance(value, dict)
    return isinstance(value, str)
