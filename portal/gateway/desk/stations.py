"""Where the calls of a channel may go: the open institution's desks, and the channel's own bridge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.conf import settings

from portal.access.models.institution import Environment
from portal.gateway.desk.station import Station

DEFAULT = "默认桥接"


def stations(environment: str, values: Mapping[str, Any]) -> dict[str, Station]:
    """{key: station} of the active desks there, and "" for calls that name none; inside the door."""
    desks = apps.get_model("gateway", "Desk")._default_manager.filter(environment=environment, is_active=True)
    own = Station(
        "",
        DEFAULT,
        str(values.get("base_url") or ""),
        str(values.get("private_key") or ""),
        real=settings.PRODUCTION or environment == Environment.PRODUCTION,
    )
    return {"": own, **{str(desk.pk): desk.station() for desk in desks}}
