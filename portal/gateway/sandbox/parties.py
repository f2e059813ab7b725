"""Registering who may call, and the centre's own keys."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from portal.gateway.crypto import iv as iv_bytes
from portal.gateway.crypto import sm2
from portal.gateway.messages import gateway
from portal.gateway.sandbox.models import Party, Provider
from portal.gateway.sandbox.plays import state_of
from portal.gateway.seals.switches import EnvelopeSwitches


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

    `asked`: gateway, app_code, public_key, and optionally institution (code, name, kind, region, inpatient,
    cross_region, maternity), options, switches, wire_names, iv (of the gateway, for everybody).
    Returns provider_public_key, iv and path. Raises ValueError or LookupError with a sentence.
    """
    name, app_code = str(asked.get("gateway", "")), str(asked.get("app_code", ""))
    found = gateway(name)
    if not 1 <= len(app_code) <= 64:
        raise ValueError("app_code 应为 1 到 64 个字符")
    facts = {
        "public_key": sm2.public_key(str(asked.get("public_key", "")), "public_key"),
        "institution": _mapping(asked, "institution"),
        "options": _mapping(asked, "options"),
        "switches": _mapping(asked, "switches"),
        "wire_names": _mapping(asked, "wire_names"),
    }
    switches = EnvelopeSwitches.read(_mapping(asked, "switches"))
    provider = provider_of(name)
    with transaction.atomic():
        if iv := asked.get("iv"):
            iv_bytes(str(iv))
            provider.iv = str(iv)
            provider.save(update_fields=["iv"])
        party, _ = Party.objects.update_or_create(gateway=found.name, app_code=app_code, defaults=facts)
        state_of(party)  # asks the business, which refuses options that it does not know
    return {
        "gateway": name,
        "app_code": app_code,
        "provider_public_key": provider.public_key,
        "iv": provider.iv,
        "path": switches.path,
    }


def _mapping(asked: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = asked.get(name) or {}
    if not isinstance(value, dict):
        raise ValueError(f"{name} 应为一组字段")
    return value
