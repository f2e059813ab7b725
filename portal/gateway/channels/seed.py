"""Demonstration channels: keys drawn here, registered with the sandbox, stored like any other. Safe to run again."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings

from portal.access.door import tenant_tx
from portal.access.models import Institution
from portal.access.models.institution import Environment
from portal.access.seed import register
from portal.gateway import crypto
from portal.gateway.channels.faults import regions
from portal.gateway.channels.services import channel_for, install_channel
from portal.gateway.messages import gateway as find_gateway
from portal.gateway.messages import gateways
from portal.gateway.sandbox.control import Sandbox


@register
def seed_channels(institution: Institution) -> None:
    """A channel to every gateway that the running sandbox plays; the institution's keys are kept when it has some."""
    if settings.PRODUCTION or not settings.SANDBOX_URL or institution.environment != Environment.TEST:
        return
    sandbox = Sandbox(settings.SANDBOX_URL, os.environ.get("SANDBOX_TOKEN", ""))
    played = set(sandbox.ask("GET", "/readyz")["gateways"])
    for gateway in gateways():
        if gateway.name in played:
            _seed(institution, gateway.name, sandbox)


def _seed(institution: Institution, gateway: str, sandbox: Sandbox) -> None:
    with tenant_tx(institution.pk):
        stored = channel_for(gateway, Environment.TEST)
        kept = stored.values() if stored else {}
    introduce = WIRES.get(find_gateway(gateway).wire)
    if introduce is None:
        return
    values = introduce(institution, gateway, sandbox, kept)
    if not values:
        return
    with tenant_tx(institution.pk):
        install_channel(gateway, Environment.TEST, {"base_url": sandbox.base_url(gateway), **values})


def _sm_envelope(institution: Institution, gateway: str, sandbox: Sandbox, kept: Mapping[str, Any]) -> dict[str, Any]:
    keys = (kept["private_key"], kept["public_key"]) if kept else crypto.generate()
    app_code = f"DEMO{institution.code}"
    told = sandbox.register(gateway, app_code, keys[1], institution=_facts(institution, gateway))
    return {
        "app_code": app_code,
        "provider_public_key": told["provider_public_key"],
        "private_key": keys[0],
        "public_key": keys[1],
        "iv": told["iv"],
        "region": _region(institution, gateway),
    }


def _national(institution: Institution, gateway: str, sandbox: Sandbox, kept: Mapping[str, Any]) -> dict[str, Any]:
    app_code = f"DEMO{institution.code}"
    facts = _facts(institution, gateway)
    told = sandbox.register(gateway, app_code, secret_key=kept.get("secret_key", ""), institution=facts)
    return {
        "app_code": app_code,
        "secret_key": told["secret_key"],
        "medins_code": institution.code,
        "medins_name": institution.name[:20],
        "region": institution.region,
    }


def _aes_session(institution: Institution, gateway: str, sandbox: Sandbox, kept: Mapping[str, Any]) -> dict[str, Any]:
    known = {name: kept[name] for name in ("secret_key", "password") if kept.get(name)}
    told = sandbox.register(gateway, f"DEMO{institution.code}", institution=_facts(institution, gateway), **known)
    return {name: told[name] for name in ("user_name", "password", "secret_key")}


def _desk(institution: Institution, gateway: str, sandbox: Sandbox, kept: Mapping[str, Any]) -> dict[str, Any]:
    """Only where a bridge runs: BRIDGE_URL and BRIDGE_TOKEN say which."""
    if not settings.BRIDGE_URL:
        return {}
    app_code = f"DEMO{institution.code}"
    told = sandbox.register(gateway, app_code, secret_key=kept.get("secret_key", ""))
    return {
        "base_url": settings.BRIDGE_URL,
        "private_key": os.environ.get("BRIDGE_TOKEN", ""),
        "app_code": app_code,
        "secret_key": told["secret_key"],
        "user_name": f"PAY{institution.code}",
        "password": kept.get("password") or secrets.token_hex(16),
        "medins_code": institution.code,
        "region": institution.region,
    }


#: How an institution introduces itself to the sandbox, by kind of wire: the channel's values, with its address where
#: that is not the sandbox's own; empty where it cannot be reached.
Introduction = Callable[[Institution, str, Sandbox, Mapping[str, Any]], dict[str, Any]]
WIRES: dict[str, Introduction] = {
    "sm-envelope": _sm_envelope,
    "national": _national,
    "aes-session": _aes_session,
    "desk": _desk,
}


def _facts(institution: Institution, gateway: str) -> dict[str, object]:
    """How the sandbox's city knows this institution: it takes the first place in it."""
    facts: dict[str, object] = {
        "code": institution.code,
        "name": institution.name,
        "kind": institution.kind,
        "inpatient": institution.inpatient_chronic,
        "cross_region": institution.cross_region,
        "maternity": institution.maternity,
    }
    region = _region(institution, gateway)
    return {**facts, "region": region} if region else facts


def _region(institution: Institution, gateway: str) -> str:
    """The institution's region if the gateway knows it, else the last of its list (the city itself)."""
    listed = regions(gateway)
    if listed is None or institution.region in listed:
        return institution.region
    return list(listed.codes)[-1]
