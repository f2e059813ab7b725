"""The exchange log as a list: found by gateway, transaction, time, outcome, code, business number and person."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.db.models import QuerySet
from django.urls import reverse

from portal.access.models.institution import Environment
from portal.gateway import shown
from portal.gateway.exchanges import about
from portal.gateway.journal.models import Attempt
from portal.gateway.journal.states import Outcome
from portal.gateway.messages import gateways, headings
from portal.web.tables import Column, ListFilter, ListPage, QuickSearch, choose
from portal.web.tables.filters import day_end, day_start

SYSTEM = "系统"
SOURCES = (("query", "查询"), ("operation", "办理业务"), ("console", "接口测试"))


def gateway_choices() -> list[tuple[str, str]]:
    return [(one.name, one.title) for one in gateways()]


def kind_choices() -> list[tuple[str, str]]:
    return [(f"{one.gateway}.{one.code}", f"{one.title}（{one.code}）") for one in headings()]


def days(label: str, method: str) -> django_filters.DateFilter:
    return django_filters.DateFilter(label=label, method=method, widget=forms.DateInput(attrs={"type": "date"}))


def words(label: str, method: str, placeholder: str) -> django_filters.CharFilter:
    widget = forms.TextInput(attrs={"type": "search", "placeholder": placeholder, "title": placeholder})
    return django_filters.CharFilter(label=label, method=method, max_length=100, widget=widget)


class AttemptFilter(ListFilter):
    about = words("业务编号", "by_number", "住院号、申请编号等，完整填写")
    gateway = choose("接口", gateway_choices)
    kind = choose("交易", kind_choices, method="by_kind")
    outcome = choose("结果", [choice for choice in Outcome.choices if choice[0]])
    since = days("起始日期", "from_day")
    until = days("截止日期", "to_day")
    q = QuickSearch(("msgid", "报文编号"), ("kind", "交易"), ("code", "结果代码"))
    who = words("发起人", "by_person", "姓名")
    source = choose("来源", SOURCES, method="by_source")
    operation = words("所属业务", "by_operation", "业务编号（UUID）")
    environment = choose("环境", Environment.choices)

    class Meta:
        model = Attempt
        fields = (
            "about",
            "gateway",
            "kind",
            "outcome",
            "since",
            "until",
            "q",
            "who",
            "source",
            "operation",
            "environment",
        )

    def by_number(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(about(value.strip()))

    def by_kind(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        gateway, _, code = value.partition(".")
        return rows.filter(gateway=gateway, kind=code)

    def from_day(self, rows: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return rows.filter(sent_at__gte=day_start(value))

    def to_day(self, rows: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return rows.filter(sent_at__lt=day_end(value))

    def by_person(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(asked_by="") if value.strip() == SYSTEM else rows.filter(asked_by__icontains=value.strip())

    def by_source(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == "console":
            return rows.filter(by_console=True)
        return rows.filter(by_console=False, operation__isnull=value == "query")

    def by_operation(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        try:
            return rows.filter(operation_id=UUID(value.strip()))
        except ValueError:
            return rows.none()


def source_of(row: Attempt) -> str:
    return "接口测试" if row.by_console else "办理业务" if row.operation_id else "查询"


class AttemptList(ListPage):
    name = "gateway.attempts"
    title = "接口报文"
    columns = (
        Column("sent_at", "发送时间", "datetime", link=lambda row: reverse("gateway:attempt", args=[row.pk])),
        Column("title", "交易", value=lambda row: shown.kind_title(row.gateway, row.kind)),
        Column("subject", "业务编号", "id"),
        Column("outcome", "结果", "state", tones={str(key): tone for key, tone in shown.OUTCOME_TONES.items()}),
        Column("code", "代码"),
        Column("message", "说明", width=40),
        Column("took_ms", "耗时（毫秒）", "int"),
        Column("asked_by", "发起人", value=lambda row: row.asked_by or SYSTEM, sort="asked_by"),
        Column("source", "来源", value=source_of),
        Column("msgid", "报文编号", "id"),
        Column("gateway", "接口", value=lambda row: shown.gateway_title(row.gateway), sort="gateway", shown=False),
        Column("kind", "交易代码", shown=False),
        Column("operation__title", "所属业务", width=30, shown=False),
        Column("environment", "环境", "state", shown=False),
    )
    filterset = AttemptFilter
    default_sort = "-sent_at"
    export_permission = "gateway.attempts.view"
    empty_hint = "业务编号按完整的住院号（门诊号）、申请编号查找"
    #: The log of the other environment can be asked for by name, never beside this one's.
    every_environment = True

    def rows(self) -> QuerySet[Any]:
        here = self.member.institution.environment if self.member.institution else ""
        asked = self.params.get("environment", "")
        rows = Attempt.objects.filter(environment=asked if asked in Environment.values else here)
        return rows.select_related("operation").defer(
            "raw_request", "raw_reply", "operation__request", "operation__reply"
        )
