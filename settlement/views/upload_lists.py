"""The lists of uploads: records, departments, own items with their matching, settlements without a list."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse

from portal.web.tables import BulkAction, Column, ListFilter, ListPage, QuickSearch, choose
from portal.web.tables.columns import Tone
from settlement.models import OwnItem, Settlement, UploadRecord, UploadState, VisitKind
from settlement.models.upload import Source
from settlement.rules.uploads import KINDS
from settlement.services.uploads.making import MATCHES, matched_codes, without_list

TONES: dict[Any, Tone] = {
    UploadState.WAITING: "brand",
    UploadState.BLOCKED: "bad",
    UploadState.SENDING: "warn",
    UploadState.SENT: "good",
    UploadState.REFUSED: "bad",
    UploadState.DOUBTFUL: "doubt",
}
DAY = forms.DateInput(attrs={"type": "date"})
HEAVY = ("content", "faults", "operations")


def numbers() -> list[tuple[str, str]]:
    return [(number, f"{number} {kind.title}") for number, kind in KINDS.items()]


def record_url(row: UploadRecord) -> str:
    return reverse("settlement:upload-detail", args=[row.pk])


def note_of(row: UploadRecord) -> str:
    return f"{row.fault_count} 处问题" if row.state == UploadState.BLOCKED else row.note


class RecordFilter(ListFilter):
    number = choose("交易", numbers, empty="全部交易")
    state = choose("状态", UploadState.choices, empty="全部（只看最新内容）")
    source = choose("来源", Source.choices)
    reference = django_filters.CharFilter(label="业务编号", max_length=100)
    since = django_filters.DateFilter(label="到达日期从", field_name="arrived_at", lookup_expr="date__gte", widget=DAY)
    until = django_filters.DateFilter(label="到达日期到", field_name="arrived_at", lookup_expr="date__lte", widget=DAY)
    sent_since = django_filters.DateFilter(
        label="上传日期从", field_name="sent_at", lookup_expr="date__gte", widget=DAY
    )
    run = django_filters.UUIDFilter(label="上传任务", widget=forms.HiddenInput)
    q = QuickSearch(("reference", "业务编号"), ("label", "内容"), ("setl_id", "结算ID"), ("mdtrt_id", "就诊ID"))

    class Meta:
        model = UploadRecord
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        found: QuerySet[Any] = super().filter_queryset(queryset)
        said = self.form.cleaned_data
        return found if said.get("state") or said.get("run") else found.filter(is_current=True)


class RecordList(ListPage):
    """Records of every number, the newest first."""

    name = "settlement.uploads"
    title = "采集记录"
    columns = (
        Column("reference", "业务编号", "id", value=lambda row: row.reference or row.key, sort="reference",
               link=record_url),
        Column("state", "状态", "state", tones=TONES, width=10),
        Column("number", "交易", width=8),
        Column("title", "交易名称", value=lambda row: KINDS[row.number].title, sort="", width=18),
        Column("label", "内容", width=20),
        Column("note", "说明", value=note_of, sort="", width=30),
        Column("arrived_at", "到达时间", "datetime"),
        Column("sent_at", "上传时间", "datetime"),
        Column("source", "来源", width=12),
        Column("arrived_as", "录入人", shown=False),
        Column("version", "版次", "int", shown=False),
        Column("size", "大小（字节）", "int", total=True, shown=False),
        Column("key", "业务主键", "id", shown=False),
        Column("mdtrt_id", "就诊ID", "id", shown=False),
        Column("setl_id", "结算ID", "id", shown=False),
        Column("centre_no", "中心流水号", "id", shown=False),
        Column("code", "结果代码", shown=False),
    )  # fmt: skip
    filterset = RecordFilter
    template = "settlement/upload_records.html"
    default_sort = "-id"
    actions = (
        BulkAction(
            "重新上传",
            "settlement:upload-again",
            "settlement.uploads.send",
            "light",
            "{n} 条记录中被中心拒绝的重新排队，内容不变。",
            "重新上传",
        ),
    )
    export_permission = "settlement.uploads.view"
    empty = "还没有采集记录"
    empty_hint = "由院内系统通过接口提交，或导入文件、在页面录入"

    def rows(self) -> QuerySet[Any]:
        return UploadRecord.objects.defer(*HEAVY)

    def row_css(self, row: Any) -> str:
        return "" if row.is_current else "quiet"


class DepartmentFilter(ListFilter):
    state = choose("状态", UploadState.choices)
    q = QuickSearch(("reference", "科室编码"), ("label", "科室名称"))

    class Meta:
        model = UploadRecord
        fields = ("state", "q")


class DepartmentList(ListPage):
    """The institution's departments as the centre shall know them (3401A, 3402, 3403)."""

    name = "settlement.departments"
    title = "科室"
    columns = (
        Column("reference", "科室编码", "id", link=record_url),
        Column("label", "科室名称", width=24),
        Column("state", "状态", "state", tones=TONES),
        Column("is_at_centre", "中心已有", value=lambda row: "有" if row.is_at_centre else "没有", sort="is_at_centre"),
        Column("note", "说明", value=note_of, sort="", width=36),
        Column("sent_at", "上传时间", "datetime"),
        Column("arrived_at", "录入时间", "datetime"),
        Column("arrived_as", "录入人"),
    )
    filterset = DepartmentFilter
    template = "settlement/upload_departments.html"
    default_sort = "reference"
    export_permission = "settlement.uploads.view"
    empty = "还没有科室"
    empty_hint = "新增科室，或导入文件"

    def rows(self) -> QuerySet[Any]:
        return UploadRecord.objects.filter(number="3401A", is_current=True).defer(*HEAVY)


