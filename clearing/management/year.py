"""One clearing year from generation to paper, as a clerk and a reviewer do it, laid beside the sandbox's truth."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from django.core.files.storage import default_storage

from clearing.models import Application, ApplicationState, ClearingRow, Generation, GenerationState, RowState, Scope
from clearing.papers import disbursement_rows, start_paper
from clearing.services import (
    accept_finding,
    request_application_query,
    request_generation,
    submit_application,
    verify_rows,
)
from clearing.services.overview import OPEN_FINDING, live_rows
from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.gateway.journal import Operation, State, approve
from portal.gateway.sandbox.control import Sandbox
from portal.jobs import Job
from portal.jobs.models import JobState

T = TypeVar("T")
REASON = "已与医保中心核实，按中心数据办理（演示）"
AGENCIES = ("001", "002", "003")
#: Seconds a step may take; generation and long papers are the slowest.
PATIENCE = 240.0


class Failed(Exception):
    """A step did not succeed, or the figures differ; the text is for the person at the keyboard."""


@dataclass(frozen=True)
class Line:
    """One line of the closing table: what we count, beside what the centre counts."""

    step: str
    scope: str
    ours: tuple[int, Decimal]
    theirs: tuple[int, Decimal]


@dataclass
class Year:
    """Runs the steps for one year and insurance; every wait is bounded, every comparison exact to the cent."""

    clerk: Member
    reviewer: Member
    sandbox: Sandbox
    app_code: str
    scope: Scope
    folder: Path
    say: Callable[[str], None]
    lines: list[Line] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)

    def run(self) -> None:
        self.generate()
        self.accept()
        self.verify()
        for agency in AGENCIES:
            self.apply(Scope(self.scope.environment, self.scope.year, self.scope.insurance, agency))
        self.compare("申请", "applied", "applied_disburse_amt", state__in=[RowState.APPLIED, RowState.APPROVED])
        for kind in ("pdf", "xlsx"):
            self.print(kind)

    # --- the steps

    def generate(self) -> None:
        self.say(f"生成{self.scope}")
        with self.tx():
            operation = request_generation(self.scope, by=self.clerk)
        self.wait_for(operation)
        batch = self.wait("获取清算数据", self.fetched)
        if batch.note:
            raise Failed(f"获取清算数据没有完成：{batch.note}")
        self.compare("生成", "rows", "disburse_amt")

    def fetched(self) -> Generation | None:
        batch = Generation.objects.filter(**self.scope.fields(), agency="").first()
        return batch if batch and batch.state == GenerationState.READY else None

    def accept(self) -> None:
        with self.tx():
            broken = list(live_rows(self.scope).filter(OPEN_FINDING))
            for row in broken:
                accept_finding(row, REASON, by=self.reviewer)
        expected = sorted(one["row_id"] for one in self.centre()["broken"] if self.is_mine(one["row_id"]))
        if sorted(row.row_id for row in broken) != expected:
            raise Failed(f"差异：门户发现 {len(broken)} 条，沙箱设置了 {len(expected)} 条")
        self.say(f"复核人员接受差异 {len(broken)} 条")

    def is_mine(self, row_id: str) -> bool:
        with self.tx():
            return bool(live_rows(self.scope).filter(row_id=row_id).exists())

    def verify(self) -> None:
        with self.tx():
            operations = verify_rows(live_rows(self.scope), by=self.clerk)
        self.say(f"核对：{len(operations)} 个报文")
        for operation in operations:
            self.wait_for(operation)
        self.compare("核对", "verified", "disburse_amt", state=RowState.VERIFIED)

    def apply(self, scope: Scope) -> None:
        self.say(f"申请{scope}")
        with self.tx():
            application = submit_application(scope, by=self.clerk)
            assert application.operation
            approve(application.operation, by=self.reviewer)
        self.wait_for(application.operation)
        self.wait(f"查询{scope}申请", lambda: self.application(application, asked_at__isnull=False))
        asked = {"year": str(scope.year), "aka080": scope.insurance, "qsjg00": scope.agency}
        self.sandbox.act("clearing", "approve", party=self.app_code, **asked)
        with self.tx():
            request_application_query(scope, by=self.clerk)
        now = self.wait(f"{scope}申请审核通过", lambda: self.application(application, state=ApplicationState.APPROVED))
        if now.differs_at_centre:
            raise Failed(
                f"{scope}申请：门户 {now.count} 条 {now.disburse}，中心 {now.centre_count} 条 {now.centre_disburse}"
            )

    def application(self, application: Application, **conditions: Any) -> Application | None:
        return Application.objects.filter(pk=application.pk, **conditions).first()

    def print(self, kind: str) -> None:
        """The disbursement table of all agencies, made by the worker like every long paper."""
        with self.tx():
            job = start_paper("disbursement", self.scope, kind, by=self.clerk)
        done = self.wait(f"生成核拨表 {kind.upper()}", lambda: self.ended(job))
        if done.state != JobState.DONE:
            raise Failed(f"生成核拨表 {kind.upper()} 没有完成：{done.error or done.note}")
        path = self.folder / done.result_name
        with default_storage.open(done.result_path) as file:
            path.write_bytes(file.read())
        self.files.append(path)
        self.say(f"已保存 {path.name}")

    def ended(self, job: Job) -> Job | None:
        return Job.objects.filter(pk=job.pk).exclude(state__in=[JobState.QUEUED, JobState.RUNNING]).first()

    # --- waiting

    def tx(self) -> Any:
        return tenant_tx(self.clerk.institution_id)

    def wait_for(self, operation: Operation) -> None:
        """Until the operation is done; Failed with its own sentence when it ends otherwise."""
        now = self.wait(operation.title, lambda: self.settled(operation))
        if now.state != State.DONE:
            raise Failed(f"{operation.title}：{now.sentence}。{now.message}")

    def settled(self, operation: Operation) -> Operation | None:
        now = Operation.objects.get(pk=operation.pk)
        return now if not now.is_live or now.state == State.MANUAL else None

    def wait(self, what: str, look: Callable[[], T | None]) -> T:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with self.tx():
                found = look()
            if found is not None:
                return found
            time.sleep(0.2)
        raise Failed(f"{what}：等待 {PATIENCE:.0f} 秒仍没有结果，请查看后台进程的日志")

    # --- the truth

    def centre(self) -> dict[str, Any]:
        told: dict[str, Any] = self.sandbox.truth("clearing", self.app_code)["state"][self.app_code]
        return told

    def compare(self, step: str, count: str, total: str, **conditions: Any) -> None:
        """Lay count and payable sum of every agency beside the centre's; Failed naming the first difference."""
        truth = [
            one
            for one in self.centre()["scopes"]
            if (one["year"], one["aka080"]) == (str(self.scope.year), self.scope.insurance)
        ]
        for one in truth:
            scope = Scope(self.scope.environment, self.scope.year, self.scope.insurance, one["qsjg00"])
            with self.tx():
                rows = list(live_rows(scope).filter(**conditions))
            ours = (len(rows), sum((row.disburse for row in rows), Decimal("0.00")))
            theirs = (int(one[count]), Decimal(one[total]))
            self.lines.append(Line(step, str(scope), ours, theirs))
            if ours != theirs:
                told = f"门户 {ours[0]} 条 {ours[1]} 元，沙箱 {theirs[0]} 条 {theirs[1]} 元"
                raise Failed(f"{step}{scope}：{told}")

    def payable(self) -> tuple[int, Decimal]:
        """Number of rows and sum on the paper."""
        with self.tx():
            rows: list[ClearingRow] = list(disbursement_rows(self.scope))
        return len(rows), sum((row.disburse for row in rows), Decimal("0.00"))
