"""The list of admissions: by state, flow, person and days, with what was charged and uploaded."""

from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.db.models import Count, DecimalField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from injury.models import Admission, AdmissionState, FeeItem, FeeState, Flow
from injury.services.steps import HEAVY
from portal.codes import code_list
from portal.gateway.journal.states import DOUBTFUL, LIVE, State
from portal.vault import blind_indexes
from portal.web.tables import Column, ListFilter, ListPage, QuickSearch, choose
from portal.web.tables.columns import Tone

TONES: dict[str, Tone] = {
    AdmissionState.DRAFT: "warn",
    AdmissionState.ADMITTED: "brand",
    AdmissionState.DISCHARGED: "good",
    AdmissionState.UNDONE: "",
}
#: By the words that are shown; everything that is on its way has a dot and its operation's state.
SHOWN_TONES: dict[Any, Tone] = {
    str(AdmissionState(state).label): TONES.get(state, "warn") for state in AdmissionState.values
}
SHOWN_TONES |= {
    f"{AdmissionState(state).label}·{State(live).label}": "doubt" if live in DOUBTFUL else "warn"
    for state in AdmissionState.values
    for live in LIVE
}
OPEN = [("doubt", "结果待确认"), ("refused", "登记被拒绝"), ("waiting", "有待上传费用"), ("held", "有不能上传的费用")]
YUAN: "DecimalField[Any, Any]" = DecimalField(max_digits=18, decimal_places=4)


def visit_kinds() -> list[tuple[str, str]]:
    return [*code_list("injury.aka130").choices(), *code_list("injury.aka1300").choices()]


class AdmissionFilter(ListFilter):
    """A person is found by the whole identity number or name: both are sealed."""

    state = choose("状态", AdmissionState.choices, empty="全部（不含已撤销）")
    flow = choose("业务类型", Flow.choices)
    visit_kind = choose(
        "医疗类别", lambda: [*code_list("injury.aka130").choices(), *code_list("injury.aka1300").choices()]
    )
    open = choose("待办", OPEN, method="by_open")
    since = django_filters.DateFilter(
        label="入院日期从", field_name="admitted_on", lookup_expr="gte", widget=forms.DateInput(attrs={"type": "date"})
    )
    until = django_filters.DateFilter(
        label="入院日期到", field_name="admitted_on", lookup_expr="lte", widget=forms.DateInput(attrs={"type": "date"})
    )
    name = django_filters.CharFilter(label="姓名（完整）", method="by_name", max_length=60)
    q = QuickSearch(("number", "住院号/门诊号"), ("injury_no", "认定书号"), ("department", "科室"))

    class Meta:
        model = Admission
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        found: QuerySet[Any] = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("state") else found.exclude(state=AdmissionState.UNDONE)

    def by_name(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(name_index__in=blind_indexes(value.strip())) if value.strip() else rows

    def by_open(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        conditions = {
            "doubt": Q(operation__state__in=DOUBTFUL),
            "refused": Q(state=AdmissionState.DRAFT) & ~Q(note=""),
            "waiting": Q(waiting__gt=0),
            "held": Q(held__gt=0),
        }
        return rows.filter(conditions[value])


def _per_admission(aggregate: Any, **conditions: Any) -> Subquery:
    mine = FeeItem.objects.filter(admission=OuterRef("pk"), **conditions).order_by().values("admission")
    return Subquery(mine.annotate(found=aggregate).values("found"))


def with_fees(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Admissions with what is uploaded (yuan) and how many items wait or are held."""
    uploaded = _per_admission(Sum("amount"), state=FeeState.UPLOADED)
    found: QuerySet[Any] = rows.annotate(
        uploaded=Coalesce(uploaded, Value(Decimal(0)), output_field=YUAN),
        waiting=Coalesce(_per_admission(Count("pk"), state=FeeState.WAITING), Value(0)),
        held=Coalesce(_per_admission(Count("pk"), state=FeeState.HELD), Value(0)),
    )
    return found


def detail_url(row: Admission) -> str:
    return reverse("injury:admission-detail", args=[row.pk])


def number_of(row: Admission) -> str:
    return row.number or "（未填）"


class AdmissionList(ListPage):
    """Admissions, the newest first."""

    name = "injury.admissions"
    title = "工伤就诊"
    columns = (
        Column(
            "number", "住院号/门诊号", "id", value=lambda row: row.number or "（未填）", link=detail_url, sort="number"
        ),
        Column("state", "状态", "state", value=lambda row: row.shown_state, sort="state", tones=SHOWN_TONES),
        Column("flow", "业务类型", width=10),
        Column("name_masked", "姓名", width=10),
        Column("identity_masked", "身份证号", "id"),
        Column("visit_kind", "医疗类别", value=lambda row: row.visit_kind_label, sort="visit_kind", width=10),
        Column("treatment", "治疗类别", value=lambda row: row.treatment_label, sort="treatment", shown=False, width=10),
        Column("admitted_on", "入院日期", "date"),
        Column("discharged_on", "出院日期", "date"),
        Column("department", "科室", width=14),
        Column("doctor", "主治医师", width=10, shown=False),
        Column("injury_no", "认定书号", "id"),
        Column("treatment_no", "继续治疗申请", "id", shown=False),
        Column("diseases", "病种编码", shown=False),
        Column("uploaded", "已上传金额", "money", total=True),
        Column("waiting", "待上传（条）", "int", total=True),
        Column("held", "不能上传（条）", "int", total=True),
        Column("created_as", "建立人", width=12, shown=False),
        Column("registered_at", "登记时间", "datetime", shown=False),
        Column("note", "说明", width=40, shown=False),
    )
    filterset = AdmissionFilter
    template = "injury/list.html"
    default_sort = "-admitted_on"
    empty = "没有符合条件的就诊"
    empty_hint = "先在“查询工伤人员”中找到病人，再办理入院"

    def rows(self) -> QuerySet[Any]:
        assert self.member.institution
        mine = Admission.objects.filter(environment=self.member.institution.environment)
        return with_fees(mine).select_related("operation").defer(*HEAVY)

    def row_css(self, row: Admission) -> str:
        return "attention" if row.is_doubtful or (row.state == AdmissionState.DRAFT and row.note) else ""
