"""The log as people look at it: an institution's own chain, and the platform's."""

from datetime import date, timedelta
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
from portal.audit.registry import DONE, DOUBT, REFUSED, action, declared_actions
from portal.web.tables import Column, ListFilter, ListPage, choose
from portal.web.tables.columns import Tone
from portal.web.tables.filters import day_end, day_start

BODY = Cast("body", JSONField())
OBJECT_LABEL = KeyTextTransform("label", KeyTextTransform("object", BODY), output_field=TextField())
#: A word is looked for in so many days when no dates are given: it has no index, unlike all other conditions.
SEARCHED_DAYS = 90


def actors() -> list[tuple[str, str]]:
    """Who can have done something on this side, by name."""
    if current_institution() is None:
        people = User.objects.filter(is_platform_admin=True)
    else:
        people = User.objects.filter(pk__in=Membership.objects.values("user_id"))
    return [(SYSTEM_ID, SYSTEM), *((str(user.pk), f"{user} {user.username}") for user in people.order_by("full_name"))]


def action_choices() -> list[tuple[str, str]]:
    return [(one.name, one.label) for one in declared_actions()]


def date_filter(label: str, method: str) -> django_filters.DateFilter:
    return django_filters.DateFilter(label=label, method=method, widget=forms.DateInput(attrs={"type": "date"}))


RESULT_CHOICES = [(result, result) for result in (DONE, REFUSED, DOUBT)]
RESULT_TONES: dict[str, Tone] = {DONE: "good", REFUSED: "bad", DOUBT: "doubt"}


def contains(label: str, method: str, placeholder: str = "", **attrs: str) -> django_filters.CharFilter:
    title = f"查找：{placeholder or label}；没有选择日期时只查最近 {SEARCHED_DAYS} 天"
    widget = forms.TextInput(attrs={"type": "search", "placeholder": placeholder, "title": title, **attrs})
    return django_filters.CharFilter(label=label, method=method, max_length=100, widget=widget)


class LogFilter(ListFilter):
    since = date_filter("起始日期", "from_day")
    until = date_filter("截止日期", "to_day")
    actor = choose("操作人员", actors)
    action = choose("操作类型", action_choices)
    result = choose("结果", RESULT_CHOICES, method="by_result")
    object = contains("对象", "by_object", "机构、申请、人员等名称")
    q = contains("关键词", "about", "对象、详情")

    class Meta:
        model = Event
        fields: list[str] = []

    def from_day(self, rows: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return rows.filter(at__gte=day_start(value))

    def to_day(self, rows: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return rows.filter(at__lt=day_end(value))

    def by_result(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        others = [one.name for one in declared_actions() if one.result != DONE]
        if value == DONE:
            return rows.exclude(action__in=others)
        return rows.filter(action__in=[one for one in others if action(one).result == value])

    def by_object(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        rows = self.searched(rows).alias(object_label=OBJECT_LABEL)
        return rows.filter(object_label__icontains=value)

    def about(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        # Not the whole body: it holds addresses, which not everybody may read.
        rows = self.searched(rows).alias(
            object_label=OBJECT_LABEL,
            details=KeyTextTransform("details", BODY),
            changes=KeyTextTransform("changes", BODY),
        )
        return rows.filter(Q(object_label__icontains=value) | Q(details__icontains=value) | Q(changes__icontains=value))

    def searched(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """What is looked into record by record: the chosen days, else the last ninety."""
        if self.data.get("since") or self.data.get("until"):
            return rows
        return rows.filter(at__gte=timezone.now() - timedelta(days=SEARCHED_DAYS))


class FullLogFilter(LogFilter):
    """The same, and from where."""

    address = contains("地址", "from_address", "IP 地址")

    def from_address(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        address = KeyTextTransform("address", BODY, output_field=TextField())
        rows = self.searched(rows).alias(address=address)
        return rows.filter(address__startswith=value.strip())


def event_url(event: Event) -> str:
    return reverse("audit:event", args=[event.seq])


COLUMNS: tuple[Column, ...] = (
    Column("seq", "序号", "id", width=9, link=event_url),
    Column("at", "时间", "datetime"),
    Column("action", "操作类型", value=lambda event: event.label, sort="", width=26),
    Column("sentence", "操作详情", value=lambda event: event.sentence, sort="", width=60),
    Column("result", "结果", "state", value=lambda event: event.result, sort="", tones=RESULT_TONES, width=9),
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
    filterset = FullLogFilter


class PlatformLog(ListPage):
    """The platform's chain: sign-ins, refusals, institutions, accounts, keys."""

    name = "audit.platform"
    title = "平台日志"
    columns = (Column("seq", "序号", "id", width=9), *COLUMNS[1:], *ADDRESSES)
    filterset = FullLogFilter
    default_sort = "-seq"
    template = "audit/platform_log.html"
    empty = "没有符合条件的操作记录"

    def rows(self) -> QuerySet[Any]:
        return Event.objects.filter(chain=PLATFORM)
