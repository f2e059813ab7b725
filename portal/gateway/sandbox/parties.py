"""Registering who may call, and the centre's own keys."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction

from portal.gateway.crypto import iv as iv_bytes
from portal.gateway.crypto import sm2
from portal.gateway.messages import gateway
from portal.gateway.sandbox.models import Party, Provider
from portal.gateway.sandbox.plays import state_of
from portal.gateway.seals import aes
from portal.gateway.wire import wire


def provider_of(name: str) -> Provider:
    """The centre of a gateway; its keys are drawn when it is first needed."""
    found = Provider.objects.filter(gateway=name).first()
    if found is None:
        private, public = sm2.generate()
        fresh = {"private_key": private, "public_key": public, "iv": secrets.token_hex(16)}
        found, _ = Provider.objects.get_or_create(gateway=name, defaults=fresh)
    return found


def register_party(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Register a counterpart, or replace the keys of a known one; its data stay.

    `asked`: gateway, app_code, and optionally institution (code, name, kind, region, inpatient, cross_region,
    maternity), options, switches, wire_names. By kind of wire: `public_key` (needed) and `iv` (of the gateway, for
    everybody) with the SM envelope; `secret_key` (else one is drawn) and `public_key` (for cainfo) with the national
    interface; `secret_key` (16, 24 or 32 characters) and `password` with sessions, where app_code is the user;
    `secret_key` (app_key) at desks, where app_code is the app_id.
    Returns what the centre hands out. Raises ValueError or LookupError with a sentence.
    """
    name, app_code = str(asked.get("gateway", "")), str(asked.get("app_code", ""))
    found = gateway(name)
    if not 1 <= len(app_code) <= 100:
        raise ValueError("app_code 应为 1 到 100 个字符")
    if found.wire not in HANDS_OUT:
        raise ValueError(f"沙箱还不能扮演接口 {name}")
    facts = {one: _mapping(asked, one) for one in ("institution", "options", "switches", "wire_names")}
    switches = wire(found.wire).switches.read(facts["switches"])
    with transaction.atomic():
        keys, told = HANDS_OUT[found.wire](asked)
        party, _ = Party.objects.update_or_create(gateway=name, app_code=app_code, defaults={**facts, **keys})
        state_of(party)  # asks the business, which refuses options that it does not know
    return {"gateway": name, "app_code": app_code, **told, "path": getattr(switches, "path", "")}


Handed = tuple[dict[str, str], dict[str, str]]


def _sm_envelope(asked: Mapping[str, Any]) -> Handed:
    public = sm2.public_key(str(asked.get("public_key", "")), "public_key")
    provider = provider_of(str(asked["gateway"]))
    if iv := asked.get("iv"):
        iv_bytes(str(iv))
        provider.iv = str(iv)
        provider.save(update_fields=["iv"])
    return {"public_key": public}, {"provider_public_key": provider.public_key, "iv": provider.iv}


def _national(asked: Mapping[str, Any]) -> Handed:
    known = Party.objects.filter(gateway=asked["gateway"], app_code=asked["app_code"]).first()
    secret = str(asked.get("secret_key") or (known.secret_key if known else "") or secrets.token_urlsafe(24))
    public = asked.get("public_key")
    keys = {"secret_key": secret, "public_key": sm2.public_key(str(public), "public_key") if public else ""}
    return keys, {"secret_key": secret}


def _aes_session(asked: Mapping[str, Any]) -> Handed:
    known = Party.objects.filter(gateway=asked["gateway"], app_code=asked["app_code"]).first()
    secret = str(asked.get("secret_key") or (known.secret_key if known else "") or secrets.token_hex(16))
    password = str(asked.get("password") or (known.password if known else "") or secrets.token_urlsafe(9))
    aes.key(secret, "secret_key")
    keys = {"secret_key": secret, "password": password}
    return keys, {"user_name": str(asked["app_code"]), **keys}


def _desk(asked: Mapping[str, Any]) -> Handed:
    known = Party.objects.filter(gateway=asked["gateway"], app_code=asked["app_code"]).first()
    secret = str(asked.get("secret_key") or (known.secret_key if known else "") or secrets.token_hex(16))
    return {"secret_key": secret}, {"app_id": str(asked["app_code"]), "secret_key": secret}


#: By kind of wire: (what is kept of the party, what it is told).
HANDS_OUT: dict[str, Callable[[Mapping[str, Any]], Handed]] = {
    "sm-envelope": _sm_envelope,
    "national": _national,
    "aes-session": _aes_session,
    "desk": _desk,
}


def _mapping(asked: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = asked.get(name) or {}
    if not isinstance(value, dict):
        raise ValueError(f"{name} 应为一组字段")
    return value
