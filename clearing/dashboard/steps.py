"""The four steps of each insurance and agency: how far, who, when, how much, and what to do next (manual 3.2)."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from urllib.parse import urlencode

from django.urls import reverse

from clearing.dashboard.desk import desk_of
from clearing.models import Application, ApplicationState, Generation, GenerationState, Scope
from clearing.services.printing import PrintStanding, print_standings
from clearing.services.year import Line, Year
from portal.access.member import Member, PortalRequest
from portal.gateway.journal.states import State

#: "" = not yet possible, now = to be done or under way, warn = needs a look, doubt = 结果待确认.
Mark = Literal["", "now", "warn", "doubt", "done"]
#: Papers of larger years are not reckoned while the dashboard is waited for; their list does that.
RECKONED = 20_000
TITLES = ("生成清算数据", "数据核对", "提交申请", "打印报表")


@dataclass(frozen=True)
class Step:
    """One cell of the step bar."""

    mark: Mark
    state: str
    amount: Decimal | None = None
    who: str = ""
    at: datetime | None = None
    next_label: str = ""
    next_url: str = ""
    note: str = ""
    note_url: str = ""


@dataclass(frozen=True)
class Bar:
    """One line of the step bar."""

    scope: Scope
    steps: tuple[Step, ...]

    @property
    def insurance(self) -> str:
        """The insurance without what all their names end in."""
        return self.scope.insurance_label.removesuffix("基本医疗保险")


@dataclass(frozen=True)
class Head:
    """A step's heading, and how many lines have done it."""

    title: str
    done: int
    mark: Mark = field(default="")


def steps_context(request: PortalRequest) -> dict[str, Any]:
    desk = desk_of(request)
    bars = _bars(desk.year, request.member) if desk.year else []
    return {
        "years": desk.years,
        "chosen": desk.chosen,
        "bars": bars,
        "heads": [_head(title, [bar.steps[place] for bar in bars]) for place, title in enumerate(TITLES)],
        "generate_url": reverse("clearing:generation-request"),
        "may_generate": request.member.may("clearing.generation.request"),
    }


def _bars(year: Year, member: Member) -> list[Bar]:
    applied = [line.scope for line in year.lines if line.tally.applied and year.total.rows <= RECKONED]
    papers = print_standings(applied, by=member)
    return [Bar(line.scope, steps_of(line, papers.get(line.scope), member)) for line in year.lines]


def _head(title: str, cells: list[Step]) -> Head:
    done = sum(cell.mark == "done" for cell in cells)
    return Head(title, done, "done" if cells and done == len(cells) else "")


def steps_of(line: Line, papers: PrintStanding | None, member: Member) -> tuple[Step, ...]:
    """生成, 核对, 申请, 打印 of one insurance and agency, as this member may act on them."""
    return (_generated(line, member), _verified(line, member), _applied(line, member), _printed(line, papers, member))


def _generated(line: Line, member: Member) -> Step:
    newest, tally = line.generation, line.tally
    if newest is None:
        return Step("done", f"{tally.rows:,} 条", tally.disburse, next_label="查看数据", next_url=_rows(line))
    who, at = _name(newest.requested_by), newest.fetched_at or newest.requested_at
    mark: Mark = "doubt" if newest.is_doubtful else "warn" if newest.note else "now"
    if newest.state == GenerationState.READY and not newest.note:
        mark = "done"
    state = f"{tally.rows:,} 条" if newest.state == GenerationState.READY else newest.shown_state
    where = (
        ("查看数据", _rows(line))
        if mark == "done" or not member.may("clearing.generation.request")
        else ("查看进度", reverse("clearing:generation-request"))
    )
    amount = tally.disburse if tally.rows else None
    return Step(mark, state, amount, who, at, *_of_operation(newest, member, *where), note=newest.note)


def _of_operation(batch: Generation, member: Member, label: str, url: str) -> tuple[str, str]:
    """A doubtful outcome leads to its operation, where one sees what is being done about it."""
    operation = batch.revocation if batch.state == GenerationState.REVOKING else batch.operation
    return _doubtful(operation, member) if batch.is_doubtful else (label, url)


