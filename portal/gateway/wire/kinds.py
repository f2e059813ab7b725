"""The kinds of wire: a small interface and the table of those that exist."""

from __future__ import annotations

import secrets
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from portal.gateway.messages import Record, Request
from portal.gateway.seals.switches import Switches
from portal.gateway.tls import Tls
from portal.gateway.wire.declared import Setting

if TYPE_CHECKING:
    from portal.gateway.wire.settings import WireSettings

R = TypeVar("R", bound=Record)

_WIRES: dict[str, Wire] = {}


@dataclass(frozen=True, slots=True)
class Sessions:
    """How calls of a wire are let in: somebody signs in, and every other call carries the session that was given.

    `sign_in` and `sign_out` are codes of transactions. `expired`: answers that prove that a call was not carried out
    because its session is not valid; `taken`: signing in was refused because the user is signed in elsewhere; `gone`:
    answers to signing out that mean that nobody is signed in. `lasts` counts from the last call. Signing out with the
    session `anybody` ends whichever the user has.
    """

    sign_in: str
    sign_out: str
    expired: frozenset[str]
    taken: frozenset[str]
    gone: frozenset[str]
    lasts: timedelta
    anybody: str = "0"


@dataclass(frozen=True, slots=True)
class Operator:
    """Who works at a gateway on the institution's behalf: code, name and kind as its messages call them."""

    code: str
    name: str
    kind: str = "1"


@dataclass(frozen=True, slots=True)
class Signing:
    """How the operator of a call is let in: each signs in for a shift, and every call carries the number of that.

    `sign_in` and `sign_out` are codes of transactions. `expired`: answers that prove that a call was not carried out
    because its number is not valid any more. `lasts` counts from signing in, whatever a shift's own end is.
    """

    sign_in: str
    sign_out: str
    expired: frozenset[str]
    lasts: timedelta


@dataclass(frozen=True, slots=True)
class Shift:
    """When operators of a channel are signed out: after `hours`, at these times of the day, after idle minutes."""

    hours: int
    ends: tuple[time, ...]
    idle: timedelta


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

    `plain` is the opened request for the encrypted journal; `deadline` the seconds after which the attempt is over;
    `tls` what both sides know each other by, where that is not the system's authorities.
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
    tls: Tls | None = field(default=None, repr=False)

    @property
    def deadline(self) -> float:
        """Seconds from `send` after which no reply can come any more."""
        return self.connect_timeout + self.read_timeout

    @property
    def is_changing(self) -> bool:
        """Whether sending it may change something at the gateway."""
        return not type(self.request).safe


class Wire(ABC):
    """How one kind of gateway packs and seals a request and opens and judges a reply, and the settings it needs.

    A new kind declares `settings` and `switches`: the channel's form, checks, fingerprints, API and trial follow.
    """

    #: In the order of the form; `base_url` is one of them.
    settings: ClassVar[tuple[Setting, ...]]
    switches: ClassVar[type[Switches]]
    #: What an authentic reply proves about the settings, for the trial's sentence.
    proven: ClassVar[str] = "地址和密钥正确"
    #: What a name of a transaction is on this wire.
    names_label: ClassVar[str] = "交易名称"
    names_hint: ClassVar[str] = "本地接口使用其他交易名时填写，每行一个：交易=本地名称"

    #: Calls go to the desk that a request names; operators need not sign in to be named in them.
    at_desks: ClassVar[bool] = False

    #: None: calls prove themselves, nobody signs in.
    sessions: ClassVar[Sessions | None] = None

    def sign_in(self, settings: WireSettings) -> Request[Any]:
        """The request that signs the channel's user in; only where there are sessions."""
        raise LookupError("this wire has no sessions")

    def sign_out(self, settings: WireSettings) -> Request[Any]:
        """The request that signs the channel's user out; only where there are sessions."""
        raise LookupError("this wire has no sessions")

    def session_in(self, reply: bytes) -> str:
        """The session that an opened reply names, whatever its code says; empty when it names none."""
        return ""

    def idle(self, settings: WireSettings) -> timedelta:
        """After how long without a call the user is signed out."""
        return timedelta(minutes=10)

    #: None: nobody signs in for a shift.
    signing: ClassVar[Signing | None] = None

    def signs(self, settings: WireSettings, code: str) -> bool:
        """Whether this call needs its operator's number, as the channel is set up."""
        return False

    def operator(self, settings: WireSettings, user_name: str = "", name: str = "") -> Operator:
        """The operator that stands for this user of the portal; without one, the channel's own."""
        raise LookupError("this wire has no operators")

    def sign_on(self, settings: WireSettings) -> Request[Any]:
        """The request that signs the settings' operator in; only where operators sign in."""
        raise LookupError("this wire has no operators")

    def sign_off(self, settings: WireSettings) -> Request[Any]:
        """The request that ends the settings' number; only where operators sign in."""
        raise LookupError("this wire has no operators")

    def number_in(self, reply: bytes) -> str:
        """The operator's number in an opened reply to signing in; empty when it names none."""
        return ""

    def shift(self, settings: WireSettings) -> Shift:
        """When operators are signed out."""
        raise LookupError("this wire has no operators")

    def needed(self, switches: Any) -> Collection[str]:
        """Names of the settings that must not be empty with these switches."""
        return {one.name for one in self.settings if not one.rare}

    def faults(self, settings: WireSettings, wrong: Collection[str]) -> dict[str, str]:
        """{field: sentence} of settings that do not fit each other; `wrong` are those wrong by themselves."""
        return {}

    def new_msgid(self, settings: WireSettings, now: datetime) -> str:
        """A message id that no other message of this channel has; NotSent when none can be made."""
        return secrets.token_hex(16)

    @abstractmethod
    def prepare(self, settings: WireSettings, request: Request[R], msgid: str, now: datetime) -> Prepared[R]:
        """The sealed request; CryptoFault, TypeError or NotSent when settings or content cannot be sent."""

    def prepare_ahead(self, settings: WireSettings, request: Request[Any]) -> None:
        """Do now what `prepare` of this very request with these settings will need; it is as right without."""
        return

    @abstractmethod
    def open(self, prepared: Prepared[Any], body: bytes, now: datetime) -> Opened:
        """The authentic reply in `body`; Unknown when it is none, NotSent when it proves that nothing was handed on."""

    def refused(self, prepared: Prepared[Any], body: bytes) -> Opened | None:
        """What a body with another HTTP status than 200 proves; None: nothing. NotSent: that nothing was handed on."""
        return None

    @abstractmethod
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
