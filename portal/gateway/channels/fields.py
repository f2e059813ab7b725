"""Which settings a gateway's channels have and what they are called; the gateway's wire declares them."""

from __future__ import annotations

from typing import Any

from portal.gateway.messages import gateway
from portal.gateway.wire import SEALED, Setting, Wire, wire

#: Secret or as good as one: set once, shown as a fingerprint only.
KEYS = SEALED
#: A fingerprint of something short enough to be guessed would give it away.
GUESSABLE = ("password",)
#: What every channel has beside its wire's settings.
COMMON = ("switches", "wire_names", "region", "connect_timeout", "read_timeout", "is_active")

LABELS = {
    "app_code": "appCode（调用方标识）",
    "base_url": "API 地址",
    "host_address": "域名绑定的 IP",
    "provider_public_key": "服务提供方 SM2 公钥",
    "private_key": "调用方 SM2 私钥",
    "public_key": "调用方 SM2 公钥",
    "iv": "SM4 加密 IV",
    "secret_key": "接口密钥",
    "user_name": "接口用户名",
    "password": "接口密码",
    "medins_code": "定点医药机构编号",
    "medins_name": "定点医药机构名称",
    "switches": "报文开关",
    "wire_names": "交易名称",
    "region": "统筹区",
    "connect_timeout": "连接等待（秒）",
    "read_timeout": "答复等待（秒）",
    "is_active": "启用",
}


def wire_of(gateway_name: str) -> Wire:
    """The kind of wire of that gateway; LookupError if there is no such gateway."""
    return wire(gateway(gateway_name).wire)


def settings_of(gateway_name: str) -> tuple[Setting, ...]:
    """The settings that the wire declares, in the order of the form."""
    return wire_of(gateway_name).settings


def fields_of(gateway_name: str) -> tuple[str, ...]:
    """Everything of this gateway's channels that can be changed, in the order people read it."""
    names = {one.name for one in settings_of(gateway_name)} | set(COMMON)
    return tuple(name for name in LABELS if name in names)


def secret_fields(gateway_name: str) -> tuple[str, ...]:
    """Settings of this gateway's channels that are sealed."""
    return tuple(name for name in fields_of(gateway_name) if name in KEYS)


def plain_fields(gateway_name: str) -> tuple[str, ...]:
    """Settings of this gateway's channels that may be written down."""
    return tuple(name for name in fields_of(gateway_name) if name not in KEYS)


def label_of(gateway_name: str, name: str) -> str:
    """What this gateway's people call the setting."""
    kind = wire_of(gateway_name)
    if name == "wire_names":
        return kind.names_label
    return next((one.label for one in kind.settings if one.name == name), LABELS[name])


def clean(gateway_name: str, name: str, value: Any) -> Any:
    """What was typed in the form that is stored."""
    if not isinstance(value, str):
        return value
    tidy = next((one.clean for one in settings_of(gateway_name) if one.name == name), str.strip)
    return tidy(value)
