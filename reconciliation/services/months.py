"""Months: what was applied for, what stands in the way, and the end of a month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import IntegrityError
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth
from django.db.transaction import atomic
from django.utils import timezone

from portal.access.member import Member
from portal.audit import record
from portal.gateway.environments.standstill import environment_for
from portal.gateway.national import NATIONAL
from portal.ledger.facts import Span
from portal.ledger.reading import ScopeSums
from reconciliation.actions import MONTH_CLOSED
from reconciliation.models import MonthClose, Run, RunKind, RunState, Total, TotalState
from reconciliation.services.applying import applications
from reconciliation.services.blocking import Blocking, blocked_by, blocking, open_differences, open_entries
from reconciliation.services.refusals import Refused
from reconciliation.services.runs import start_run
from reconciliation.services.scopes import added, key_of, scopes_of
from reconciliation.services.spans import month_before, next_month

#: Months of the list.
SHOWN = 13


@dataclass(frozen=True)
class ScopeState:
    """One scope of a month: our sums now, and the application, if there is one."""

    sums: ScopeSums
    total: Total | None

    @property
    def is_applied(self) -> bool:
        return self.total is not None and self.total.state == TotalState.BALANCED

    @property
    def is_empty(self) -> bool:
        return self.sums.count == 0 and self.sums.open == 0

    @property
    def has_changed(self) -> bool:
        """Whether our book says something else than what was applied for."""
        names = ("count", "total", "fund", "account")
        return self.total is not None and any(getattr(self.total, one) != getattr(self.sums, one) for one in names)

    @property
    def label(self) -> str:
        return Total(**dict(zip(("insutype", "clr_type", "clr_optins"), key_of(self.sums), strict=True))).scope_label


@dataclass(frozen=True)
class MonthState:
    """One month of one gateway as it stands now."""

    month: date
    family: str
    scopes: list[ScopeState]
    blocked: int
    run: Run | None
    close: MonthClose | None
    is_past: bool
    whole: ScopeSums = field(default_factory=lambda: ScopeSums("", "", ""))

    @property
    def end(self) -> date:
        return next_month(self.month)

    @property
    def waiting(self) -> list[ScopeState]:
        """Scopes with settlements that were not applied for yet."""
        return [one for one in self.scopes if not one.is_empty and not one.is_applied]

    @property
    def applied(self) -> list[ScopeState]:
        return [one for one in self.scopes if one.is_applied]

    @property
    def state(self) -> tuple[str, str]:
        """A word for the list and its colour."""
        if self.close:
            return "已结账", "good"
        if not self.is_past:
            return "当月", ""
        if self.run and self.run.is_live:
            return str(self.run.get_state_display()), self.run.tone
        if self.blocked:
            return "有未处理事项", "bad"
        if self.scopes and not self.waiting:
            return ("已视同申请清算", "good") if self.applied else ("没有结算", "")
        if self.applied:
            return "部分已申请清算", "warn"
        return ("对账未平", "bad") if self.run else ("未对账", "warn")

    @property
    def may_start(self) -> bool:
        """Whether reconciling the whole month would do something."""
        return self.is_past and self.close is None and bool(self.waiting) and not (self.run and self.run.is_live)

    @property
    def obstacle(self) -> str:
        """Why the month cannot be closed, in a sentence; empty when it can."""
        if self.close:
            return "本月已经结账"
        if not self.is_past:
            return "本月还没有结束"
        if self.blocked:
            return f"还有 {self.blocked} 项没有处理"
        if self.run and self.run.is_live:
            return f"整月对账{self.run.get_state_display()}，有结果后再结账"
        if self.waiting:
            return f"还有 {len(self.waiting)} 个范围没有整月对平"
        return ""


def month_state(environment: str, month: date, family: str = NATIONAL.name) -> MonthState:
    """One month; inside the door."""
    begin, end = month.replace(day=1), next_month(month)
    sums = scopes_of(Span(environment, begin, end), family)
    held = applications(environment, family, begin, end)
    run = Run.objects.filter(environment=environment, family=family, begin=begin, end=end).first()
    close = MonthClose.objects.filter(environment=environment, family=family, month=begin).first()
    return MonthState(
        begin,
        family,
        [ScopeState(one, held.get(key_of(one))) for one in sums],
        blocked_by(environment, family, begin, end),
        run,
        close,
        end <= timezone.localdate(),
        added(sums, ("", "", "")),
    )


@dataclass(frozen=True)
class MonthLine:
    """One month in the list: what is known without adding up its settlements again."""

    month: date
    run: Run | None
    close: MonthClose | None
    applied: int
    blocked: int
    is_past: bool

    @property
    def state(self) -> tuple[str, str]:
        """A word for the list and its colour."""
        if self.close:
            return "已结账", "good"
        if not self.is_past:
            return "当月", ""
        if self.run and self.run.is_live:
            return str(self.run.get_state_display()), self.run.tone
        if self.blocked:
            return "有未处理事项", "bad"
        if self.run and self.run.state == RunState.BALANCED:
            return ("已视同申请清算" if self.applied else "没有结算"), "good"
        if self.applied:
            return "部分已申请清算", "warn"
        return ("对账未平", "bad") if self.run else ("未对账", "warn")


def month_lines(environment: str, family: str = NATIONAL.name) -> list[MonthLine]:
    """This month and those before it, the newest first; a fixed number of statements."""
    months = [timezone.localdate().replace(day=1)]
    while len(months) < SHOWN:
        months.append(month_before(months[-1]))
    begin, end = months[-1], next_month(months[0])
    mine = {"environment": environment, "family": family}
    runs = Run.objects.filter(**mine, kind=RunKind.MONTH, begin__in=months).defer("rounds", "counts")
    closes = MonthClose.objects.filter(**mine, month__in=months)
    applied = Total.objects.filter(
        environment=environment,
        run__family=family,
        is_application=True,
        state=TotalState.BALANCED,
        begin__in=months,
    )
    blocked = Counter(dict(_by_month(open_differences(environment, family, begin, end))))
    blocked.update(dict(_by_month(open_entries(environment, family, begin, end))))
    run_of, close_of = {one.begin: one for one in runs}, {one.month: one for one in closes}
    count_of = dict(applied.order_by().values_list("begin").annotate(Count("pk")))
    return [
        MonthLine(one, run_of.get(one), close_of.get(one), count_of.get(one, 0), blocked[one], one != months[0])
        for one in months
    ]


def _by_month(rows: QuerySet[Any]) -> Iterable[tuple[date, int]]:
    found = rows.order_by().annotate(month=TruncMonth("day")).values_list("month").annotate(Count("pk"))
    return [(month, count) for month, count in found]


def blocking_rows(state: MonthState, environment: str) -> list[Blocking]:
    """What stands in the way, row by row."""
    return blocking(environment, state.family, state.month, state.end)


def start_month(month: date, *, by: Member) -> Run:
    """Reconcile a whole past month; what is balanced is applied for, once. Refused when there is nothing to do."""
    state = month_state(environment_for(by), month)
    if state.close:
        raise Refused("本月已经结账")
    if state.is_past and state.scopes and not state.waiting:
        done = "本月各范围都已视同申请清算，不能再次申请" if state.applied else "本月没有结算，无需对账"
        raise Refused(done)
    return start_run(RunKind.MONTH, state.month, by=by)


@atomic
def close_month(month: date, *, by: Member, note: str = "") -> MonthClose:
    """Say that a month is done. Refused with what stands in the way."""
    environment = environment_for(by)
    state = month_state(environment, month)
    if state.obstacle:
        raise Refused(state.obstacle)
    whole = state.whole
    try:
        with atomic():
            made = MonthClose.objects.create(
                environment=environment,
                family=state.family,
                month=state.month,
                count=whole.count,
                total=whole.total,
                fund=whole.fund,
                account=whole.account,
                note=note.strip()[:300],
                closed_by=by.user,
                closed_as=by.label[:100],
            )
    except IntegrityError:
        raise Refused("本月已经结账") from None
    amount = f"{whole.total:,.2f}"
    record(MONTH_CLOSED, made, by=by, month=f"{made.month:%Y-%m}", count=made.count, total=amount)
    return made
