"""The lists of fee items, of what is held back, and of doctor's advices."""

from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.db.models import F, QuerySet, Value
from django.urls import reverse

from injury.models import Advice, FeeItem, FeeState, HeldKind, Source
from injury.rules.fee_holds import REMEDIES
from portal.codes import code_list
from portal.web.tables import BulkAction, Column, ListFilter, ListPage, QuickSearch, choose
from portal.web.tables.columns import Tone

STATE_TONES: dict[str, Tone] = {
    FeeState.WAITING: "brand",
    FeeState.HELD: "warn",
    FeeState.FROZEN: "brand",
    FeeState.UPLOADED: "good",
    FeeState.DOUBTFUL: "doubt",
}
SIGNS = [("charge", "收费"), ("refund", "退费")]
REJECTIONS = [("yes", "有剔除"), ("no", "无剔除"), ("unknown", "未审核")]


def a_day(label: str, lookup: str, path: str) -> django_filters.DateFilter:
    return django_filters.DateFilter(
        label=label,
        field_name=path,
        lookup_expr=lookup,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": "应为日期，如 2025-06-01"},
    )


class OfAdmission(ListFilter):
    """Of one admission: by its id in the address (from its page), or by the number that somebody types."""

    admission = django_filters.UUIDFilter(
        label="就诊", widget=forms.HiddenInput, error_messages={"invalid": "没有这次就诊"}
    )
    number = django_filters.CharFilter(label="住院号/门诊号", field_name="admission__number", max_length=30)

    class Meta:
        model = FeeItem
        fields: list[str] = []


