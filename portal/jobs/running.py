"""A job from the inside: what its function is handed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.access.models import Membership
from portal.hooks.announcing import announce
from portal.hooks.events import JOB_FINISHED
from portal.jobs import pace
from portal.jobs.models import Job, JobState


class Cancelled(Exception):
    """A person asked for the job to stop; nothing to be done in the job's function."""


class Replaced(Exception):
    """Another runner has this job now; this one must stop at once."""


class OutOfTime(Exception):
    """The function asked to go on in a new task (`Running.pause`)."""


class Running:
    """Handed to a job's function, which runs outside any transaction.

    Rows are read and written in short pieces: `with job.tx(): …`; never around a gateway call (I8).
    """

    def __init__(self, job: Job, member: Member | None) -> None:
        self.id: UUID = job.pk
        self.institution_id: int = job.institution_pk
        self.kind = job.kind
        self.key = job.key
        self.params: dict[str, Any] = job.params
        self.done = job.done
        #: Who started it, with the roles of today; None for work that nobody in particular started.
        self.by = member
        #: The name of the person or key that started it.
        self.started_label = job.started_label
        self._run = job.run
        self._began = timezone.now()

    @contextmanager
    def tx(self) -> Iterator[None]:
        """A short transaction in the job's institution."""
        with tenant_tx(self.institution_id):
            yield

    def progress(self, done: int, total: int | None = None, note: str = "") -> None:
        """Say how far it is; between two messages, because this is also where a wish to cancel is heard.

        Raises Cancelled or Replaced.
        """
        self.done = done
        changes: dict[str, Any] = {"done": done, "note": note[:300], "beat_at": timezone.now()}
        if total is not None:
            changes["total"] = total
        self._write(**changes)

    def check(self) -> None:
        """Raises Cancelled or Replaced; for long stretches without progress."""
        self._write(beat_at=timezone.now())

    def beat(self) -> None:
        """Only say that it lives; called from another thread."""
        with tenant_tx(self.institution_id):
            self._mine().update(beat_at=timezone.now())

    def pause_if_late(self, seconds: float = 240) -> None:
        """Continue in a new task when this one has run long enough; the function then starts again from its rows."""
        if (timezone.now() - self._began).total_seconds() > seconds:
            raise OutOfTime

    def result(self, name: str, content: bytes) -> None:
        """Keep the file that the job made; the page offers it for download under this name."""
        path = default_storage.save(f"jobs/{self.institution_id}/{self.id}/{self._run}", ContentFile(content))
        self._write(result_path=path, result_name=name)

    def _mine(self) -> Any:
        return Job.objects.filter(pk=self.id, run=self._run, state=JobState.RUNNING)

    def _write(self, **changes: Any) -> None:
        with tenant_tx(self.institution_id):
            if not self._mine().update(**changes):
                raise Replaced
            if self._mine().filter(cancel_asked=True).exists():
                raise Cancelled

    def finish(self, state: JobState, **changes: Any) -> bool:
        """The last word; False when another runner has the job now."""
        if state != JobState.QUEUED:
            changes["finished_at"] = timezone.now()
        with tenant_tx(self.institution_id):
            ended = bool(self._mine().update(state=state, beat_at=timezone.now(), **changes))
            if ended and state != JobState.QUEUED:
                facts = {"id": str(self.id), "kind": self.kind, "state": str(state)}
                announce(JOB_FINISHED.name, about=self.key, facts=facts)
            return ended


def claim(institution_id: int, job_id: UUID | str) -> Running | None:
    """Take a queued job, or None when it is not there or another worker was first."""
    with tenant_tx(institution_id):
        job = Job.objects.select_related("started_by", "institution").filter(pk=job_id, state=JobState.QUEUED).first()
        if job is None:
            return None
        now = timezone.now()
        taken = Job.objects.filter(pk=job.pk, run=job.run, state=JobState.QUEUED).update(
            state=JobState.RUNNING, run=job.run + 1, started_at=job.started_at or now, beat_at=now
        )
        if not taken:
            return None
        job.run += 1
        return Running(job, member_of(job))


def member_of(job: Job) -> Member | None:
    """The person who started the job, as a member with the roles of today."""
    if job.started_by is None:
        return None
    membership = Membership.objects.filter(user=job.started_by, is_active=True).first()
    roles = frozenset(membership.roles if membership else ())
    return Member(job.started_by, job.institution, roles, request_id=f"job-{job.pk}"[:40])


def is_stale(job: Job) -> bool:
    """Whether the runner of a running job has not been heard of for too long."""
    seen = job.beat_at or job.created_at
    return (timezone.now() - seen).total_seconds() > pace.stale()
