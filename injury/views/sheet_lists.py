"""Lists of settlement sheets and of what they strike out (4.16)."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.urls import reverse

from injury.models import LineMatch, SettlementSheet, SheetLine
from injury.rules.totals import CENT, ZERO
from portal.codes import code_list
from portal.web.charts import Chart, Series
from portal.web.tables import Column, ListFilter, ListPage, QuickSearch, choose
from portal.web.tables.columns import Tone

AUDIT_TONES: dict[str, Tone] = {"已审核": "good", "未审核": "warn"}
MATCH_TONES: dict[str, Tone] = {LineMatch.ONE: "", LineMatch.NONE: "bad", LineMatch.CENTRE: "warn"}


def sheet_url(row: Any) -> str:
    """The page of the sheet that a row belongs to."""
    return reverse("injury:sheet", args=[row.admission_id])


class LineFilter(ListFilter):
    """By reason, by state of the sheet, by whether it is an item of ours."""

    reason = choose("剔除原因", lambda: code_list("injury.aka073").choices())
    audited = choose("审核状态", [("1", "已审核"), ("0", "未审核")], method="by_audit")
    kind = choose("种类", lambda: code_list("injury.alc404").choices(), field_name="fee_item__kind")
    match = choose("对应", LineMatch.choices)
    q = QuickSearch(("name", "项目名称"), ("admission__number", "住院号/门诊号"))

    class Meta:
        model = SheetLine
        fields: list[str] = []

    def by_audit(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        audited = {"sheet__audit_state": "1"}
        return rows.filter(**audited) if value == "1" else rows.exclude(**audited)


class RejectedList(ListPage):
    """Struck-out items of the current sheets, and what they cost."""

    name = "injury.rejected"
    title = "剔除项目"
    columns = (
        Column("admission__number", "住院号/门诊号", "id", link=sheet_url, width=18),
        Column("admission__name_masked", "姓名", sort="", width=10),
        Column("name", "项目名称", width=30),
        Column("reason", "剔除原因", value=lambda row: row.reason_label, sort="reason", width=16),
        Column("quantity", "数量", "exact", value=lambda row: row.quantity_shown, sort=""),
        Column("amount", "金额", "money", value=lambda row: row.amount_shown, sort="amount", total=True),
        Column("rejected", "剔除金额", "money", total=True),
        Column("fee_item__prescribed_on", "处方日期", "date", sort=""),
        Column("fee_item__own_code", "医院内码", "id", sort="", shown=False),
        Column("match", "对应", "state", tones=MATCH_TONES, shown=False),
        Column("sheet__audit_state", "审核状态", value=lambda row: row.sheet.audit_label, sort="", width=10),
        Column("admission__department", "科室", sort="", shown=False),
        Column("admission__doctor", "主治医师", sort="", shown=False),
    )
    filterset = LineFilter
    template = "injury/rejected_list.html"
    default_sort = "-rejected"
    empty = "没有符合条件的剔除项目"
    empty_hint = "获取结算单后，被剔除的项目和原因列在这里"

    def rows(self) -> QuerySet[Any]:
        assert self.member.institution
        rows = SheetLine.objects.filter(environment=self.member.institution.environment, sheet__is_current=True)
        return rows.select_related("sheet", "admission", "fee_item")


class SheetFilter(ListFilter):
    """By audit state and number."""

    audit_state = choose("审核状态", lambda: code_list("injury.akc667").choices())
    q = QuickSearch(
        ("admission__number", "住院号/门诊号"),
    )

    class Meta:
        model = SettlementSheet
        fields: list[str] = []


class SheetList(ListPage):
    """The current sheet of every admission."""

    name = "injury.sheets"
    title = "结算单"
    columns = (
        Column("admission__number", "住院号/门诊号", "id", link=sheet_url, width=18),
        Column("admission__name_masked", "姓名", sort="", width=10),
        Column("admission__discharged_on", "出院日期", "date", sort=""),
        Column("audit_state", "审核状态", value=lambda row: row.audit_label, tones=AUDIT_TONES, sort="audit_state"),
        Column("total", "医疗费", "money", total=True),
        Column("fund_paid", "基金支付", "money", total=True),
        Column("self_paid", "自付", "money", total=True),
        Column("meal_subsidy", "伙食补贴", "money", total=True, shown=False),
        Column("settled", "结算金额", "money", total=True),
        Column("line_count", "自付项目", "int", total=True),
        Column("findings", "差异", value=lambda row: "；".join(row.findings) or "无", sort="", width=24),
        Column("read_at", "获取时间", "datetime"),
    )
    filterset = SheetFilter
    template = "injury/sheet_list.html"
    default_sort = "-read_at"
    empty = "没有符合条件的结算单"
    empty_hint = "费用核对一致后，在就诊页获取结算单"

    def rows(self) -> QuerySet[Any]:
        assert self.member.institution
        rows = SettlementSheet.objects.filter(environment=self.member.institution.environment, is_current=True)
        return rows.select_related("admission")


def by_reason(rows: QuerySet[SheetLine]) -> Chart | None:
    """What each reason costs, the dearest first; None while nothing is struck out."""
    found = list(
        rows.order_by()
        .values("reason")
        .annotate(count=Count("pk"), cost=Sum("rejected", default=ZERO))
        .order_by("-cost")
    )
    if not found:
        return None
    labels = code_list("injury.aka073")
    names = [f"{labels.label(one['reason']) if one['reason'] else '没有说明'}（{one['count']:,} 项）" for one in found]
    links = [f"{reverse('injury:rejected-list')}?reason={one['reason']}" if one["reason"] else "" for one in found]
    cost = Series("剔除金额", [one["cost"].quantize(CENT) for one in found])
    return Chart("各原因剔除金额", "horizontal", names, [cost], head="剔除原因", links=links)