class FeeFilter(OfAdmission):
    state = choose("状态", FeeState.choices)
    kind = choose("种类", lambda: code_list("injury.alc404").choices())
    category = choose("收费类别", lambda: code_list("injury.aka063").choices())
    held_kind = choose("暂不能上传的原因", HeldKind.choices)
    sign = choose("收费/退费", SIGNS, method="by_sign")
    rejected = choose("剔除", REJECTIONS, method="by_rejection")
    since = a_day("处方日期起", "gte", "prescribed_on")
    until = a_day("处方日期止", "lte", "prescribed_on")
    q = QuickSearch(
        ("line_id", "费用流水号"), ("own_code", "医院内码"), ("own_name", "项目名称"), ("centre_code", "中心编码")
    )

    def by_sign(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(amount__lt=0) if value == "refund" else rows.filter(amount__gt=0)

    def by_rejection(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == "unknown":
            return rows.filter(rejected__isnull=True)
        return rows.filter(rejected=0) if value == "no" else rows.exclude(rejected=0).filter(rejected__isnull=False)


def fee_url(item: FeeItem) -> str:
    return reverse("injury:fee-detail", args=[item.pk])


def exact(value: Any) -> str:
    """Up to six places, without trailing noughts: a price or quantity is no amount of two places."""
    return f"{value.normalize():f}" if value is not None else ""


NUMBER = Column(
    "number",
    "住院号/门诊号",
    "id",
    value=lambda item: item.admission.number,
    link=lambda item: f"{reverse('injury:fee-list')}?admission={item.admission_id}",
    sort="admission__number",
    width=16,
)


class FeeList(ListPage):
    """费用明细: of one admission, or over all."""

    name = "injury.fees"
    title = "费用明细"
    columns = (
        NUMBER,
        Column("line_id", "费用流水号", "id", link=fee_url, width=18),
        Column("prescribed_on", "处方日期", "date"),
        Column("own_code", "医院内码", "id", width=14),
        Column("own_name", "项目名称", width=24),
        Column("kind", "种类", value=lambda item: item.kind_label, sort="kind", width=8),
        Column("category", "收费类别", value=lambda item: item.category_label, sort="category", width=12),
        Column("centre_code", "中心编码", "id", width=20),
        Column("centre_name", "中心名称", width=24, shown=False),
        Column("grade", "等级", value=lambda item: item.grade_label, sort="grade", width=8, shown=False),
        Column("version", "目录版本", width=10, shown=False),
        Column("price", "单价", "exact", value=lambda item: exact(item.price), sort="price", width=12, shown=False),
        Column("quantity", "数量", "exact", value=lambda item: exact(item.quantity), sort="quantity", width=10),
        Column("amount", "金额", "money", total=True, width=12),
        Column("state", "状态", "state", tones=STATE_TONES, width=10),
        Column("held_because", "原因", width=40, shown=False),
        Column("refunded_line", "冲减", "id", value=lambda item: item.refunded_line, sort="", width=16, shown=False),
        Column("advice_no", "医嘱流水号", "id", width=14, shown=False),
        Column("prescription", "处方号", "id", width=14, shown=False),
        Column("specification", "规格", width=16, shown=False),
        Column("trace_codes", "药品追溯码", "id", width=24, shown=False),
        Column("is_unrelated", "非工伤治疗", width=10, shown=False),
        Column("is_rescue", "特殊伤情抢救", width=10, shown=False),
        Column("rejected", "剔除金额", "money", total=True, shown=False),
        Column("source", "来源", width=10, shown=False),
        Column("arrived_as", "录入人", width=12, shown=False),
        Column("arrived_at", "到达时间", "datetime"),
        Column("uploaded_at", "上传时间", "datetime", shown=False),
    )
    filterset = FeeFilter
    template = "injury/fee_list.html"
    default_sort = "-arrived_at"
    amount = "amount"
    empty = "没有符合条件的费用明细"
    empty_hint = "费用由医院系统通过接口传入，也可以导入 Excel 或在页面上录入"
    actions = (
        BulkAction("不上传", "injury:fee-drop", "injury.fees.enter", "light"),
        BulkAction("恢复上传", "injury:fee-restore", "injury.fees.enter", "light"),
    )

    def rows(self) -> QuerySet[Any]:
        return FeeItem.objects.select_related("admission").annotate(refunded_line=F("refunds__line_id"))

    def row_css(self, row: FeeItem) -> str:
        return "attention" if row.state == FeeState.HELD else ""

    @property
    def admission_id(self) -> UUID | None:
        """The one admission that is shown, if it is one."""
        form = self.filter.form if self.filter else None
        return form.cleaned_data.get("admission") if form is not None and form.is_valid() else None


class HeldFilter(OfAdmission):
    held_kind = choose("原因", HeldKind.choices)
    q = QuickSearch(("line_id", "费用流水号"), ("own_code", "医院内码"), ("own_name", "项目名称"))


class HeldList(ListPage):
    """暂不能上传: what waits for a person, why, and what to do."""

    name = "injury.held_fees"
    title = "暂不能上传的费用"
    columns = (
        NUMBER,
        Column("line_id", "费用流水号", "id", link=fee_url, width=18),
        Column("own_code", "医院内码", "id", link=lambda item: mapping_url(item), width=14),
        Column("own_name", "项目名称", width=22),
        Column("amount", "金额", "money", total=True, width=12),
        Column("held_kind", "类型", "state", tones=dict.fromkeys(HeldKind.values, "warn"), width=12),
        Column("held_because", "原因", width=44),
        Column("remedy", "怎么办", value=lambda item: REMEDIES.get(item.held_kind, ""), width=36),
        Column("prescribed_on", "处方日期", "date", shown=False),
        Column("arrived_at", "到达时间", "datetime", shown=False),
    )
    filterset = HeldFilter
    template = "injury/held_list.html"
    default_sort = "-arrived_at"
    amount = "amount"
    empty = "没有暂不能上传的费用"
    empty_hint = "所有到达的费用都可以上传"
    actions = (
        BulkAction("重新上传", "injury:fee-release", "injury.fees.enter", "light"),
        BulkAction("不上传", "injury:fee-drop", "injury.fees.enter", "light"),
    )

    def rows(self) -> QuerySet[Any]:
        return FeeItem.objects.filter(state=FeeState.HELD).exclude(held_kind="").select_related("admission")


def mapping_url(item: FeeItem) -> str:
    return f"{reverse('injury:mapping-list')}?q={item.own_code}"


class AdviceFilter(OfAdmission):
    kind = choose("医嘱类型", lambda: code_list("injury.alk022").choices())
    uploaded = choose("上传", [("yes", "已上传"), ("no", "待上传")], method="by_upload")
    source = choose("来源", Source.choices)
    q = QuickSearch(("number", "医嘱流水号"), ("text", "医嘱信息"), ("doctor", "医师"))

    class Meta:
        model = Advice
        fields: list[str] = []

    def by_upload(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        same = {"uploaded_version": F("version")}
        return rows.filter(**same) if value == "yes" else rows.exclude(**same)


def advice_url(advice: Any) -> str:
    """The page that replaces it, for those who may."""
    return f"{reverse('injury:advice-new')}?advice={advice.pk}" if advice.may_change else ""


class AdviceList(ListPage):
    """医嘱: the newest version of each."""

    name = "injury.advices"
    title = "医嘱"
    columns = (
        NUMBER,
        Column("number_", "医嘱流水号", "id", value=lambda one: one.number, link=advice_url, sort="number", width=16),
        Column("started_on", "开始日期", "date"),
        Column("ended_on", "结束日期", "date"),
        Column("kind", "医嘱类型", value=lambda advice: advice.kind_label, sort="kind", width=10),
        Column("text", "医嘱信息", width=40),
        Column("usage", "药物用法", width=24, shown=False),
        Column("doctor", "医师签名", width=10),
        Column("nurse", "护士签名", width=10),
        Column("version", "版本", "int", width=6),
        Column(
            "is_uploaded",
            "上传",
            "state",
            value=lambda advice: "已上传" if advice.is_uploaded else "待上传",
            sort="uploaded_version",
            tones={"已上传": "good", "待上传": "brand"},
            width=8,
        ),
        Column("source", "来源", width=10, shown=False),
        Column("arrived_at", "到达时间", "datetime", shown=False),
        Column("changed_at", "更新时间", "datetime"),
    )
    filterset = AdviceFilter
    template = "injury/advice_list.html"
    default_sort = "-changed_at"
    empty = "没有符合条件的医嘱"
    empty_hint = "医嘱由医院系统通过接口传入，也可以导入 Excel 或在页面上录入"

    def rows(self) -> QuerySet[Any]:
        may = Value(self.member.may("injury.fees.enter"))
        return Advice.objects.select_related("admission").annotate(may_change=may)
