"""How a business plays a transaction: one function for each declared Request, found through this registry."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import QuerySet

from portal.gateway.messages import Gateway, Record, Request, item
from portal.gateway.sandbox.models import Effect, Party

Q = TypeVar("Q", bound=Request[Any])
P = TypeVar("P", bound=Record)
Control = Callable[[Mapping[str, Any]], dict[str, Any]]
#: Reads what arrived as the declared request; raises Refuse with the gateway's own code for what is wrong with it.
Reader = Callable[[type[Request[Any]], Mapping[str, Any]], Request[Any]]
State = Callable[[Party], dict[str, Any]]

Play = Callable[[Any, "Call"], Record]
#: By gateway and code, so that a province's edition of a transaction is played like the base's.
_PLAYS: dict[tuple[str, str], tuple[type[Request[Any]], Play]] = {}
_REST: dict[str, Play] = {}
_STATES: dict[str, list[State]] = {}
_OPTIONS: dict[str, set[str]] = {}
_CONTROLS: dict[tuple[str, str], Control] = {}
_READERS: dict[str, Reader] = {}


class Refuse(Exception):
    """The centre refuses: nothing of the call took effect. `code` stands on the gateway's list of refusals."""

    def __init__(self, code: str, message: str, more: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        #: Further members of the answer, where the wire has a place for them.
        self.more = dict(more or {})


class Raw(Record):
    """An answer that is a file instead of a message; faults of the network hit it all the same."""

    content: bytes = item("文件")
    content_type: str = item("文件类型", default="application/zip")


class Refused(Record):
    """An answer that refuses although something of the call remains: a payment that was begun and cancelled."""

    code: str = item("返回码", 6)
    message: str = item("错误信息", 200)


@dataclass(frozen=True, slots=True)
class Call:
    """One opened call, inside the transaction that carries out its effect."""

    party: Party
    code: str
    nonce: str
    #: What the centre calls this message, where the gateway has such a name (`inf_refmsgid`).
    refmsgid: str = ""
    #: The fault "partial_batch": carry out only the first half of a batch.
    partial: bool = False
    #: The session of the call, where the wire has such.
    session: str = ""
    #: What the wire says beside the content, by its names there (`insuplc_admdvs`, `opter` …).
    envelope: Mapping[str, Any] = field(default_factory=dict)

    def effect(
        self,
        key: str,
        *,
        rows: int = 0,
        undoes: QuerySet[Effect] | None = None,
        duplicate: bool = False,
        detail: Mapping[str, Any] | None = None,
        **amounts: Decimal,
    ) -> Effect:
        """Write the effect into the ledger; `undoes` are the effects that end with it, `duplicate` that one like it
        was live already (only gateways that do not refuse a repetition can say so)."""
        effect = Effect.objects.create(
            gateway=self.party.gateway,
            party=self.party,
            code=self.code,
            nonce=self.nonce,
            business_key=key,
            amounts={"rows": rows, **{name: str(amount) for name, amount in amounts.items()}},
            detail=dict(detail or {}),
            is_duplicate=duplicate,
        )
        if undoes is not None:
            undoes.filter(undone_by=None).exclude(pk=effect.pk).update(undone_by=effect)
        return effect

    def live(self, code: str) -> QuerySet[Effect]:
        """The party's effects of that code that nothing has taken back."""
        return Effect.objects.filter(party=self.party, code=code, undone_by=None)


def plays(request: type[Q]) -> Callable[[Callable[[Q, Call], P]], Callable[[Q, Call], P]]:
    """Declare the function that plays this transaction; a second one raises TypeError."""

    def register(play: Callable[[Q, Call], P]) -> Callable[[Q, Call], P]:
        if _PLAYS.setdefault((request.gateway.name, request.code), (request, play))[1] is not play:
            raise TypeError(f"{request.code} is played twice")
        return play

    return register


def plays_the_rest(gateway: Gateway) -> Callable[[Play], Play]:
    """Declare the function that answers whatever else the gateway declares."""

    def register(play: Play) -> Play:
        _REST[gateway.name] = play
        return play

    return register


def tells(gateway: Gateway) -> Callable[[State], State]:
    """Declare a function that tells a party's present state for `/truth`; several of a gateway are laid together."""

    def register(state: State) -> State:
        _STATES.setdefault(gateway.name, []).append(state)
        return state

    return register


def control(gateway: Gateway, name: str) -> Callable[[Control], Control]:
    """Declare a control door `POST /<gateway>/<name>`: what people at the centre do, not callers."""

    def register(act: Control) -> Control:
        _CONTROLS[gateway.name, name] = act
        return act

    return register


def reads(gateway: Gateway) -> Callable[[Reader], Reader]:
    """Declare how content is read where the gateway has a code of its own for every item that is missing or wrong."""

    def register(reader: Reader) -> Reader:
        _READERS[gateway.name] = reader
        return reader

    return register


def reader_of(gateway: str) -> Reader | None:
    """The gateway's own reader, or None: then the declaration refuses with the wire's one code."""
    return _READERS.get(gateway)


def declare_options(gateway: Gateway, names: Iterable[str]) -> None:
    """Say which options of a party a business reads; businesses of one gateway share its parties."""
    _OPTIONS.setdefault(gateway.name, set()).update(names)


def options_of(party: Party, names: Iterable[str]) -> dict[str, Any]:
    """The party's options of these names; ValueError naming one that no business of the gateway reads."""
    if unknown := party.options.keys() - _OPTIONS.get(party.gateway, set()):
        raise ValueError(f"没有这样的选项：{'、'.join(sorted(unknown))}")
    return {name: party.options[name] for name in names if name in party.options}


def play_of(request: type[Request[Any]]) -> Play | None:
    found = _PLAYS.get((request.gateway.name, request.code))
    return found[1] if found else _REST.get(request.gateway.name)


def played(gateway: str) -> tuple[type[Request[Any]], ...]:
    """The transactions of a gateway that are played, in the order of their plays."""
    return tuple(request for (name, _), (request, _) in _PLAYS.items() if name == gateway)


def played_gateways() -> tuple[Gateway, ...]:
    return tuple({name: request.gateway for (name, _), (request, _) in _PLAYS.items()}.values())


def state_of(party: Party) -> dict[str, Any]:
    return {name: told for tell in _STATES.get(party.gateway, []) for name, told in tell(party).items()}


def control_of(gateway: str, name: str) -> Control | None:
    return _CONTROLS.get((gateway, name))


def controls() -> tuple[str, ...]:
    return tuple(f"/{gateway}/{name}" for gateway, name in _CONTROLS)


def digest(values: list[str]) -> str:
    """A short business key for a set of ids, whatever their order."""
    return hashlib.sha256("\n".join(sorted(values)).encode()).hexdigest()[:32]
