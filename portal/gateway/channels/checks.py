"""Fail at start when a live installation would talk to a sandbox (design 2.5)."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError


@register(Tags.database)
def no_sandbox_in_production(app_configs: Any, databases: Any = None, **_: Any) -> list[CheckMessage]:
    """A channel whose address leads back to this machine would settle money with nobody."""
    from portal.access.door import platform_tx
    from portal.gateway.channels.hosts import leads_home
    from portal.gateway.channels.models import Channel

    if (
        not settings.PRODUCTION or not databases
    ):  # asked without a database: `migrate` and `check --database` ask with it
        return []
    try:
        with platform_tx():
            rows = list(
                Channel.objects.filter(is_active=True).values_list(
                    "institution__code", "gateway", "base_url", "host_address"
                )
            )
    except (DatabaseError, RuntimeError):
        return [Warning("the channels could not be looked at", hint="is the database migrated?", id="channels.W001")]
    found = [f"{code} {gateway}" for code, gateway, url, address in rows if leads_home(url, address)]
    if not found:
        return []
    hint = "switch these institutions to a real address, or start with PORTAL_MODE=demo"
    return [Error(f"channels lead to a sandbox: {', '.join(found)}", hint=hint, id="channels.E001")]
