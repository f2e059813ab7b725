"""Reconciliation on the dashboard: what somebody has to decide, agree to, or worry about."""

from django.db.models import Count
from django.urls import reverse

from portal.access.member import Member
from portal.web.dashboard import OpenTasks, Task
from reconciliation.models import Alarm, AlarmKind, Difference, DifferenceKind, DifferenceState


def differences_open(member: Member) -> list[Task]:
    """Differences that nobody has decided about, decisions that wait for a reviewer, what was raised."""
    assert member.institution
    environment, address = member.institution.environment, reverse("reconciliation:difference-list")
    live = Difference.objects.filter(environment=environment, state__in=DifferenceState.live())
    counts = dict(live.exclude(kind=DifferenceKind.PENDING).order_by().values_list("state").annotate(n=Count("pk")))
    raised = list(Alarm.objects.filter(environment=environment, ended_at=None).order_by("raised_at", "pk"))
    missed = [one.sentence for one in raised if one.kind == AlarmKind.MISSED]
    waiting = counts.get(DifferenceState.PROPOSED, 0) if member.may(APPROVE) else 0
    doubts = len(raised) - len(missed)
    return [
        Task("没有完成的对账", reverse("reconciliation:run-list"), len(missed), "bad", missed[0] if missed else ""),
        Task("对账差异", f"{address}?state=open", counts.get(DifferenceState.OPEN, 0), "bad", "逐笔处理后再次对账"),
        Task("差异处理待复核", f"{address}?open=second", waiting, "warn", "复核后立即办理"),
        Task("结果待确认超过 30 分钟", reverse("gateway:doubts"), doubts, "doubt", "系统仍在核实，不会重复发送"),
    ]


APPROVE = "reconciliation.differences.approve"
OpenTasks("reconciliation.differences", "reconciliation.runs.view", differences_open, 24)
