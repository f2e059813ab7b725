"""Walking through a business on the command line: who acts, waiting for the worker, the closing table.

A business's own walk (`<business>/management/demo`) adds what it is about and lays its figures beside the sandbox's.
"""

import time
import unicodedata
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from django.core.files.storage import default_storage

from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.access.models import Institution, Membership, User
from portal.access.permissions import Role
from portal.access.services.refusals import NotAllowed
from portal.gateway.journal import Operation, State, approve
from portal.gateway.sandbox.control import Sandbox
from portal.jobs import Job
from portal.jobs.models import JobState

T = TypeVar("T")
#: Seconds a step may take; generation and long papers are the slowest.
PATIENCE = 240.0
HEAD = ("章节", "步骤", "范围", "门户", "沙箱")


class Failed(Exception):
    """A step did not succeed, or the figures differ; the text is for the person at the keyboard."""


@dataclass(frozen=True)
class Line:
    """One line of the closing table: chapter, step and scope, what we have, and what the sandbox has."""

    chapter: str
    step: str
    scope: str
    ours: str
    theirs: str = ""


@dataclass(kw_only=True)
class Walk:
    """One institution's people; every wait is bounded, every comparison exact to the cent."""

    clerk: Member
    reviewer: Member
    admin: Member
    sandbox: Sandbox
    folder: Path
    say: Callable[[str], None]
    lines: list[Line] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)

    @property
    def about(self) -> str:
        """What a line of the table is about when nothing else is said."""
        return ""

    def told(self, chapter: str, step: str, ours: str, theirs: str = "", *, scope: object = "") -> None:
        """A line of the table."""
        self.lines.append(Line(chapter, step, str(scope or self.about), ours, theirs))
        self.say(f"{chapter} {step}：{ours}")

    def same(
        self,
        chapter: str,
        step: str,
        ours: tuple[int, Decimal],
        theirs: tuple[int, Decimal],
        *,
        scope: object = "",
    ) -> None:
        """Lay a count and a sum beside the sandbox's; Failed with both when they differ."""
        self.told(chapter, step, figures(ours), figures(theirs), scope=scope)
        if ours != theirs:
            raise Failed(f"{step}{scope or self.about}：门户 {figures(ours)}，沙箱 {figures(theirs)}")

    def refused(self, chapter: str, step: str, act: Callable[[], Any]) -> None:
        """The step must be refused here, before anything is sent; Failed when it is not."""
        try:
            with self.tx():
                act()
        except NotAllowed as refusal:
            self.told(chapter, step, f"拒绝：{refusal.message[:46]}", "没有收到")
            return
        raise Failed(f"{step}：应当拒绝，却被接受")

    # --- waiting

    def tx(self) -> AbstractContextManager[None]:
        return tenant_tx(self.clerk.institution_id)

    def send(self, operation: Operation) -> None:
        """Have a reviewer let it go where two people are wanted, and wait for its end."""
        with self.tx():
            now = Operation.objects.get(pk=operation.pk)
            if now.state == State.DRAFT:
                approve(now, by=self.reviewer)
        self.wait_for(operation)

    def wait_for(self, operation: Operation) -> None:
        """Until the operation is done; Failed with its own sentence when it ends otherwise."""
        now = self.wait(operation.title, lambda: self.settled(operation))
        if now.state != State.DONE:
            raise Failed(f"{operation.title}：{now.sentence}。{now.message}")

    def settled(self, operation: Operation) -> Operation | None:
        now = Operation.objects.get(pk=operation.pk)
        return now if not now.is_live or now.state == State.MANUAL else None

    def finish(self, job: Job) -> Job:
        """Until the job is done; Failed with its error when it ends otherwise."""
        done = self.wait(job.title, lambda: self.ended(job))
        if done.state != JobState.DONE:
            raise Failed(f"{job.title}没有完成：{done.error or done.note}")
        return done

    def ended(self, job: Job) -> Job | None:
        return Job.objects.filter(pk=job.pk).exclude(state__in=[JobState.QUEUED, JobState.RUNNING]).first()

    def wait(self, what: str, look: Callable[[], T | None]) -> T:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with self.tx():
                found = look()
            if found is not None:
                return found
            time.sleep(0.2)
        raise Failed(f"{what}：等待 {PATIENCE:.0f} 秒仍没有结果，请查看后台进程的日志")

    # --- files

    def keep(self, name: str, content: bytes) -> Path:
        """Leave a file in the folder, under the institution's code."""
        assert self.clerk.institution
        path = self.folder / f"{self.clerk.institution.code}_{name}"
        path.write_bytes(content)
        self.files.append(path)
        return path

    def keep_result(self, job: Job) -> Path:
        with default_storage.open(job.result_path) as file:
            return self.keep(job.result_name, file.read())

    # --- the truth

    def state_of(self, gateway: str, app_code: str) -> dict[str, Any]:
        told: dict[str, Any] = self.sandbox.truth(gateway, app_code)["state"][app_code]
        return told


def figures(pair: tuple[int, Decimal]) -> str:
    return f"{pair[0]:,} 条 {pair[1]:,.2f}"


def table(lines: list[Line]) -> str:
    """All lines under their headings."""
    rows = [HEAD, *((line.chapter, line.step, line.scope, line.ours, line.theirs) for line in lines)]
    widths = [max(width(row[place]) for row in rows) for place in range(len(HEAD))]
    told = ["  ".join(pad(cell, widths[place]) for place, cell in enumerate(row)).rstrip() for row in rows]
    return "\n".join([told[0], "  ".join("-" * one for one in widths), *told[1:]])


def pad(text: str, places: int) -> str:
    return text + " " * (places - width(text))


def width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def member_with(institution: Institution, role: Role) -> Member:
    """The demonstration's person with that role."""
    for membership in Membership.objects.filter(is_active=True).select_related("user"):
        if role.value in membership.roles:
            user: User = membership.user
            return Member(user, institution, frozenset(membership.roles), "127.0.0.1", "demo")
    raise Failed(f"演示机构没有“{role.label}”人员，请检查 demo_seed")
