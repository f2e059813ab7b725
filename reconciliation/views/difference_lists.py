"""Differences as a list, with figures by kind and age above it."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import Any

import django_filters
from django import forms
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from portal.codes import code_list
from portal.web.tables import BulkAction, Column, ListFilter, ListPage, QuickSearch, choose
from portal.web.tables.columns import Tone
from reconciliation.models import Difference, DifferenceKind, DifferenceState
from reconciliation.models.difference import Outcome, Proposal
from reconciliation.services.families import family_title
from reconciliation.views.run_lists import families

DAY = forms.DateInput(attrs={"type": "date"})
STATE_TONES: dict[Any, Tone] = {
    DifferenceState.OPEN: "bad",
    DifferenceState.PROPOSED: "warn",
    DifferenceState.DECIDED: "brand",
    DifferenceState.DONE: "good",
}
OLD = timedelta(days=7)


class DifferenceFilter(ListFilter):
    kind = choose("差异类型", DifferenceKind.choices)
    state = choose("状态", DifferenceState.choices)
    open = choose(
        "待办",
        [("1", "未处理完"), ("second", "待复核"), ("mine", "指派给我"), ("free", "没有指派"), ("old", "7 天以上")],
        method="by_open",
    )
    family = choose("接口", families, empty="全部接口")
    insutype = choose("险种", lambda: code_list("national.insutype").choices())
    clr_type = choose("清算类别", lambda: code_list("national.clr_type").choices())
    proposal = choose("建议", Proposal.choices)
    outcome = choose("处理结果", Outcome.choices)
    since = django_filters.DateFilter(label="结算日期从", field_name="day", lookup_expr="gte", widget=DAY)
    until = django_filters.DateFilter(label="结算日期到", field_name="day", lookup_expr="lte", widget=DAY)
    least = django_filters.NumberFilter(label="差额不少于（元）", method="by_amount", max_digits=16, decimal_places=2)
    q = QuickSearch(
        ("number", "结算单号"),
        ("setl_id", "结算ID"),
        ("mdtrt_id", "就诊ID"),
        ("msgid", "报文编号"),
        ("about", "就诊号"),
    )
    run = django_filters.UUIDFilter(label="对账", method="by_run", widget=forms.HiddenInput)

    class Meta:
        model = Difference
        fields: list[str] = []

    def by_run(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        return rows.filter(sightings__run=value, sightings__round=F("sightings__run__round"))

    def by_amount(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        return rows.filter(Q(total_gap__gte=value) | Q(total_gap__lte=-value))

    def by_open(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        rows = rows.filter(state__in=DifferenceState.live()).exclude(kind=DifferenceKind.PENDING)
        conditions = {
            "1": Q(),
            "second": Q(state=DifferenceState.PROPOSED),
            "mine": Q(assigned_to=self.viewer),
            "free": Q(assigned_to=None),
            "old": Q(found_at__lt=timezone.now() - OLD),
        }
        return rows.filter(conditions[value])

    viewer: Any = None


def difference_url(row: Difference) -> str:
    return reverse("reconciliation:difference-detail", args=[row.pk])


def days_open(row: Difference) -> int:
    """Whole days from when it was found to when it was dealt with, or to now."""
    return ((row.done_at or timezone.now()) - row.found_at).days


class DifferenceList(ListPage):
    """Every difference, the newest first; gaps are ours minus theirs."""

    name = "reconciliation.differences"
    title = "差异"
    template = "reconciliation/difference_list.html"
    columns = (
        Column(
            "number",
            "结算单号",
            "id",
            value=lambda row: row.number or row.setl_id or row.msgid,
            sort="number",
            link=difference_url,
        ),
        Column("kind", "差异类型", width=16),
        Column("state", "状态", "state", tones=STATE_TONES),
        Column("day", "结算日期", "date"),
        Column("person", "人员", width=10),
        Column("ours_total", "本机构总额", "money", total=True),
        Column("theirs_total", "中心总额", "money", total=True),
        Column("total_gap", "差额", "money", total=True),
        Column("proposal", "建议", width=14),
        Column("outcome", "处理结果", width=14),
        Column("assigned_to", "负责人", width=12, value=lambda row: str(row.assigned_to or ""), sort="assigned_to"),
        Column("age", "天数", "int", value=days_open, sort="found_at", help="从发现到处理完（或到现在）的天数"),
        Column("family", "接口", width=16, value=lambda row: family_title(row.family), sort="family", shown=False),
        Column("setl_id", "结算ID", "id", shown=False),
        Column("mdtrt_id", "就诊ID", "id", shown=False),
        Column("about", "就诊号", "id", shown=False),
        Column("insutype", "险种", value=lambda row: row.insutype_label, sort="insutype", width=14, shown=False),
        Column("clr_type", "清算类别", value=lambda row: row.clr_type_label, sort="clr_type", width=12, shown=False),
        Column("fund_gap", "基金差", "money", total=True, shown=False),
        Column("account_gap", "个人账户差", "money", total=True, shown=False),
        Column("ours", "本机构", width=20, shown=False),
        Column("theirs", "中心", width=20, shown=False),
        Column("found_at", "发现时间", "datetime", shown=False),
        Column("seen_at", "最近发现", "datetime", shown=False),
        Column("done_at", "处理完成", "datetime", shown=False),
        Column("note", "说明", width=40, shown=False),
    )
    filterset = DifferenceFilter
    default_sort = "-found_at"
    amount = "total_gap"
    actions = (
        BulkAction("处理", "reconciliation:difference-decide", "reconciliation.differences.decide", "primary"),
        BulkAction(
            "复核通过",
            "reconciliation:difference-approve",
            "reconciliation.differences.approve",
            "success",
            confirm="对所选 {n} 条差异，按各条提出的处理方式立即办理，差额合计 {amount} 元。{what}",
            confirm_title="复核差异处理",
        ),
        BulkAction("指派", "reconciliation:difference-assign", "reconciliation.differences.discuss", "light"),
    )
    empty = "没有符合条件的差异"
    empty_hint = "对账不平时，每一笔不一致的结算列在这里"

    def rows(self) -> QuerySet[Any]:
        return Difference.objects.select_related("assigned_to")

    @cached_property
    def filter(self) -> DifferenceFilter:
        found = DifferenceFilter(self.params, queryset=self.own_rows())
        found.viewer = self.member.user
        return found

    def row_css(self, row: Difference) -> str:
        return "attention" if row.is_live and row.is_exception and days_open(row) >= OLD.days else ""
