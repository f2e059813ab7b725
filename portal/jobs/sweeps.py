"""What is looked after again and again: orphaned work of every institution, and of every machine.

A room above declares its own part with `@sweeper` (called with each institution's id, outside any transaction) or
`@machine_sweeper` (called by the supervisor of every machine, before its queue starts and then again and again).
"""

import logging
from collections.abc import Callable
from typing import TypeVar

from portal.access.door import platform_tx
from portal.access.models import Institution
from portal.jobs import pulses

logger = logging.getLogger(__name__)
Sweep = Callable[[int], None]
MachineSweep = Callable[[], None]
F = TypeVar("F", bound=Callable[..., None])
_sweepers: list[tuple[Sweep, float]] = []
_machine_sweepers: list[MachineSweep] = []


def sweeper(*, every: float = 0) -> Callable[[F], F]:
    """Call this for every institution at each sweep, or at most once in `every` seconds."""

    def declare(sweep: F) -> F:
        _sweepers.append((sweep, every))
        return sweep

    return declare


def machine_sweeper(sweep: F) -> F:
    """Call this on every machine that runs a worker: at start, before anything is sent, and at each sweep."""
    _machine_sweepers.append(sweep)
    return sweep


def name_of(sweep: Sweep) -> str:
    return f"sweep:{sweep.__module__}.{sweep.__qualname__}"[:120]


def institutions() -> list[int]:
    """Ids of all institutions, also closed ones: their doubtful work must end too."""
    with platform_tx():
        return list(Institution.objects.order_by("pk").values_list("pk", flat=True))


def sweep_institutions() -> None:
    """One round. A failure in one institution never keeps the others from their turn."""
    due = [sweep for sweep, every in _sweepers if not every or pulses.is_due(name_of(sweep), every)]
    for institution_id in institutions():
        for sweep in due:
            try:
                sweep(institution_id)
            except Exception:
                logger.exception("sweep failed", extra={"institution": institution_id, "sweep": name_of(sweep)})


def sweep_machine() -> None:
    """Raises what a sweeper raises: a machine whose spool cannot be read must not start sending."""
    for sweep in _machine_sweepers:
        sweep()