def _doubtful(operation: Any, member: Member) -> tuple[str, str]:
    if operation is None or not member.may("gateway.operations.view"):
        return "", ""
    return "查看核实", reverse("gateway:operation", args=[operation.pk])


def _verified(line: Line, member: Member) -> Step:
    tally, busy = line.tally, line.busy
    if not tally.rows:
        return Step("", "待生成")
    state = f"{tally.verified:,} / {tally.rows:,} 条"
    mark: Mark = "done" if not tally.unverified else "now"
    may = member.may("clearing.rows.verify")
    label, query = ("去核对" if may else "查看未核对", {"state": "generated"}) if tally.unverified else ("查看数据", {})
    note, note_url = "", ""
    if tally.findings:
        mark, note = "warn", f"差异 {tally.findings:,} 条"
        note_url = _to("clearing:verification-list", line.scope, finding="open")
    if busy.running:
        mark, state = "now", f"{state}，{busy.running:,} 条办理中"
    if busy.doubtful:
        mark, state = "doubt", f"{busy.doubtful:,} 条结果待确认"
    return Step(
        mark,
        state,
        tally.verified_disburse if tally.verified else None,
        line.verified_as,
        tally.verified_at,
        label,
        _to("clearing:verification-list", line.scope, **query),
        note,
        note_url,
    )


def _applied(line: Line, member: Member) -> Step:
    application, tally = line.application, line.tally
    if application is None:
        may = tally.ready > 0 and member.may("clearing.application.submit")
        left_out = f"还有 {tally.unverified:,} 条未核对，不会纳入申请" if tally.ready and tally.unverified else ""
        return Step(
            "now" if tally.ready and not tally.unverified else "",
            "未申请",
            next_label="去申请" if may else "",
            next_url=_to("clearing:application-submit", line.scope),
            note=left_out,
        )
    label, url = "查看申请", reverse("clearing:application-detail", args=[application.pk])
    if _waits_for(application, member):
        label, url = "去复核", reverse("gateway:approvals")
    return Step(
        _application_mark(application),
        application.shown_state,
        application.disburse,
        _name(application.submitted_by),
        application.applied_at or application.submitted_at,
        label,
        url,
        note=application.note,
    )


def _application_mark(application: Application) -> Mark:
    if application.is_doubtful:
        return "doubt"
    if application.differs_at_centre:
        return "warn"
    return "done" if application.state in (ApplicationState.APPLIED, ApplicationState.APPROVED) else "now"


def _waits_for(application: Application, member: Member) -> bool:
    """Whether this member may be the second person of what the application waits for."""
    moving = {ApplicationState.SUBMITTING: application.operation, ApplicationState.CANCELLING: application.cancellation}
    operation = moving.get(ApplicationState(application.state))
    if operation is None or operation.state != State.DRAFT or not member.may("gateway.operations.approve"):
        return False
    return not member.is_user(operation.created_by_id)


def _printed(line: Line, papers: PrintStanding | None, member: Member) -> Step:
    if not line.tally.applied:
        return Step("", "待申请")
    may = member.may("clearing.papers.make")
    if papers is None:
        return Step(
            "now", "可打印", next_label="打印清单" if may else "", next_url=_to("clearing:due-papers", line.scope)
        )
    if not papers.due:
        return Step("done", "无需打印")
    done = papers.printed == papers.due
    notes = [f"{papers.waiting:,} 张待打印"] if papers.waiting else []
    notes += [f"{papers.lacking:,} 张缺数据"] if papers.lacking else []
    notes += [f"{papers.superfluous:,} 张多余"] if papers.superfluous else []
    return Step(
        "done" if done else "now",
        f"{papers.printed:,} / {papers.due:,} 张",
        next_label=("查看报表" if done else "去打印") if may else "",
        next_url=_to("clearing:due-papers", line.scope),
        note="，".join(notes),
    )


def _rows(line: Line) -> str:
    return _to("clearing:row-list", line.scope)


def _name(user: Any) -> str:
    return str(user.full_name) if user else "接口"


def _to(name: str, scope: Scope, **more: str) -> str:
    query = {"year": scope.year, "insurance": scope.insurance, "agency": scope.agency, **more}
    return f"{reverse(name)}?{urlencode({key: value for key, value in query.items() if value})}"
