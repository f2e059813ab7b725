"""What every chapter needs: who acts, waiting for the worker, the sandbox's truth, the lines of the closing table."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from django.core.files.storage import default_storage

from clearing.models import Scope
from clearing.services import Refused
from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.gateway.journal import Operation, State, approve
from portal.gateway.sandbox.control import Sandbox
from portal.jobs import Job
from portal.jobs.models import JobState

T = TypeVar("T")
AGENCIES = ("001", "002", "003")
REASON = "已与医保中心核实，按中心数据办理（演示）"
#: Seconds a step may take; generation and long papers are the slowest.
PATIENCE = 240.0


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


@dataclass
class Walk:
    """One institution's people, its year and insurance; every wait is bounded, every comparison exact to the cent."""

    clerk: Member
    reviewer: Member
    admin: Member
    sandbox: Sandbox
    app_code: str
    scope: Scope
    folder: Path
    say: Callable[[str], None]
    lines: list[Line] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)

    @property
    def by_agency(self) -> list[Scope]:
        wide = self.scope
        return [Scope(wide.environment, wide.year, wide.insurance, agency) for agency in AGENCIES]

    def told(self, chapter: str, step: str, ours: str, theirs: str = "", *, scope: object = "") -> None:
        """A line of the table."""
        self.lines.append(Line(chapter, step, str(scope or self.scope), ours, theirs))
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
            raise Failed(f"{step}{scope or self.scope}：门户 {figures(ours)}，沙箱 {figures(theirs)}")

    def refused(self, chapter: str, step: str, act: Callable[[], Any]) -> None:
        """The step must be refused here, before anything is sent; Failed when it is not."""
        try:
            with self.tx():
                act()
        except Refused as refusal:
            self.told(chapter, step, f"拒绝：{refusal.sentence[:46]}", "没有收到")
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

    def centre(self) -> dict[str, Any]:
        """The clearing centre's state of this institution."""
        return self.state_of("clearing", self.app_code)

    def state_of(self, gateway: str, app_code: str) -> dict[str, Any]:
        told: dict[str, Any] = self.sandbox.truth(gateway, app_code)["state"][app_code]
        return told

    def scopes(self) -> dict[str, dict[str, Any]]:
        """By agency: the centre's counts and sums of the year and insurance."""
        wanted = (str(self.scope.year), self.scope.insurance)
        return {one["qsjg00"]: one for one in self.centre()["scopes"] if (one["year"], one["aka080"]) == wanted}


def figures(pair: tuple[int, Decimal]) -> str:
    return f"{pair[0]:,} 条 {pair[1]:,.2f}"