class ItemFilter(ListFilter):
    matched = choose("对照", [("none", "没有对照"), ("open", "待上传或有误"), ("sent", "已上传")], method="by_matched")
    q = QuickSearch(("own_code", "机构项目编码"), ("own_name", "名称"), ("item_code", "医疗目录编码"))

    class Meta:
        model = OwnItem
        fields = ("matched", "q")

    def by_matched(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == "none":
            return rows.filter(match_state=None)
        return rows.filter(match_state__in=[UploadState.SENT] if value == "sent" else UploadState.open())


def match_word(row: Any) -> str:
    return str(UploadState(row.match_state).label) if row.match_state else "没有对照"


class ItemList(ListPage):
    """Own items with their matching to the national catalogue (3301, 3302)."""

    name = "settlement.matches"
    title = "目录对照"
    columns = (
        Column("own_code", "机构项目编码", "id"),
        Column("own_name", "名称", width=26),
        Column("item_code", "医疗目录编码", "id"),
        Column(
            "match_state",
            "对照",
            "state",
            value=match_word,
            sort="",
            tones={str(UploadState(state).label): tone for state, tone in TONES.items()},
            link=lambda row: reverse("settlement:upload-detail", args=[row.match_id]) if row.match_id else "",
        ),
        Column("match_note", "说明", value=lambda row: row.match_note or "", sort="", width=30),
        Column("spec", "规格", shown=False),
        Column("unit", "单位", shown=False),
        Column("price", "单价", "money", shown=False),
        Column("used_at", "最近使用", "datetime"),
    )
    filterset = ItemFilter
    template = "settlement/upload_matches.html"
    default_sort = "own_code"
    actions = (
        BulkAction(
            "生成对照",
            "settlement:match-make",
            "settlement.uploads.enter",
            "primary",
            "为 {n} 个机构项目生成目录对照，随后可以上传。",
            "生成对照",
        ),
    )
    export_permission = "settlement.uploads.view"
    empty = "还没有机构项目"
    empty_hint = "收费明细到达时自动记下机构项目"

    def rows(self) -> QuerySet[Any]:
        assert self.member.institution
        mine = matched_codes(self.member.institution.environment).filter(number=MATCHES)
        newest = mine.filter(reference=OuterRef("own_code")).order_by("-id")
        return OwnItem.objects.annotate(
            match_state=Subquery(newest.values("state")[:1]),
            match_id=Subquery(newest.values("pk")[:1]),
            match_note=Subquery(newest.values("note")[:1]),
        )


class UnlistedFilter(ListFilter):
    kind = choose("就诊类型", [one for one in VisitKind.choices if one[0] != VisitKind.PHARMACY])
    q = QuickSearch(("number", "结算单号"), ("setl_id", "结算ID"), ("visit__number", "住院/门诊号"))

    class Meta:
        model = Settlement
        fields = ("kind", "q")


class UnlistedList(ListPage):
    """Settlements that have no settlement list yet."""

    name = "settlement.unlisted"
    title = "未生成清单的结算"
    columns = (
        Column("number", "结算单号", "id", link=lambda row: reverse("settlement:settlement-detail", args=[row.pk])),
        Column("kind", "就诊类型"),
        Column("visit__number", "住院/门诊号", "id"),
        Column("visit__name_masked", "姓名"),
        Column("setl_id", "结算ID", "id"),
        Column("total", "医疗费总额", "money", total=True),
        Column("fund", "基金支付总额", "money", total=True),
        Column("settled_at", "结算时间", "datetime"),
    )
    filterset = UnlistedFilter
    template = "settlement/upload_unlisted.html"
    default_sort = "-settled_at"
    actions = (
        BulkAction(
            "生成清单",
            "settlement:upload-lists-make",
            "settlement.uploads.enter",
            "primary",
            "为 {n} 次结算生成结算清单（4101A），缺少的内容随后补填。",
            "生成结算清单",
        ),
    )
    export_permission = "settlement.uploads.view"
    empty = "没有未生成清单的结算"

    def rows(self) -> QuerySet[Any]:
        assert self.member.institution
        return without_list(self.member.institution.environment).defer("reply")
