"""What is wrong with a channel's values, as sentences that name the field (clearing manual 4.1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from portal.access.models.institution import Environment
from portal.codes import CodeList, code_list
from portal.gateway.channels.hosts import is_allowed, is_loopback
from portal.gateway.channels.models import LABELS, wire_settings
from portal.gateway.messages import gateway, request_class

TIMES = {"connect_timeout": (1, 60), "read_timeout": (5, 900)}


def faults_of(gateway_name: str, environment: str, values: Mapping[str, Any]) -> dict[str, str]:
    """{field: sentence} of everything that is wrong; empty when the values may be saved."""
    found = _keys(gateway_name, values)
    for name, check in CHECKS.items():
        if sentence := check(gateway_name, environment, values.get(name)):
            found[name] = sentence
    if "base_url" not in found and (sentence := _address(environment, str(values["base_url"]))):
        found["base_url"] = sentence
    return found


def _keys(gateway_name: str, values: Mapping[str, Any]) -> dict[str, str]:
    # What is checked elsewhere (waiting times, switches) would only get in the way here.
    complete = {name: str(values.get(name) or "") for name in ("app_code", *NEEDED)}
    missing = {name: f"{LABELS[name]}必填" for name in ("app_code", *NEEDED) if not complete[name]}
    return {**wire_settings(gateway_name, complete).faults(), **missing}


NEEDED = ("base_url", "provider_public_key", "private_key", "public_key", "iv")


def _address(environment: str, address: str) -> str:
    if is_loopback(address) and (settings.PRODUCTION or environment == Environment.PRODUCTION):
        return f"{LABELS['base_url']}指向本机的沙箱，正式环境不能使用"
    if not is_allowed(address):
        return f"{LABELS['base_url']}不在允许的名单中，请联系平台管理员（两人）添加"
    return ""


def _region(gateway_name: str, environment: str, value: Any) -> str:
    listed = regions(gateway_name)
    if not value or listed is None or value in listed:
        return ""
    return f"{LABELS['region']}代码 {str(value)[:6]} 不在代码表“{listed.title}”中"


def _time(name: str) -> Any:
    low, high = TIMES[name]

    def check(gateway_name: str, environment: str, value: Any) -> str:
        if value in (None, ""):
            return "" if name == "read_timeout" else f"{LABELS[name]}必填"
        good = type(value) is int and low <= value <= high
        return "" if good else f"{LABELS[name]}应为 {low} 到 {high} 的整数"

    return check


def _switches(gateway_name: str, environment: str, value: Any) -> str:
    from portal.gateway.seals.switches import EnvelopeSwitches

    if not isinstance(value or {}, dict):
        return f"{LABELS['switches']}应为一组字段"
    try:
        EnvelopeSwitches.read(value or {})
    except (ValueError, TypeError) as error:
        return f"{LABELS['switches']}：{error}"
    return ""


def _names(gateway_name: str, environment: str, value: Any) -> str:
    if not isinstance(value or {}, dict):
        return f"{LABELS['wire_names']}应为一组字段"
    for code, name in (value or {}).items():
        try:
            request_class(gateway(gateway_name), code)
        except LookupError:
            return f"{LABELS['wire_names']}：接口中没有交易 {code[:40]}"
        if not isinstance(name, str) or not 1 <= len(name) <= 60 or not name.isascii() or not name.isprintable():
            return f"{LABELS['wire_names']}：{code} 的名称应为 1 到 60 个半角字符"
    if len(set((value or {}).values())) != len(value or {}):
        return f"{LABELS['wire_names']}：两个交易不能同名"
    return ""


CHECKS = {
    "region": _region,
    "connect_timeout": _time("connect_timeout"),
    "read_timeout": _time("read_timeout"),
    "switches": _switches,
    "wire_names": _names,
}


def regions(gateway_name: str) -> CodeList | None:
    """The regions that the gateway knows, if its business brings a list."""
    try:
        return code_list(f"{gateway_name}.insu_admdvs")
    except LookupError:
        return None


@cache
def presets(gateway_name: str) -> Mapping[str, Any]:
    """What a business says about its channels in `codes/channel.json`.

    `addresses` by environment, and `fields`: the code of a refusal → the channel's field that it points at.
    """
    for business in settings.BUSINESSES:
        path = Path(settings.BASE_DIR) / business / "codes" / "channel.json"
        if path.exists():
            found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            if found["gateway"] == gateway_name:
                return found
    return {"addresses": {}, "fields": {}}
