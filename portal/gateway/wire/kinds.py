"""The kinds of wire: a small interface and the table of those that exist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from portal.gateway.messages import Record, Request
from portal.gateway.wire.settings import WireSettings

R = TypeVar("R", bound=Record)

_WIRES: dict[str, Wire] = {}


@dataclass(frozen=True)
class Opened:
    """An authentic reply: its code, its message for people, whether it means success, and its plain data."""

    code: str
    message: str
    success: bool
    data: bytes


@dataclass(frozen=True)
class Prepared(Generic[R]):
    """A request ready to leave: sealed bytes and everything that reading the reply will need.

    `plain` is the opened request for the encrypted journal; `deadline` the seconds after which the attempt is over.
    """

    settings: WireSettings = field(repr=False)
    request: Request[R] = field(repr=False)
    msgid: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    plain: bytes = field(repr=False)
    body: bytes = field(repr=False)
    connect_timeout: float
    read_timeout: float
    prepared_at: datetime

    @property
    def deadline(self) -> float:
        """Seconds from `send` after which no reply can come any more."""
        return self.connect_timeout + self.read_timeout

    @property
    def is_changing(self) -> bool:
        """Whether sending it may change something at the gateway."""
        return not type(self.request).safe


class Wire(Protocol):
    """How one kind of gateway packs and seals a request and opens and judges a reply."""

    def prepare(self, settings: WireSettings, request: Request[R], msgid: str, now: datetime) -> Prepared[R]:
        """The sealed request; CryptoFault or TypeError when settings or content cannot be sent."""

    def open(self, prepared: Prepared[Any], body: bytes, now: datetime) -> Opened:
        """The authentic reply in `body`; Unknown when it is none."""

    def read(self, prepared: Prepared[Any], data: bytes) -> dict[str, Any]:
        """The opened data as a message; Garbled when they are none."""


def register_wire(name: str, kind: Wire) -> None:
    """Add a kind of wire; TypeError if the name is taken."""
    if _WIRES.setdefault(name, kind) is not kind:
        raise TypeError(f"wire {name} is registered twice")


def wire(name: str) -> Wire:
    """The kind of that name; LookupError if there is none."""
    try:
        return _WIRES[name]
    except KeyError:
        raise LookupError(f"no wire is called {name}") from None
