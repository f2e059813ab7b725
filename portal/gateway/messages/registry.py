"""Which transactions exist. Filled by the declarations themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from portal.gateway.messages.declaration import Request
    from portal.gateway.messages.definition import Gateway

_REQUESTS: dict[tuple[str, str], type[Request[Any]]] = {}


def register(gateway: str, names: tuple[str, ...], request: type[Request[Any]]) -> None:
    """Enter a transaction under its code and aliases; TypeError if a name is taken."""
    for name in names:
        if (gateway, name) in _REQUESTS:
            raise TypeError(f"{gateway} {name} is declared twice")
    for name in names:
        _REQUESTS[gateway, name] = request


def requests(gateway: Gateway | str | None = None) -> tuple[type[Request[Any]], ...]:
    """The transactions of a gateway (of all, if none is named) in the order of their declaration."""
    wanted = gateway if isinstance(gateway, str) or gateway is None else gateway.name
    return tuple(dict.fromkeys(found for (name, _), found in _REQUESTS.items() if wanted in (None, name)))


def request_class(gateway: Gateway | str, code: str) -> type[Request[Any]]:
    """The transaction of that code or alias; LookupError if the gateway has none."""
    name = gateway if isinstance(gateway, str) else gateway.name
    try:
        return _REQUESTS[name, code]
    except KeyError:
        raise LookupError(f"{name} has no transaction {code}") from None
