"""The clearing on the dashboard: four steps with their real state, cards, shortcuts, charts and rules (3.2, 3.3)."""

from decimal import Decimal
from typing import Any

from django.db.models import Max
from django.urls import reverse

from clearing.dashboard.charts import charts_context
from clearing.dashboard.desk import desk_of
from clearing.dashboard.steps import RECKONED, steps_context
from clearing.models import ApplicationState, ClearingRow, DuePapers, RowState
from clearing.rules import RULES
from clearing.services.overview import OPEN_FINDING, ZERO
from clearing.services.printing import standing_of
from clearing.services.printing_own import own_due
from portal.access.member import Member, PortalRequest
from portal.web.dashboard import DashboardPart, OpenTasks, Task

WAN = Decimal(10_000)


def cards_context(request: PortalRequest) -> dict[str, Any]:
    """The manual's four figures (3.2), each of which leads to the rows behind it."""
    desk = desk_of(request)
    year = desk.year
    held = [one for one in year.applications if one.state in ApplicationState.held()] if year else []
    held_disburse = sum((one.disburse for one in held), ZERO)
    return {
        "year": desk.chosen,
        "total": year.total if year else None,
        "providers": year.providers if year else 0,
        "held": len(held),
        "wan": _wan(year.total.disburse if year else ZERO),
        "held_wan": _wan(held_disburse),
    }


def _wan(yuan: Decimal) -> Decimal:
    return (yuan / WAN).quantize(Decimal("0.01"))


def shortcuts_context(request: PortalRequest) -> dict[str, Any]:
    """The manual's four buttons (3.3), without those the member may not use."""
    buttons = [
        ("生成清算数据", "clearing:generation-request", "data", "clearing.generation.request"),
        ("核对数据", "clearing:verification-list", "verify", "clearing.rows.view"),
        ("提交申请", "clearing:application-submit", "apply", "clearing.application.submit"),
        ("导出报表", "clearing:disbursement", "print", "clearing.papers.make"),
    ]
    may = request.member.may
    return {"shortcuts": [(label, reverse(name), icon) for label, name, icon, right in buttons if may(right)]}


def rules_context(request: PortalRequest) -> dict[str, Any]:
    """Which papers the own institution needs, and the manual's table (3.2 三, 9.5)."""
    year = desk_of(request).year
    own = own_due(request.member) if year and year.total.rows <= RECKONED else []
    return {"own": own, "rules": RULES}


def papers_waiting(member: Member) -> list[Task]:
    """Papers of the newest year that have data and were not printed since."""
    assert member.institution
    mine = DuePapers.objects.filter(environment=member.institution.environment).exclude(agency="")
    year = mine.aggregate(newest=Max("year"))["newest"]
    if year is None:
        return []
    now = standing_of(mine.filter(year=year))
    detail = f"{year} 年，另有 {now.lacking:,} 张缺数据" if now.lacking else f"{year} 年"
    return [Task("待打印的报表", f"{reverse('clearing:due-papers')}?year={year}", now.waiting, "warn", detail)]


def findings_open(member: Member) -> list[Task]:
    """Rows that nobody can verify before a reviewer has looked."""
    assert member.institution
    count = ClearingRow.objects.filter(
        OPEN_FINDING, environment=member.institution.environment, state__in=[RowState.GENERATED, RowState.VERIFIED]
    ).count()
    address = f"{reverse('clearing:verification-list')}?finding=open"
    return [Task("清算数据有差异，须复核人员接受", address, count, "bad", "金额不平或与各月合计不符")]


DashboardPart(10, "clearing.rows.view", "clearing/parts/dashboard_steps.html", steps_context)
DashboardPart(20, "clearing.rows.view", "clearing/parts/dashboard_cards.html", cards_context)
DashboardPart(30, "clearing.rows.view", "clearing/parts/dashboard_shortcuts.html", shortcuts_context)
DashboardPart(40, "clearing.rows.view", "clearing/parts/dashboard_charts.html", charts_context)
DashboardPart(90, "clearing.rows.view", "clearing/parts/dashboard_rules.html", rules_context)
OpenTasks("clearing.findings", "clearing.rows.view", findings_open, 30)
OpenTasks("clearing.papers", "clearing.papers.make", papers_waiting, 40)
