"""Which transactions exist. Declarations enter themselves; sources make others when they are wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from threading import RLock
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from portal.gateway.messages.declaration import Request
    from portal.gateway.messages.definition import Gateway

_REQUESTS: dict[tuple[str, str], type[Request[Any]]] = {}
_SOURCES: dict[str, Source] = {}
_MAKING = RLock()


@dataclass(frozen=True, slots=True)
class Heading:
    """What a list of transactions shows, known without making any."""

    gateway: str
    code: str
    title: str
    safe: bool


class Source(Protocol):
    """Makes the transactions of a gateway from tables, each when it is first asked for."""

    def headings(self, edition: str = "") -> Mapping[str, Heading]:
        """What it can make (in that edition), by code, in order."""

    def make(self, code: str, edition: str) -> type[Request[Any]]:
        """The transaction; without an edition it registers itself. LookupError for an unknown code or edition."""

    def edition_in_use(self, environment: str) -> str:
        """The edition that the open institution uses in that environment, "" for the base."""


def supply(gateway: Gateway, source: Source) -> None:
    """Let a source make the transactions of this gateway that nobody declares; TypeError for a second one."""
    if _SOURCES.setdefault(gateway.name, source) is not source:
        raise TypeError(f"gateway {gateway.name} has a source already")


def register(gateway: str, names: tuple[str, ...], request: type[Request[Any]]) -> None:
    """Enter a transaction under its code and aliases; TypeError if a name is taken."""
    for name in names:
        if (gateway, name) in _REQUESTS:
            raise TypeError(f"{gateway} {name} is declared twice")
    for name in names:
        _REQUESTS[gateway, name] = request


def requests(gateway: Gateway | str | None = None) -> tuple[type[Request[Any]], ...]:
    """The transactions of a gateway (of all, if none is named): the declared ones in their order, then those of its
    source, all of them made."""
    wanted = _name(gateway)
    made = [
        request_class(name, code)
        for name, source in _SOURCES.items()
        if wanted in (None, name)
        for code in source.headings()
    ]
    supplied = set(made)
    declared = [found for (name, _), found in _REQUESTS.items() if wanted in (None, name) and found not in supplied]
    return tuple(dict.fromkeys([*declared, *made]))


def headings(gateway: Gateway | str | None = None, edition: str = "") -> tuple[Heading, ...]:
    """What `requests` would give, without making any; of one gateway also in an edition of its tables."""
    wanted = _name(gateway)
    supplied = {
        (name, code): heading
        for name, source in _SOURCES.items()
        if wanted in (None, name)
        for code, heading in source.headings(edition).items()
    }
    declared = dict.fromkeys(
        Heading(name, found.code, found.title, found.safe)
        for (name, code), found in _REQUESTS.items()
        if wanted in (None, name) and (name, code) not in supplied
    )
    return (*declared, *supplied.values())


def request_class(gateway: Gateway | str, code: str, edition: str = "") -> type[Request[Any]]:
    """The transaction of that code or alias, of that edition of the gateway's tables; LookupError if there is none."""
    name = gateway if isinstance(gateway, str) else gateway.name
    source = _SOURCES.get(name)
    if edition:
        if source is None:
            raise LookupError(f"{name} has no editions")
        return source.make(code, edition)
    found = _REQUESTS.get((name, code))
    if found is None and source is not None and code in source.headings():
        with _MAKING:
            found = _REQUESTS.get((name, code)) or source.make(code, "")
    if found is None:
        raise LookupError(f"{name} has no transaction {code}")
    return found


def edition_in_use(gateway: Gateway | str, environment: str) -> str:
    """Under which edition of the gateway's tables the open institution works there, "" for the base."""
    source = _SOURCES.get(str(_name(gateway)))
    return source.edition_in_use(environment) if source else ""


def class_in_use(gateway: Gateway | str, code: str, environment: str) -> type[Request[Any]]:
    """The transaction as the open institution would send it there; LookupError if there is none."""
    return request_class(gateway, code, edition_in_use(gateway, environment))


def _name(gateway: Gateway | str | None) -> str | None:
    return gateway if isinstance(gateway, str) or gateway is None else gateway.name
