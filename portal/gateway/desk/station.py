"""One bridge as a wire sees it, without the database it is kept in."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Station:
    """Where a bridge is, what it knows us by, and what messages from there say about the place.

    `certificate` is the bridge's own (PEM): no other is believed. `client_certificate` and `client_key` are what the
    bridge knows the portal by. `real`: a bridge whose library is a sandbox must refuse.
    """

    key: str
    name: str
    address: str
    token: str = field(default="", repr=False)
    certificate: str = field(default="", repr=False)
    client_certificate: str = field(default="", repr=False)
    client_key: str = field(default="", repr=False)
    device_no: str = ""
    term_no: str = ""
    dept_code: str = ""
    dept_name: str = ""
    real: bool = False
