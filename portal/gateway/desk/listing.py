"""The desks of an institution, with what their bridges last said."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from portal.gateway.desk.models import Desk
from portal.web.tables import Column, ListFilter, ListPage, QuickSearch, choose

ACTIVE = (("yes", "启用"), ("no", "停用"))


class DeskFilter(ListFilter):
    active = choose("状态", ACTIVE, method="by_active")
    q = QuickSearch(("name", "名称"), ("address", "桥接地址"), ("dept_name", "科室"))

    class Meta:
        model = Desk
        fields = ("active", "q")

    def by_active(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(is_active=value == "yes") if value in ("yes", "no") else rows


def standing(desk: Desk) -> str:
    """In words: what the bridge last said, or what is missing."""
    if not desk.is_active:
        return "已停用"
    if desk.token_set_at is None:
        return "还没有生成设置文件"
    return str(desk.health["sentence"]) if desk.health else "还没有检查"


class DeskList(ListPage):
    name = "gateway.desks"
    title = "终端"
    template = "gateway/desks.html"
    columns = (
        Column("name", "名称", link=lambda row: reverse("gateway:desk", args=[row.pk])),
        Column("address", "桥接地址", "id"),
        Column("dept_name", "医保科室"),
        Column("term_no", "终端编号", "id"),
        Column("standing", "状态", value=standing, sort="", width=40),
        Column("checked_at", "检查时间", "datetime"),
        Column("device_no", "设备编号", "id", shown=False),
        Column("created_label", "登记人", shown=False),
    )
    filterset = DeskFilter
    default_sort = "name"
    export_permission = "gateway.desks.view"
    empty = "还没有登记终端"
    empty_hint = "每个窗口的电脑运行桥接程序后，在这里登记它的地址"

    def rows(self) -> QuerySet[Any]:
        return Desk.objects.defer("certificate", "client_certificate", "token", "client_key")
