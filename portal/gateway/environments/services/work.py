"""What an institution has running in an environment: what must end before a switch, and what stays behind in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.gateway.journal.models import Operation
from portal.gateway.journal.states import DOUBTFUL, State
from portal.jobs.models import Job, JobState

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Work:
    """Operations and jobs, the oldest first; lists are cut at 50, the numbers are not."""

    drafts: Sequence[Operation]
    moving: Sequence[Operation]
    jobs: Sequence[Job]
    doubtful: Sequence[Operation]
    draft_count: int
    moving_count: int
    job_count: int
    doubtful_count: int

    @property
    def is_drained(self) -> bool:
        """Whether nothing is left that could still send, or be sent, in this environment. Doubts stay and go on."""
        return not (self.draft_count or self.moving_count or self.job_count)

    @property
    def summary(self) -> str:
        """What must still end, in words; "" when nothing."""
        parts = [
            (self.moving_count, "项业务等待发送或正在发送"),
            (self.job_count, "个后台任务在进行"),
            (self.draft_count, "项业务等待复核"),
        ]
        return "，".join(f"{number} {words}" for number, words in parts if number)

    @property
    def names(self) -> str:
        """The first of them by name."""
        titles = [one.title for one in self.moving] + [one.title for one in self.jobs]
        titles += [one.title for one in self.drafts]
        return "、".join(f"“{title}”" for title in titles[:3]) + (" 等" if len(titles) > 3 else "")


def work_in(environment: str) -> Work:
    """The institution's work in this environment, inside its door. Jobs count whatever their environment is."""
    mine = Operation.objects.filter(environment=environment).order_by("created_at")
    drafts = mine.filter(state=State.DRAFT)
    moving = mine.filter(state__in=[State.APPROVED, State.QUEUED, State.SENDING])
    doubtful = mine.filter(state__in=DOUBTFUL)
    jobs = Job.objects.filter(state__in=[JobState.QUEUED, JobState.RUNNING], operation=None).order_by("created_at")
    found = [list(rows[: SHOWN + 1]) for rows in (drafts, moving, doubtful)]
    counts = [
        len(rows) if len(rows) <= SHOWN else query.count()
        for rows, query in zip(found, (drafts, moving, doubtful), strict=True)
    ]
    running = list(jobs[: SHOWN + 1])
    return Work(
        drafts=found[0][:SHOWN],
        moving=found[1][:SHOWN],
        jobs=running[:SHOWN],
        doubtful=found[2][:SHOWN],
        draft_count=counts[0],
        moving_count=counts[1],
        job_count=len(running) if len(running) <= SHOWN else jobs.count(),
        doubtful_count=counts[2],
    )
