"""Fail loudly at start: each check names an id, what is wrong and what to do."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register


@register(Tags.security)
def database_urls_are_given(app_configs: Any, **_: Any) -> list[Error]:
    if settings.DATABASE_URL:
        return []
    return [Error("DATABASE_URL is not set", hint="start through bin/manage, or see deploy/", id="portal.E001")]


@register()
def queue_settings_are_safe(app_configs: Any, **_: Any) -> list[Error]:
    """A retry shorter than the run time runs a task several times (measured); see design 3.3."""
    queue = settings.Q_CLUSTER
    found = []
    if queue["retry"] < 4 * queue["timeout"]:
        found.append(Error("Q_CLUSTER retry must be at least four times timeout", id="portal.E002"))
    if queue["queue_limit"] != queue["workers"] or queue["bulk"] != 1:
        found.append(Error("Q_CLUSTER queue_limit must equal workers, bulk must be 1", id="portal.E003"))
    if queue["max_attempts"] != 1 or not queue["ack_failures"] or queue["catch_up"]:
        found.append(Error("Q_CLUSTER max_attempts=1, ack_failures on, catch_up off", id="portal.E004"))
    return found
