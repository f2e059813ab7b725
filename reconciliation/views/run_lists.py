"""Runs as a list."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.urls import reverse

from portal.web.tables import Column, ListFilter, ListPage, choose
from portal.web.tables.columns import Tone
from reconciliation.models import Run, RunKind, RunState
from reconciliation.services.families import family_title, known_families

TONES: dict[Any, Tone] = {
    RunState.RUNNING: "brand",
    RunState.WAITING: "doubt",
    RunState.BALANCED: "good",
    RunState.DIFFERENT: "bad",
    RunState.FAILED: "warn",
}
DAY = forms.DateInput(attrs={"type": "date"})


def families() -> list[tuple[str, str]]:
    return [(one, family_title(one)) for one in known_families()]


class RunFilter(ListFilter):
    family = choose("接口", families, empty="全部接口")
    state = choose("状态", RunState.choices)
    kind = choose("类型", RunKind.choices)
    since = django_filters.DateFilter(label="日期从", field_name="end", lookup_expr="gt", widget=DAY)
    until = django_filters.DateFilter(label="日期到", field_name="begin", lookup_expr="lte", widget=DAY)
    unsettled = choose("差异", [("open", "有未处理差异")], method="by_open")

    class Meta:
        model = Run
        fields = ("family", "state", "kind", "since", "until", "unsettled")

    def by_open(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(open_differences__gt=0)


class RunList(ListPage):
    """Every run in this environment, the newest days first."""

    name = "reconciliation.runs"
    title = "对账"
    template = "reconciliation/run_list.html"
    columns = (
        Column(
            "begin",
            "对账日期",
            width=24,
            value=lambda row: row.span_label,
            sort="begin",
            link=lambda row: reverse("reconciliation:run-detail", args=[row.pk]),
        ),
        Column("family", "接口", width=16, value=lambda row: family_title(row.family), sort="family"),
        Column("state", "状态", "state", tones=TONES),
        Column("ours_count", "笔数", "int", total=True),
        Column("ours_total", "医疗费总额", "money", total=True),
        Column("ours_fund", "基金支付总额", "money", total=True),
        Column("differences", "差异", "int", total=True),
        Column("open_differences", "未处理", "int", total=True),
        Column("difference_amount", "差异金额", "money", total=True),
        Column("note", "说明", width=36),
        Column("kind", "类型", shown=False),
        Column("ours_account", "个人账户支付", "money", total=True, shown=False),
        Column("ours_refunds", "其中退费", "int", total=True, shown=False),
        Column("pending", "待确认结算", "int", total=True, shown=False),
        Column("round", "次数", "int", shown=False),
        Column("started_as", "发起人", width=14),
        Column("started_at", "发起时间", "datetime"),
        Column("ended_at", "完成时间", "datetime", shown=False),
    )
    filterset = RunFilter
    default_sort = "-begin"
    export_permission = "reconciliation.runs.view"
    empty = "还没有对过账"
    empty_hint = "每天早上自动对前一天的账，也可以现在对账"

    def rows(self) -> QuerySet[Any]:
        return Run.objects.defer("rounds", "counts")
