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
from portal.gateway.channels.fields import LABELS, label_of, wire_of
from portal.gateway.channels.hosts import is_allowed, leads_home
from portal.gateway.messages import gateway, request_class
from portal.gateway.transport import bound_url
from portal.gateway.wire import WireSettings

TIMES = {"connect_timeout": (1, 60), "read_timeout": (5, 900)}


def faults_of(gateway_name: str, environment: str, values: Mapping[str, Any]) -> dict[str, str]:
    """{field: sentence} of everything that is wrong; empty when the values may be saved."""
    found = {}
    for name, check in CHECKS.items():
        if sentence := check(gateway_name, environment, values.get(name)):
            found[name] = sentence
    found = {**_settings(gateway_name, values), **found}
    if not {"base_url", "host_address"} & found.keys():
        found |= _address(gateway_name, environment, str(values["base_url"]), str(values.get("host_address") or ""))
    return found


def _settings(gateway_name: str, values: Mapping[str, Any]) -> dict[str, str]:
    """What the wire says about its own settings; what is checked here would only get in the way there."""
    kind = wire_of(gateway_name)
    texts: dict[str, Any] = {one.name: str(values.get(one.name) or "") for one in kind.settings}
    try:
        switches = kind.switches.read(values.get("switches") or {})
    except (ValueError, TypeError, AttributeError):
        switches = kind.switches()
    needed = kind.needed(switches)
    missing = {name: f"{label_of(gateway_name, name)}必填" for name in needed if not texts[name]}
    return {**WireSettings(gateway=gateway(gateway_name), switches=switches, **texts).faults(), **missing}


def _address(gateway_name: str, environment: str, url: str, bound: str) -> dict[str, str]:
    label = label_of(gateway_name, "base_url")
    is_live = settings.PRODUCTION or environment == Environment.PRODUCTION
    # A desk's bridge may be on this machine; where its library is the sandbox's, it refuses by itself.
    if leads_home(url, bound) and is_live and not wire_of(gateway_name).at_desks:
        return {"base_url": f"{label}指向本机的沙箱，正式环境不能使用"}
    found = {}
    if not is_allowed(url):
        found["base_url"] = f"{label}不在允许的名单中，请联系平台管理员（两人）添加"
    if bound and not is_allowed(bound_url(url, bound)):
        bound_label = label_of(gateway_name, "host_address")
        found["host_address"] = f"{bound_label}不在允许的名单中，请联系平台管理员（两人）添加"
    return found


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
    if not isinstance(value or {}, dict):
        return f"{LABELS['switches']}应为一组字段"
    try:
        wire_of(gateway_name).switches.read(value or {})
    except (ValueError, TypeError) as error:
        return f"{LABELS['switches']}：{error}"
    return ""


def _names(gateway_name: str, environment: str, value: Any) -> str:
    label = label_of(gateway_name, "wire_names")
    if not isinstance(value or {}, dict):
        return f"{label}应为一组字段"
    for code, name in (value or {}).items():
        try:
            request_class(gateway(gateway_name), code)
        except LookupError:
            return f"{label}：接口中没有交易 {code[:40]}"
        if not isinstance(name, str) or not 1 <= len(name) <= 60 or not name.isascii() or not name.isprintable():
            return f"{label}：{code} 的名称应为 1 到 60 个半角字符"
    if len(set((value or {}).values())) != len(value or {}):
        return f"{label}：两个交易不能同名"
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
    """What is known about a gateway's channels before anybody fills them in.

    `addresses` (and `host_addresses`, where the site binds them) by environment, and `fields`: the code of a refusal →
    the channel's field that it points at. From the business's `codes/channel.json`, or the gateway's own.
    """
    root = Path(settings.BASE_DIR)
    listed = [root / business / "codes" / "channel.json" for business in settings.BUSINESSES]
    for path in (*listed, root / "portal" / "gateway" / gateway_name / "channel.json"):
        if path.exists():
            found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            if found["gateway"] == gateway_name:
                return found
    return {"addresses": {}, "fields": {}}
