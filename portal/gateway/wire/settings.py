"""Everything a wire must know about one institution's channel, without the database it is kept in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from portal.gateway.crypto import CryptoFault, check_pair, iv, private_key, public_key
from portal.gateway.messages import Gateway
from portal.gateway.seals.switches import EnvelopeSwitches

#: Names as the clearing manual writes them (4.1), for forms and for sentences.
LABELS = {
    "app_code": "appCode（调用方标识）",
    "base_url": "API 地址",
    "provider_public_key": "服务提供方 SM2 公钥",
    "private_key": "调用方 SM2 私钥",
    "public_key": "调用方 SM2 公钥",
    "iv": "SM4 加密 IV",
}


@dataclass(frozen=True)
class WireSettings:
    """One channel. Keys are hexadecimal text as the insurer hands them out and never appear in `repr`.

    `names` overrides transaction names on the wire ({code: name}); `allowed_hosts` is the platform's allow-list
    (`host` or `host:port`); `read_timeout` in seconds replaces each transaction's own patience; `ca_file` is the
    certificate authority of an intranet.
    """

    gateway: Gateway
    base_url: str
    app_code: str
    provider_public_key: str = field(repr=False)
    private_key: str = field(repr=False)
    public_key: str = field(repr=False)
    iv: str = field(repr=False)
    allowed_hosts: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    switches: EnvelopeSwitches = field(default_factory=EnvelopeSwitches)
    connect_timeout: float = 10
    read_timeout: float | None = None
    ca_file: str | None = None

    def faults(self) -> dict[str, str]:
        """{field: sentence} of everything that is wrong, for the channel's form; empty when it can be used."""
        found: dict[str, str] = {}
        if not self.app_code.strip():
            found["app_code"] = f"{LABELS['app_code']}必填"
        try:
            parts = urlsplit(self.base_url)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
            usable = usable and not (parts.query or parts.fragment or parts.username)
        except ValueError:
            usable = False
        if not usable:
            found["base_url"] = f"{LABELS['base_url']}应以 http:// 或 https:// 开头，且不带参数"
        for name, check in (
            ("provider_public_key", public_key),
            ("private_key", private_key),
            ("public_key", public_key),
            ("iv", iv),
        ):
            try:
                check(getattr(self, name), LABELS[name])
            except CryptoFault as fault:
                found[name] = str(fault)
        if not {"private_key", "public_key"} & found.keys():
            try:
                check_pair(self.private_key, self.public_key, LABELS["private_key"], LABELS["public_key"])
            except CryptoFault as fault:
                found["public_key"] = str(fault)
        return found
