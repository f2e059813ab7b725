"""Which hosts may be called: the platform's list, and outside production the local sandbox."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings

DEFAULT_PORT = {"http": 80, "https": 443}


def allowed_hosts() -> tuple[str, ...]:
    """What `WireSettings.allowed_hosts` takes."""
    listed = apps.get_model("channels", "AllowedAddress")
    rows = listed._default_manager.filter(approved_at__isnull=False, removed_at=None)
    own = (sandbox_host(), bridge_host())
    return (*rows.values_list("host", flat=True), *(host for host in own if host))


def sandbox_host() -> str:
    """`host:port` of the sandbox that this installation was started with; empty in production."""
    return "" if settings.PRODUCTION or not settings.SANDBOX_URL else urlsplit(settings.SANDBOX_URL).netloc


def bridge_host() -> str:
    """`host:port` of the demonstration's desk bridge; empty in production."""
    return "" if settings.PRODUCTION or not settings.BRIDGE_URL else urlsplit(settings.BRIDGE_URL).netloc


def is_allowed(url: str) -> bool:
    """Whether an address of a channel may be called at all."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else (parts.hostname or "")
    port = parts.port or DEFAULT_PORT.get(parts.scheme, 0)
    names = {f"{host}:{port}"} | ({host} if port == DEFAULT_PORT.get(parts.scheme) else set())
    return bool(names & set(allowed_hosts()))


def leads_home(url: str, address: str = "") -> bool:
    """Whether a channel's address, or the IP that its host is bound to, leads back to this machine."""
    bound = f"http://[{address}]" if ":" in address else f"http://{address}"
    return is_loopback(url) or bool(address and is_loopback(bound))


def is_loopback(url: str) -> bool:
    """Whether an address leads back to this machine: then it is a sandbox."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
