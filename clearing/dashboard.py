"""The clearing on the dashboard: four steps with their real state, cards, shortcuts and rules (manual 3.2, 3.3)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils import timezone

from clearing.models import Application, ApplicationState, ClearingRow, Generation, GenerationState, RowState, Scope
from clearing.services.overview import OPEN_FINDING, Standing, scopes, standing
from portal.access.member import Member
from portal.web.dashboard import DashboardPart, OpenTasks, Task

#: Year, insurance and agency combinations shown; older ones are in the lists.
SHOWN = 6


@dataclass(frozen=True)
class Step:
    """One box of the step bar: how far it is, who did it when, how much, and what to do next."""

    name: str
    mark: str  # "", "now", "done" or "doubt"
    state: str
    who: str = ""
    amount: Decimal | None = None
    next_label: str = ""
    next_url: str = ""


@dataclass(frozen=True)
class ScopeSteps:
    scope: Scope
    steps: list[Step]


def steps_context(member: Member) -> dict[str, Any]:
    assert member.institution
    environment = str(member.institution.environment)
    found = scopes(environment)[:SHOWN]
    waiting = Generation.objects.filter(environment=environment, state=GenerationState.REQUESTED)
    return {
        "years": [ScopeSteps(scope, steps_of(scope, member)) for scope in found],
        "requested": list(waiting.select_related("operation")),
        "generate_url": reverse("clearing:generation-request"),
        "may_generate": member.may("clearing.generation.request"),
    }


def steps_of(scope: Scope, member: Member) -> list[Step]:
    now = standing(scope)
    application = (
        Application.objects.filter(**scope.fields())
        .exclude(state__in=[ApplicationState.CANCELLED, ApplicationState.REFUSED])
        .select_related("operation", "cancellation", "submitted_by", "approved_by")
        .first()
    )
    return [
        _generated(scope, now),
        _verified(scope, now, member),
        _applied(scope, now, application, member),
        _printed(scope, now),
    ]


def _generated(scope: Scope, now: Standing) -> Step:
    batch = Generation.objects.filter(scope.overlapping(), state__in=GenerationState.live()).select_related(
        "requested_by", "operation", "revocation"
    )
    newest = batch.first()
    moving = newest is not None and newest.state != GenerationState.READY
    return Step(
        "生成",
        "doubt" if newest and newest.is_doubtful else "now" if moving else "done",
        newest.shown_state if newest and moving else f"{now.rows:,} 条",
        _who(newest.requested_by, newest.fetched_at or newest.requested_at) if newest else "",
        now.disburse,
        "查看数据",
        _to("clearing:row-list", scope),
    )


def _verified(scope: Scope, now: Standing, member: Member) -> Step:
    done = now.rows - now.generated
    last = ClearingRow.objects.filter(**scope.fields(), verified_at__isnull=False).order_by("-verified_at").first()
    label, query = ("去核对", {"state": "generated"}) if now.generated else ("查看核对", {})
    if now.generated and now.findings == now.generated:
        label, query = f"处理差异 {now.findings} 条", {"state": "generated", "finding": "open"}
    return Step(
        "核对",
        "done" if not now.generated else "now",
        f"{done:,} / {now.rows:,} 条",
        f"{last.verified_as} {timezone.localtime(last.verified_at):%m-%d %H:%M}" if last and last.verified_at else "",
        now.verified_disburse + now.applied_disburse,
        label,
        _to("clearing:verification-list", scope, **query),
    )


def _applied(scope: Scope, now: Standing, application: Application | None, member: Member) -> Step:
    if application is None:
        ready = now.verified > 0
        may = ready and member.may("clearing.application.submit")
        return Step(
            "申请",
            "now" if ready and not now.generated else "",
            "未申请",
            next_label="去申请" if may else "",
            next_url=_to("clearing:application-submit", scope),
        )
    held = application.state in (ApplicationState.APPLIED, ApplicationState.APPROVED)
    return Step(
        "申请",
        "doubt" if application.is_doubtful else "done" if held else "now",
        application.shown_state,
        _who(application.submitted_by, application.applied_at or application.submitted_at),
        application.disburse,
        "查看申请",
        reverse("clearing:application-detail", args=[application.pk]),
    )


def _printed(scope: Scope, now: Standing) -> Step:
    ready = now.applied + now.approved > 0
    return Step(
        "打印",
        "now" if ready else "",
        "可打印" if ready else "待申请",
        amount=now.applied_disburse if ready else None,
        next_label="核拨表" if ready else "",
        next_url=_to("clearing:disbursement", scope),
    )


def _who(user: Any, at: Any) -> str:
    return f"{user.full_name if user else '接口'} {timezone.localtime(at):%m-%d %H:%M}" if at else ""


def _to(name: str, scope: Scope, **more: str) -> str:
    query = {"year": scope.year, "insurance": scope.insurance, "agency": scope.agency, **more}
    return f"{reverse(name)}?{urlencode(query)}"


def cards_context(member: Member) -> dict[str, Any]:
    """The manual's four figures (3.2), for the newest year that has rows."""
    assert member.institution
    rows = ClearingRow.objects.filter(environment=member.institution.environment).exclude(state=RowState.REVOKED)
    year = rows.order_by("-year").values_list("year", flat=True).first()
    this = rows.filter(year=year) if year else rows.none()
    sums = this.aggregate(
        rows=Count("pk"), providers=Count("provider_code", distinct=True), disburse=Sum("disburse", default=Decimal())
    )
    verified = this.exclude(state=RowState.GENERATED).count()
    held = Application.objects.filter(
        environment=member.institution.environment, year=year or 0, state__in=ApplicationState.held()
    ).aggregate(count=Count("pk"), disburse=Sum("disburse", default=Decimal()))
    return {
        "year": year,
        "sums": sums,
        "verified": verified,
        "held": held,
        "wan": (sums["disburse"] / 10_000).quantize(Decimal("0.01")),
        "held_wan": (held["disburse"] / 10_000).quantize(Decimal("0.01")),
    }


def shortcuts_context(member: Member) -> dict[str, Any]:
    """The manual's four buttons (3.3), without those the member may not use."""
    buttons = [
        ("生成清算数据", "clearing:generation-request", "data", "clearing.generation.request"),
        ("核对数据", "clearing:verification-list", "verify", "clearing.rows.view"),
        ("提交申请", "clearing:application-submit", "apply", "clearing.application.submit"),
        ("导出报表", "clearing:disbursement", "print", "clearing.papers.make"),
    ]
    return {"shortcuts": [(label, reverse(name), icon) for label, name, icon, may in buttons if member.may(may)]}


def findings_open(member: Member) -> list[Task]:
    """Rows that nobody can verify before a reviewer has looked."""
    assert member.institution
    count = ClearingRow.objects.filter(
        OPEN_FINDING, environment=member.institution.environment, state__in=[RowState.GENERATED, RowState.VERIFIED]
    ).count()
    address = f"{reverse('clearing:verification-list')}?finding=open"
    return [Task("清算数据有差异，须复核人员接受", address, count, "bad", "拨付金额、保证金返还或各月应付不一致")]


DashboardPart(10, "clearing.rows.view", "clearing/parts/dashboard_steps.html", steps_context)
DashboardPart(20, "clearing.rows.view", "clearing/parts/dashboard_cards.html", cards_context)
DashboardPart(30, "clearing.rows.view", "clearing/parts/dashboard_shortcuts.html", shortcuts_context, wide=False)
DashboardPart(90, "clearing.rows.view", "clearing/parts/dashboard_rules.html", lambda member: {}, wide=False)
OpenTasks("clearing.findings", "clearing.rows.view", findings_open, 30)
