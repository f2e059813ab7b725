"""What was asked of the centre, as a list."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from portal.gateway.national.tables import table_of
from portal.web.tables import Column, ListFilter, ListPage, QuickSearch, choose
from portal.web.tables.columns import Tone
from settlement.models import Enquiry, EnquiryState
from settlement.rules.questions import NUMBERS

TONES: dict[Any, Tone] = {
    EnquiryState.ASKING: "brand",
    EnquiryState.ANSWERED: "good",
    EnquiryState.REFUSED: "bad",
    EnquiryState.DOUBTFUL: "warn",
}


def kinds() -> list[tuple[str, str]]:
    return [(number, f"{number} {table_of(number).name}") for number in NUMBERS]


class QueryFilter(ListFilter):
    number = choose("查询", kinds)
    state = choose("状态", EnquiryState.choices)
    q = QuickSearch(("label", "条件"), ("asked_as", "查询人"), ("title", "查询名称"))

    class Meta:
        model = Enquiry
        fields = ("number", "state", "q")


class QueryList(ListPage):
    """Queries of the last 180 days."""

    name = "settlement.queries"
    title = "查询记录"
    columns = (
        Column("asked_at", "查询时间", "datetime", link=lambda row: reverse("settlement:query-detail", args=[row.pk])),
        Column("number", "交易", "id", width=8),
        Column("title", "查询", width=22),
        Column("label", "条件", width=36),
        Column("state", "状态", "state", tones=TONES),
        Column("count", "条数", "int"),
        Column("asked_as", "查询人", width=14),
        Column("sentence", "说明", width=30, shown=False),
    )
    filterset = QueryFilter
    default_sort = "-asked_at"
    empty = "还没有查询过"
    empty_hint = "查询的答复保留 180 天"

    def rows(self) -> QuerySet[Any]:
        return Enquiry.objects.defer("params", "answer")
