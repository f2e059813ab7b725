"""The log as people look at it: an institution's own chain, and the platform's."""

from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import JSONField, Q, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone

from portal.access.door import PLATFORM, current_institution
from portal.access.models import Membership, User
from portal.audit.body import SYSTEM, SYSTEM_ID
from portal.audit.models import Event
from portal.audit.registry import declared_actions
from portal.web.tables import Column, ListFilter, ListPage, choose

#: A word is looked for in so many days when no dates are given: it has no index, unlike all other conditions.
SEARCHED_DAYS = 90


def day_start(day: date) -> datetime:
    """Midnight in Asia/Shanghai."""
    return timezone.make_aware(datetime.combine(day, time.min))


def actors() -> list[tuple[str, str]]:
    """Who can have done something on this side, by name."""
    if current_institution() is None:
        people = User.objects.filter(is_platform_admin=True)
    else:
        people = User.objects.filter(pk__in=Membership.objects.values("user_id"))
    return [(SYSTEM_ID, SYSTEM), *((str(user.pk), f"{user} {user.username}") for user in people.order_by("full_name"))]


def action_choices() -> list[tuple[str, str]]:
    return [(action.name, action.label) for action in declared_actions()]


def date_filter(label: str, method: str) -> django_filters.DateFilter:
    return django_filters.DateFilter(label=label, method=method, widget=forms.DateInput(attrs={"type": "date"}))


class LogFilter(ListFilter):
    since = date_filter("起始日期", "from_day")
    until = date_filter("截止日期", "to_day")
    actor = choose("操作人员", actors)
    action = choose("操作类型", action_choices)
    q = django_filters.CharFilter(
        label="关键词",
        method="about",
        max_length=100,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "placeholder": "对象、详情",
                "title": f"查找：对象、详情；没有选择日期时只查最近 {SEARCHED_DAYS} 天",
            }
        ),
    )

    class Meta:
        model = Event
        fields: list[str] = []

    def from_day(self, rows: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return rows.filter(at__gte=day_start(value))

    def to_day(self, rows: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return rows.filter(at__lt=day_start(value + timedelta(days=1)))

    def about(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if not (self.data.get("since") or self.data.get("until")):
            rows = rows.filter(at__gte=timezone.now() - timedelta(days=SEARCHED_DAYS))
        body = Cast("body", JSONField())
        # Not the whole body: it holds addresses, which not everybody may read.
        rows = rows.alias(
            object_label=KeyTextTransform("label", KeyTextTransform("object", body), output_field=TextField()),
            details=KeyTextTransform("details", body),
            changes=KeyTextTransform("changes", body),
        )
        return rows.filter(Q(object_label__icontains=value) | Q(details__icontains=value) | Q(changes__icontains=value))


def event_url(event: Event) -> str:
    return reverse("audit:event", args=[event.seq])


COLUMNS: tuple[Column, ...] = (
    Column("seq", "序号", "id", width=9, link=event_url),
    Column("at", "时间", "datetime"),
    Column("action", "操作类型", value=lambda event: event.label, sort="", width=26),
    Column("sentence", "操作详情", value=lambda event: event.sentence, sort="", width=60),
    Column("actor_name", "操作人员", value=lambda event: event.actor_name, sort="", width=14),
    Column("object_label", "对象", value=lambda event: event.object_label, sort="", width=30, shown=False),
)
ADDRESSES: tuple[Column, ...] = (
    Column("address", "地址", "id", value=lambda event: event.address, sort="", width=16),
    Column("request", "请求编号", "id", value=lambda event: event.content["request"], sort="", shown=False),
)


class Log(ListPage):
    """An institution's log (manual chapter 10)."""

    name = "audit.log"
    title = "操作日志"
    columns = COLUMNS
    filterset = LogFilter
    default_sort = "-seq"
    template = "audit/log.html"
    export_permission = "audit.export"
    empty = "没有符合条件的操作记录"

    def rows(self) -> QuerySet[Any]:
        return Event.objects.filter(chain=self.member.institution_id)


class FullLog(Log):
    """The same with addresses, for those who may see them."""

    name = "audit.log.full"
    columns = COLUMNS + ADDRESSES


class PlatformLog(ListPage):
    """The platform's chain: sign-ins, refusals, institutions, accounts, keys."""

    name = "audit.platform"
    title = "平台日志"
    columns = (Column("seq", "序号", "id", width=9), *COLUMNS[1:], *ADDRESSES)
    filterset = LogFilter
    default_sort = "-seq"
    template = "audit/platform_log.html"
    empty = "没有符合条件的操作记录"

    def rows(self) -> QuerySet[Any]:
        return Event.objects.filter(chain=PLATFORM)
