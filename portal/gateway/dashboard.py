"""Open tasks of the journal on the dashboard: doubtful results first, then what waits for approval."""

from collections.abc import Iterator

from django.urls import reverse

from portal.access.member import Member
from portal.gateway.journal.models import Operation
from portal.gateway.journal.states import DOUBTFUL, State, Task
from portal.gateway.sessions.models import BLOCKED, GatewaySession
from portal.web.dashboard import OpenTasks
from portal.web.dashboard import Task as OpenTask


def doubts(member: Member) -> Iterator[OpenTask]:
    uncertain = Operation.objects.filter(state__in=DOUBTFUL)
    where = reverse("gateway:doubts")
    yield OpenTask("结果待确认的业务", where, uncertain.count(), "doubt", "系统正在核实，请勿重复办理")
    manual = uncertain.filter(state=State.MANUAL)
    if member.may("gateway.operations.decide"):
        yield OpenTask("须两人认定结果", where, manual.count(), "bad")
    tasks = Operation.objects.exclude(task=Task.NONE).exclude(state__in=DOUBTFUL)
    yield OpenTask("已结束但须有人处理的业务", where, tasks.count(), "warn")


def approvals(member: Member) -> Iterator[OpenTask]:
    here = member.institution.environment if member.institution else ""
    drafts = Operation.objects.filter(environment=here, state=State.DRAFT)
    if member.user is not None:
        drafts = drafts.exclude(created_by=member.user)
    yield OpenTask("待我复核", reverse("gateway:approvals"), drafts.count(), "warn")


def sessions(member: Member) -> Iterator[OpenTask]:
    here = member.institution.environment if member.institution else ""
    blocked = GatewaySession.objects.filter(environment=here, state__in=BLOCKED)
    hint = "被其他程序占用或登录没有成功，业务在排队"
    yield OpenTask("接口没有登录", reverse("gateway:sessions"), blocked.count(), "warn", hint)


OpenTasks("gateway.sessions", "gateway.sessions.view", sessions, 15)
OpenTasks("gateway.doubts", "gateway.operations.view", doubts, 10)
OpenTasks("gateway.approvals", "gateway.operations.approve", approvals, 20)
