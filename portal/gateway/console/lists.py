"""What was sent from the console: one's own calls, or everybody's."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from portal.gateway import shown
from portal.gateway.console.models import ConsoleCall
from portal.gateway.journal.models import Operation
from portal.gateway.journal.states import State
from portal.gateway.views.attempt_list import gateway_choices, kind_choices
from portal.web.tables import Column, ListFilter, ListPage, QuickSearch, choose

WHOSE = (("mine", "我发送的"), ("all", "全部人员"))
TONES = {**{str(key): tone for key, tone in shown.OUTCOME_TONES.items()}, "not_sent": "warn", "": "brand"}


class CallFilter(ListFilter):
    whose = choose("发送人", WHOSE, method="by_person", empty="全部")
    gateway = choose("接口", gateway_choices)
    kind = choose("交易", kind_choices, method="by_kind")
    q = QuickSearch(("created_label", "发送人"), ("kind", "交易"), ("code", "结果代码"))

    class Meta:
        model = ConsoleCall
        fields = ("whose", "gateway", "kind", "q")

    def by_person(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        # `mine` needs to know who is looking: the list has done it (see `CallList.rows`).
        return rows

    def by_kind(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        gateway, _, code = value.partition(".")
        return rows.filter(gateway=gateway, kind=code)


def result_of(call: ConsoleCall) -> str:
    """Where the call stands, in words; a changing one says what its operation says."""
    if call.operation is not None:
        return call.operation.sentence
    return str(call.get_outcome_display())


def code_of(call: ConsoleCall) -> str:
    return call.operation.code if call.operation is not None else call.code


def tone_of(call: ConsoleCall) -> str:
    if call.operation is not None:
        return shown.tone(call.operation)
    return TONES.get(call.outcome, "")


class CallList(ListPage):
    name = "gateway.console"
    title = "接口测试记录"
    columns = (
        Column("created_at", "发送时间", "datetime", link=lambda row: reverse("gateway:console-call", args=[row.pk])),
        Column("gateway", "接口", value=lambda row: shown.gateway_title(row.gateway), sort="gateway"),
        Column("title", "交易", value=lambda row: shown.kind_title(row.gateway, row.kind), sort="", width=26),
        Column("kind", "交易代码"),
        Column("result", "结果", value=result_of, sort="", width=20),
        Column("code", "代码", value=code_of, sort=""),
        Column("created_label", "发送人"),
    )
    filterset = CallFilter
    default_sort = "-created_at"
    export_permission = "gateway.console.view"
    empty = "还没有接口测试记录"
    empty_hint = "选择接口和交易，填写后发送"

    def rows(self) -> QuerySet[Any]:
        rows = ConsoleCall.objects.select_related("operation").defer("content")
        mine = self.params.get("whose", "") == "mine"
        return rows.filter(created_by=self.member.user) if mine else rows


def latest(by: Any, kind: Any = None, *, mine: bool = True, limit: int = 8) -> list[ConsoleCall]:
    """The latest calls in the environment the institution works in, for the console's own pages."""
    rows = ConsoleCall.objects.filter(environment=by.institution.environment).select_related("operation")
    if mine:
        rows = rows.filter(created_by=by.user)
    if kind is not None:
        rows = rows.filter(Q(gateway=kind.gateway.name), kind=kind.code)
    return list(rows.defer("content")[:limit])


def is_waiting(call: ConsoleCall) -> bool:
    """Whether its page should ask again."""
    if call.operation is not None:
        operation: Operation = call.operation
        return operation.is_moving or operation.state == State.QUEUED
    return call.finished_at is None
