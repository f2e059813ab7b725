"""Acceptance runs as a list."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from portal.web.tables import Column, ListFilter, ListPage, QuickSearch, choose
from portal.web.tables.columns import Tone
from settlement.models import AcceptanceRun, RunState
from settlement.rules.acceptance import FAMILIES

TONES: dict[Any, Tone] = {RunState.RUNNING: "brand", RunState.STOPPED: "warn", RunState.DONE: "good"}


class RunFilter(ListFilter):
    state = choose("状态", RunState.choices)
    q = QuickSearch(("number", "验收编号"), ("created_as", "发起人"), ("note", "结果"))

    class Meta:
        model = AcceptanceRun
        fields = ("state", "q")


class RunList(ListPage):
    """Every run in this environment; production has none."""

    name = "settlement.acceptance"
    title = "接入验收"
    template = "settlement/acceptance_list.html"
    columns = (
        Column("number", "验收编号", "id", link=lambda row: reverse("settlement:acceptance-detail", args=[row.pk])),
        Column("started_at", "开始时间", "datetime"),
        Column(
            "families", "业务", width=30, value=lambda row: "、".join(FAMILIES[one] for one in row.families), sort=""
        ),
        Column("state", "状态", "state", tones=TONES),
        Column("note", "结果", width=40),
        Column("person_masked", "测试人员", width=16, shown=False),
        Column("edition_title", "接口版本", width=16),
        Column("created_as", "发起人", width=14),
        Column("ended_at", "结束时间", "datetime", shown=False),
    )
    filterset = RunFilter
    default_sort = "-started_at"
    empty = "还没有运行过验收"
    empty_hint = "先完成“接入检查”，再从“新的验收”开始"

    def rows(self) -> QuerySet[Any]:
        return AcceptanceRun.objects.defer("given", "facts")
