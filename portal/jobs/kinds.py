"""Which jobs exist: a business declares one in its `tasks.py` with `@job`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.jobs.running import Running

Run = Callable[["Running"], str | None]
_jobs: dict[str, "Declared"] = {}


@dataclass(frozen=True)
class Declared:
    """A kind of job. `permission` is what reading its result file takes; `resumable` = may run again after a crash."""

    kind: str
    title: str
    run: Run
    resumable: bool
    permission: str


def job(kind: str, *, title: str, resumable: bool = False, permission: str = "portal.use") -> Callable[[Run], Run]:
    """Declare what runs for jobs of this kind; the function returns a closing note or None.

    It must be safe to run again from the beginning when `resumable`. Raises ValueError for a kind declared twice.
    """

    def declare(run: Run) -> Run:
        if kind in _jobs:
            raise ValueError(f"job {kind!r} is declared twice")
        _jobs[kind] = Declared(kind, title, run, resumable, permission)
        return run

    return declare


def declared(kind: str) -> Declared:
    """Raises LookupError for a kind nobody declared."""
    try:
        return _jobs[kind]
    except KeyError:
        raise LookupError(f"no job {kind!r} is declared") from None


def declared_jobs() -> tuple[Declared, ...]:
    return tuple(_jobs[kind] for kind in sorted(_jobs))
