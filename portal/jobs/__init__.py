"""Background work as its users see it; the only room that knows the queue.

@job("clearing.fetch", title="获取清算数据", resumable=True)
def fetch(job: Running) -> str | None: …

start("clearing.fetch", key, by=by, params={…})
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from portal.jobs.drawer import Work, recent, work_source
    from portal.jobs.holds import StandStill
    from portal.jobs.kinds import declared, declared_jobs, job
    from portal.jobs.models import Job, JobState
    from portal.jobs.queue import later
    from portal.jobs.running import Running
    from portal.jobs.services import cancel, start
    from portal.jobs.sweeps import institutions, machine_sweeper, sweeper

#: Loaded on first use: this package is imported before Django's models may be.
_FROM = {
    "declared": "kinds",
    "declared_jobs": "kinds",
    "job": "kinds",
    "Work": "drawer",
    "recent": "drawer",
    "work_source": "drawer",
    "Job": "models",
    "JobState": "models",
    "later": "queue",
    "Running": "running",
    "StandStill": "holds",
    "cancel": "services",
    "start": "services",
    "institutions": "sweeps",
    "machine_sweeper": "sweeps",
    "sweeper": "sweeps",
}

__all__ = [
    "Job",
    "JobState",
    "Running",
    "StandStill",
    "Work",
    "cancel",
    "declared",
    "declared_jobs",
    "institutions",
    "job",
    "later",
    "machine_sweeper",
    "recent",
    "start",
    "sweeper",
    "work_source",
]


def __getattr__(name: str) -> Any:
    if name not in _FROM:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_FROM[name]}"), name)
