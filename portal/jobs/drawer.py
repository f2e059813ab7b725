"""What one person has running, finished, failed or in doubt: the journal drawer of every page (design 5)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from portal.access.member import Member
from portal.jobs.models import LIVE, Job, JobState

TONES = {
    JobState.QUEUED: "running",
    JobState.RUNNING: "running",
    JobState.WAITING: "running",
    JobState.DONE: "done",
    JobState.FAILED: "failed",
    JobState.CANCELLED: "quiet",
    JobState.DOUBTFUL: "doubt",
}
DAYS = 3


@dataclass(frozen=True)
class Work:
    """One line of the drawer. `tone`: running, done, failed, doubt, waiting or quiet; `url` leads to the page."""

    title: str
    state: str
    tone: str
    note: str
    percent: int | None
    url: str
    at: datetime
    is_live: bool


Source = Callable[[Member, datetime], Iterable[Work]]
_sources: list[Source] = []


def work_source(source: Source) -> Source:
    """A room above adds its own work: called with the member and the oldest time of finished work to show."""
    _sources.append(source)
    return source


def recent(member: Member, limit: int = 20) -> list[Work]:
    """The member's work of the last days, everything that still moves or is in doubt first; inside the door."""
    since = timezone.now() - timedelta(days=DAYS)
    found = [work for source in _sources for work in source(member, since)]
    return sorted(found, key=lambda work: (work.is_live, work.at), reverse=True)[:limit]


@work_source
def jobs_of(member: Member, since: datetime) -> list[Work]:
    if member.user is None:
        return []
    mine = Job.objects.filter(Q(state__in=LIVE) | Q(created_at__gte=since), started_by=member.user, operation=None)
    return [
        Work(
            title=job.title,
            state=str(JobState(job.state).label),
            tone=TONES[JobState(job.state)],
            note=job.error or job.note,
            percent=job.percent,
            url=reverse("jobs:job", args=[job.pk]),
            at=job.finished_at or job.created_at,
            is_live=job.is_live,
        )
        for job in mine[:50]
    ]
