"""The delivery log as a list: found by event, number, state and day."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.urls import reverse

from portal.hooks.events import declared_events, event
from portal.hooks.models import Delivery, DeliveryState
from portal.web.tables import Column, ListFilter, ListPage, QuickSearch, choose
from portal.web.tables.columns import Tone
from portal.web.tables.filters import day_end, day_start

TONES: dict[str, Tone] = {
    DeliveryState.WAITING.value: "warn",
    DeliveryState.DELIVERED.value: "good",
    DeliveryState.GIVEN_UP.value: "bad",
}


def label_of(name: str) -> str:
    """The event in words; its name once it is gone from this version."""
    try:
        return event(name).label
    except LookupError:
        return name


def days(label: str, method: str) -> django_filters.DateFilter:
    return django_filters.DateFilter(label=label, method=method, widget=forms.DateInput(attrs={"type": "date"}))


class DeliveryFilter(ListFilter):
    event = choose("事件", lambda: [(one.name, one.label) for one in declared_events()])
    state = choose("状态", DeliveryState.choices)
    since = days("起始日期", "from_day")
    until = days("截止日期", "to_day")
    q = QuickSearch(("about", "业务编号"), ("webhook__name", "推送"))

    class Meta:
        model = Delivery
        fields = ("event", "state", "since", "until", "q")

    def from_day(self, rows: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return rows.filter(created_at__gte=day_start(value))

    def to_day(self, rows: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return rows.filter(created_at__lt=day_end(value))


class DeliveryList(ListPage):
    name = "hooks.deliveries"
    title = "推送记录"
    columns = (
        Column("created_at", "发生时间", "datetime", link=lambda row: reverse("hooks:delivery", args=[row.pk])),
        Column("event_label", "事件", value=lambda row: label_of(row.event)),
        Column("about", "业务编号", "id"),
        Column("webhook__name", "推送"),
        Column("state", "状态", "state", tones=TONES),
        Column("tries", "推送次数", "int"),
        Column("status", "HTTP 状态", "int"),
        Column("sentence", "结果", width=40),
        Column("next_at", "下次推送", "datetime"),
        Column("delivered_at", "送达时间", "datetime"),
        Column("event", "事件代码", shown=False),
        Column("message", "消息编号", "id", shown=False),
    )
    filterset = DeliveryFilter
    default_sort = "-created_at"
    export_permission = "hooks.webhooks.view"
    empty_hint = "启用推送后，接口业务有了结果、对账发现差异或后台任务结束时，在这里看到每条消息是否送达"

    def rows(self) -> QuerySet[Any]:
        return Delivery.objects.select_related("webhook").defer("webhook__secret")
