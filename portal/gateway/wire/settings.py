"""Everything a wire must know about one institution's channel, without the database it is kept in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from portal.gateway.desk.station import Station
from portal.gateway.messages import Gateway
from portal.gateway.wire.kinds import Operator, wire


@dataclass(frozen=True)
class WireSettings:
    """One channel. Keys are text as the insurer hands them out and never appear in `repr`.

    Which of the settings are used, what they are called and which are needed says the gateway's wire; the others stay
    empty. `switches` are the wire's own (None: its defaults). `host_address` is the IP that the host of `base_url` is
    bound to, for sites without name service. `names` overrides transaction names on the wire ({code: name});
    `allowed_hosts` is the platform's allow-list (`host` or `host:port`); `read_timeout` in seconds replaces each
    transaction's own patience; `ca_file` is the certificate authority of an intranet. `next_stamp` gives wires that
    count their messages time (14 digits) and number (4) for a sender, which no other process has. `session` is what a
    sign-in gave, where the wire has such; `operator` and `sign_no`: who makes these calls, and signed in as what.
    `stations` are the desks that calls may go to, by their keys; "" is where those go that name none.
    """

    gateway: Gateway
    base_url: str
    app_code: str = ""
    provider_public_key: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)
    public_key: str = field(default="", repr=False)
    iv: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    user_name: str = ""
    password: str = field(default="", repr=False)
    medins_code: str = ""
    medins_name: str = ""
    region: str = ""
    operator: Operator | None = None
    sign_no: str = field(default="", repr=False)
    session: str = field(default="", repr=False)
    host_address: str = ""
    allowed_hosts: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    switches: Any = None
    connect_timeout: float = 10
    read_timeout: float | None = None
    ca_file: str | None = None
    next_stamp: Callable[[str], str] | None = field(default=None, repr=False)
    stations: Mapping[str, Station] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if self.switches is None:
            object.__setattr__(self, "switches", wire(self.gateway.wire).switches())

    def faults(self) -> dict[str, str]:
        """{field: sentence} of everything that is wrong, for the channel's form; empty when it can be used."""
        kind = wire(self.gateway.wire)
        needed, found = kind.needed(self.switches), {}
        for one in kind.settings:
            value = str(getattr(self, one.name)).strip()
            try:
                if one.name == "base_url":
                    _check_address(value, one.label)
                elif one.check is not None and (value or one.name in needed):
                    one.check(value, one.label)
                elif not value and one.name in needed:
                    raise ValueError(f"{one.label}必填")
            except ValueError as fault:
                found[one.name] = str(fault)
        return {**kind.faults(self, found.keys()), **found}


def _check_address(address: str, label: str) -> None:
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        usable = usable and not (parts.query or parts.fragment or parts.username)
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(f"{label}应以 http:// 或 https:// 开头，且不带参数")
