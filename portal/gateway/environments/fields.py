"""Which settings of a channel may stand in a file, and which never leave the vault; read off the channel's columns."""

from __future__ import annotations

from typing import Any

from django.db import models

from portal.gateway.channels.models import LABELS, Channel
from portal.vault import SealedField

#: A fingerprint of something short enough to be guessed would give it away.
GUESSABLE = frozenset({"password"})


def secret_fields(gateway: str) -> tuple[str, ...]:
    """Settings of this gateway's channels that are sealed."""
    return tuple(name for name in LABELS if isinstance(Channel._meta.get_field(name), SealedField))


def plain_fields(gateway: str) -> tuple[str, ...]:
    """Settings of this gateway's channels that may be written down."""
    return tuple(name for name in LABELS if not isinstance(Channel._meta.get_field(name), SealedField))


def label_of(gateway: str, name: str) -> str:
    return LABELS[name]


def has_right_type(name: str, value: Any) -> bool:
    """Whether a value from a file could be this setting at all; whether it may is decided where settings change."""
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
