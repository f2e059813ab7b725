"""The lists of the cross-region clearing: what the centre lists, what was confirmed in batches, what we settled."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.urls import reverse

from clearing.forms.cross_region import known_months
from clearing.models import (
    BatchState,
    Compared,
    CrossRegionBatch,
    CrossRegionRow,
    RowDecision,
    Standing,
    UploadedSettlement,
    UploadState,
)
from clearing.services.cross_region.months import DIFFERS, FLAWED, GONE
from portal.gateway.journal.states import DOUBTFUL, LIVE, State
from portal.web.tables import BulkAction, Column, ListFilter, ListPage, QuickSearch, choose
from portal.web.tables.columns import Tone

FINDINGS = [
    ("any", "有差异（全部）"),
    ("only_there", "本机构没有"),
    ("differs", "金额不一致"),
    ("twice", "中心重复列出"),
    ("changed", "中心已改动"),
    ("same", "一致"),
    ("not", "未比对"),
    ("flawed", "不符合规范"),
    ("gone", "中心已不再列出"),
]
FINDING_TONES: dict[str, Tone] = {
    "中心已改动": "bad",
    Compared.SAME.label: "good",
    Compared.ONLY_THERE.label: "bad",
    Compared.DIFFERS.label: "bad",
    Compared.TWICE.label: "bad",
}
DECISION_TONES: dict[str, Tone] = {
    RowDecision.UNDECIDED: "warn",
    RowDecision.CONFIRM: "good",
    RowDecision.DECLINE: "bad",
}
STANDING_TONES: dict[str, Tone] = {
    Standing.MOVING: "brand",
    Standing.CONFIRMED: "good",
    Standing.DECLINED: "warn",
}
BATCH_TONES: dict[str, Tone] = {"已确认": "good", "未确认": "bad", "已回退": ""}
for _label in (BatchState.CONFIRMING.label, BatchState.ROLLING_BACK.label):
    BATCH_TONES |= {f"{_label}·{State(state).label}": "doubt" if state in DOUBTFUL else "warn" for state in LIVE}


def by_month(rows: QuerySet[Any], path: str, value: str) -> QuerySet[Any]:
    """Rows of the month that the filter names as `2025-11`."""
    year, _, month = value.partition("-")
    return rows.filter(**{f"{path}__year": int(year), f"{path}__month": int(month)})


class CrossRowFilter(ListFilter):
    month = choose("结算月份", known_months, method="of_month")
    decision = choose("决定", RowDecision.choices)
    standing = choose("清分状态", Standing.choices)
    finding = choose("比对", FINDINGS, method="by_finding", empty="全部（不含已消失）")
    q = QuickSearch(("settlement_no", "结算流水号"), ("visit_no", "就诊登记号"))

    class Meta:
        model = CrossRegionRow
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        found: QuerySet[Any] = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("finding") == "gone" else self.unfiltered(found)

    @staticmethod
    def unfiltered(queryset: QuerySet[Any]) -> QuerySet[Any]:
        """What is shown when nothing is asked for."""
        return queryset.exclude(GONE)

    def of_month(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return by_month(rows, "month", value)

    def by_finding(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        conditions = {"any": DIFFERS, "changed": Q(changed_at__isnull=False), "flawed": FLAWED, "gone": GONE}
        return rows.filter(conditions.get(value, Q(compared=value)))


def row_url(row: CrossRegionRow) -> str:
    return reverse("clearing:cross-region-row", args=[row.pk])


class CrossRowList(ListPage):
    """What the centre lists (3260), what was decided and where it stands."""

    name = "clearing.cross_region_rows"
    title = "异地清分明细"
    columns = (
        Column("month", "结算月份", value=lambda row: row.month.key, sort="", width=10, shown=False),
        Column("sequence", "序号", "int", width=8),
        Column("settlement_no", "结算流水号", "id", link=row_url, width=26),
        Column("visit_no", "就诊登记号", "id", width=26, shown=False),
        Column("certificate", "证件号码", "id", value=lambda row: row.certificate_shown, width=22),
        Column("settled_at", "就诊结算时间", "datetime"),
        Column("region", "就医地区划", "id", width=10, shown=False),
        Column("provider_code", "医疗机构编号", "id", width=18, shown=False),
        Column("advance_flag", "垫付标志", value=lambda row: row.advance_label, sort="advance_flag", shown=False),
        Column("medical_fee", "总费用", "money", total=True),
        Column("agency_paid", "经办机构支付", "money", total=True),
        Column("finding", "比对", "state", value=lambda row: row.finding_label, sort="compared", tones=FINDING_TONES),
        Column("decision", "决定", "state", tones=DECISION_TONES),
        Column("reason", "理由", width=30, shown=False),
        Column("decided_as", "决定人", shown=False),
        Column("decided_at", "决定时间", "datetime", shown=False),
        Column("standing", "清分状态", "state", tones=STANDING_TONES),
        Column("batch__number", "批号", "int", shown=False),
    )
    filterset = CrossRowFilter
    template = "clearing/cross_region_rows.html"
    default_sort = "sequence"
    empty = "没有符合条件的异地清分明细"
    empty_hint = "先在“月份总览”获取这个月的明细"
    actions = (BulkAction("作出决定", "clearing:cross-region-decide", "clearing.cross_region.decide", "primary"),)

    def rows(self) -> QuerySet[Any]:
        assert self.member.institution
        mine = CrossRegionRow.objects.filter(month__environment=self.member.institution.environment)
        return mine.select_related("month", "batch")

    def row_css(self, row: CrossRegionRow) -> str:
        return "attention" if row.is_different and row.decision == RowDecision.UNDECIDED else ""


class BatchFilter(ListFilter):
    month = choose("结算月份", known_months, method="of_month")
    state = choose("状态", BatchState.choices)
    message_id = django_filters.CharFilter(label="确认报文编号", lookup_expr="icontains")

    class Meta:
        model = CrossRegionBatch
        fields: list[str] = []

    def of_month(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return by_month(rows, "month", value)


class BatchList(ListPage):
    """What was sent (3261), and what was taken back."""

    name = "clearing.cross_region_batches"
    title = "异地清分确认批次"
    columns = (
        Column(
            "month",
            "结算月份",
            "id",
            value=lambda batch: batch.month.key,
            link=lambda batch: reverse("clearing:cross-region-month", args=[batch.month_id]),
            width=10,
        ),
        Column("number", "批号", "int", width=8),
        Column("count", "条数", "int", total=True),
        Column("yes_count", "确认", "int", total=True),
        Column("no_count", "不确认", "int", total=True),
        Column("medical_fee", "确认总费用", "money", total=True, shown=False),
        Column("agency_paid", "确认支付总额", "money", total=True),
        Column("state", "状态", "state", value=lambda batch: batch.shown_state, sort="state", tones=BATCH_TONES),
        Column("message_id", "确认报文编号", "id", width=32),
        Column("submitted_as", "提交人", width=12),
        Column("submitted_at", "提交时间", "datetime"),
        Column("confirmed_at", "确认时间", "datetime", shown=False),
        Column("rolled_back_at", "回退时间", "datetime", shown=False),
        Column("note", "说明", width=40, shown=False),
    )
    filterset = BatchFilter
    template = "clearing/list.html"
    default_sort = "-submitted_at"
    empty = "还没有提交过异地清分确认"
    empty_hint = "对明细作出决定后，在月份页面提交确认"

    def rows(self) -> QuerySet[Any]:
        assert self.member.institution
        mine = CrossRegionBatch.objects.filter(month__environment=self.member.institution.environment)
        return mine.select_related("month", "operation", "rollback")


class OwnFilter(ListFilter):
    month = choose("结算月份", known_months, method="of_month")
    listed = choose("中心", [("no", "中心没有"), ("yes", "中心已列出")], method="by_listed")
    q = QuickSearch(("settlement_no", "结算流水号"))

    class Meta:
        model = UploadedSettlement
        fields: list[str] = []

    def of_month(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return by_month(rows, "upload__month", value)

    def by_listed(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(is_listed=value == "yes")


class OwnList(ListPage):
    """Our own settlements, as the file in use says them, beside the centre's list."""

    name = "clearing.cross_region_own"
    title = "本机构结算"
    columns = (
        Column("month", "结算月份", "id", value=lambda own: own.upload.month.key, width=10),
        Column("settlement_no", "结算流水号", "id", width=26),
        Column("medical_fee", "总费用", "money", total=True),
        Column("agency_paid", "经办机构支付", "money", total=True),
        Column(
            "is_listed",
            "中心",
            "state",
            value=lambda own: "已列出" if own.is_listed else "没有",
            sort="is_listed",
            tones={"已列出": "good", "没有": "bad"},
        ),
        Column("upload__name", "文件", width=30),
        Column("upload__uploaded_at", "导入时间", "datetime", shown=False),
    )
    filterset = OwnFilter
    template = "clearing/list.html"
    default_sort = "settlement_no"
    empty = "没有符合条件的本机构结算"
    empty_hint = "在月份页面导入本机构结算，才能与中心明细比对"

    def rows(self) -> QuerySet[Any]:
        assert self.member.institution
        used = UploadedSettlement.objects.filter(upload__state=UploadState.USED)
        return used.filter(upload__month__environment=self.member.institution.environment).select_related(
            "upload", "upload__month"
        )
