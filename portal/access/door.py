"""The one door to rows: a transaction that belongs to one institution, or to the platform.

Row security does the filtering (portal.access.walls); the door only says whose rows they are, with SET LOCAL semantics,
so that nothing survives the transaction on a pooled connection (design 4.1).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

#: Which side of the wall the running code is on: an institution's id, or the platform.
PLATFORM = 0
_current: ContextVar[int | None] = ContextVar("institution", default=None)


class ClosedDoor(RuntimeError):
    """Tenant rows were touched outside a door, or a door was opened inside another one."""


@contextmanager
def tenant_tx(institution_id: int) -> Iterator[None]:
    """Open the outermost transaction for one institution.

    Entering again for the same institution joins (a savepoint). Evaluate nothing lazily after the block.
    Raises ValueError for anything but a positive id, ClosedDoor inside another institution or the platform,
    RuntimeError inside a transaction that was opened without a door.
    """
    if type(institution_id) is not int or institution_id <= 0:
        raise ValueError("tenant_tx needs one institution id")
    with _open(institution_id):
        yield


@contextmanager
def platform_tx() -> Iterator[None]:
    """Open a transaction that sees only the tables with platform rows (memberships, channels …) of all institutions."""
    with _open(PLATFORM):
        yield


@contextmanager
def _open(side: int) -> Iterator[None]:
    before = _current.get()
    if before not in (None, side):
        raise ClosedDoor("already inside another institution")
    outermost = before is None
    with transaction.atomic(durable=outermost):
        if outermost:
            _tell_database(side)
        token = _current.set(side)
        try:
            yield
        finally:
            _current.reset(token)
    if outermost and connection.in_atomic_block:
        _tell_database(None)  # only a test's own transaction outlives the door: leave nothing set in it


def _tell_database(side: int | None) -> None:
    institution = str(side) if side else ""
    scope = {None: "", PLATFORM: "platform"}.get(side, "institution")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.institution', %s, true), set_config('app.scope', %s, true)", [institution, scope]
        )


def current_institution() -> int | None:
    """The institution whose door is open, or None (also on the platform's side)."""
    return _current.get() or None


def required_institution() -> int:
    """The open door's institution; raises ClosedDoor when there is none."""
    institution = current_institution()
    if institution is None:
        raise ClosedDoor("no institution's door is open")
    return institution


def on_platform() -> bool:
    return _current.get() == PLATFORM
