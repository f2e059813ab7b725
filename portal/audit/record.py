"""Appending to a chain, inside the transaction of what it records: both happen or neither."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import connection, models

from portal.access.door import PLATFORM, current_institution, on_platform, platform_tx, required_institution
from portal.audit.body import compose
from portal.audit.registry import Action

if TYPE_CHECKING:  # this room is imported before models may be
    from portal.access.member import Member

Changes = Mapping[str, tuple[Any, Any]]


def record(
    action: Action,
    obj: models.Model | None = None,
    /,
    *,
    by: "Member | None",
    changes: Changes | None = None,
    **details: Any,
) -> None:
    """Append to the chain of the open institution; `by` None means the system itself.

    Raises ClosedDoor outside an institution's door, TypeError when a detail of the action's sentence is missing.
    The record takes its number and hash when the transaction commits (see migration 0001), so recording early
    in a long transaction holds nobody up.
    """
    _append(required_institution(), compose(action, obj, by, changes, details))


def record_platform(
    action: Action,
    obj: models.Model | None = None,
    /,
    *,
    by: "Member | None",
    changes: Changes | None = None,
    **details: Any,
) -> None:
    """Append to the platform's chain, from either side of the wall, or in a transaction of its own outside any door."""
    if current_institution() is None and not on_platform():
        with platform_tx():
            _append(PLATFORM, compose(action, obj, by, changes, details))
    else:
        _append(PLATFORM, compose(action, obj, by, changes, details))


def record_into(
    institution_id: int,
    action: Action,
    obj: models.Model | None = None,
    /,
    *,
    by: "Member | None",
    changes: Changes | None = None,
    **details: Any,
) -> None:
    """Append to an institution's chain from the platform's side: what the platform did to that institution.

    Break-glass, a key removed by the platform … belong where that institution's auditor sees them. Joins
    platform_tx(), or opens it; inside another institution's door it raises ClosedDoor.
    """
    with platform_tx():
        _append(institution_id, compose(action, obj, by, changes, details))


def _append(chain: int, body: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.audit_append(%s, %s)", [chain, body])
