"""Standing still: while an institution's environment is about to change, nothing new begins, and what runs ends.

A room above says with `@hold` when an institution stands still. What belongs to work that has begun (a running job, the
outcome of an operation) goes on under `carrying_on`, in the environment it began in.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from portal.access.services.refusals import StandStill

Hold = Callable[[int], None]
_holds: list[Hold] = []
#: None: nothing is carried on. "": a job, which knows its environment itself. Else the environment of an operation.
_carried: ContextVar[str | None] = ContextVar("carried_on", default=None)


def hold(check: Hold) -> Hold:
    """Ask this, inside the institution's door, before new work begins there; it raises StandStill."""
    if check not in _holds:
        _holds.append(check)
    return check


def refuse_new_work(institution_id: int) -> None:
    """Raises StandStill while the institution stands still, unless this goes on with work that has begun."""
    if _carried.get() is None:
        for check in _holds:
            check(institution_id)


@contextmanager
def carrying_on(environment: str = "") -> Iterator[None]:
    """What happens inside belongs to work that began before, in that environment."""
    token = _carried.set(environment)
    try:
        yield
    finally:
        _carried.reset(token)


def carried_environment() -> str:
    """The environment of the operation whose outcome is being taken in; "" when there is none."""
    return _carried.get() or ""


__all__ = ["StandStill", "carried_environment", "carrying_on", "hold", "refuse_new_work"]
