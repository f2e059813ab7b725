"""Fail at start, not at the first click: navigation that leads nowhere."""

from typing import Any

from django.core.checks import Error, register
from django.urls import NoReverseMatch


@register()
def navigation_leads_somewhere(app_configs: Any, **_: Any) -> list[Error]:
    from portal.web.navigation import declared_items

    found = []
    for item in declared_items():
        try:
            str(item.url)
        except NoReverseMatch as error:
            found.append(Error(f"navigation item {item.label}: {error}", hint="see navigation.py", id="web.E001"))
    return found
