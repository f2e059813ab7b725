"""The gateway's documented errors, for people: what each means and what to do."""

from typing import Any

from django.db.models import QuerySet
from django.http.response import HttpResponseBase

from injury.models import ErrorCode
from injury.views.mapping_lists import Words
from portal.access.gate import page
from portal.access.member import PortalRequest
from portal.web.tables import Column, ListFilter, ListPage, choose


class ErrorFilter(ListFilter):
    section = choose("所属接口", lambda: [(name, name) for name in sections()])
    definite = choose("办理情况", [("yes", "可断定没有办理"), ("no", "不能断定，需要核实")], method="by_definite")
    q = Words(
        ("initials", "拼音首字母"), ("code", "代码"), ("mark", "原文编号"), ("text", "说明"), ("next_step", "下一步")
    )

    class Meta:
        model = ErrorCode
        fields: list[str] = []

    def by_definite(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(definite=value == "yes")


def sections() -> list[str]:
    """The headings of 5.2, in its order."""
    return list(dict.fromkeys(ErrorCode.objects.order_by("number").values_list("section", flat=True)))


class ErrorList(ListPage):
    """The 315 documented errors (5.2), with what to do."""

    name = "injury.errors"
    title = "错误代码"
    columns = (
        Column("code", "错误代码", "id", width=10),
        Column("section", "所属接口", width=16),
        Column("text", "接口说明", width=44),
        Column("next_step", "下一步", width=48),
        Column(
            "definite",
            "办理情况",
            "state",
            value=lambda row: "没有办理" if row.definite else "需要核实" if row.next_step else "成功",
            sort="definite",
            tones={"没有办理": "", "需要核实": "doubt", "成功": "good"},
        ),
        Column("mark", "原文编号", "id", width=12, shown=False),
    )
    filterset = ErrorFilter
    template = "injury/error_list.html"
    default_sort = "number"
    empty = "没有符合条件的错误代码"

    def rows(self) -> QuerySet[Any]:
        return ErrorCode.objects.all()


@page("injury.admissions.view")
def error_list(request: PortalRequest) -> HttpResponseBase:
    """错误代码: every row of 5.2 with its next step."""
    return ErrorList(request.member, request.GET).respond(request)
