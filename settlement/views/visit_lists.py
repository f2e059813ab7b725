"""The lists of visits and of settlements, of every kind, with totals by the database."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.db.models import Count, DecimalField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from portal.codes import code_list
from portal.gateway.journal.states import DOUBTFUL, LIVE, State
from portal.vault import blind_indexes
from portal.web.tables import Column, ListFilter, ListPage, QuickSearch, choose
from portal.web.tables.columns import Tone
from settlement.models import FeeLine, LineState, Settlement, SettlementState, Visit, VisitKind, VisitState
from settlement.models.settlement import TONES
from settlement.services.steps import HEAVY

DAY = forms.DateInput(attrs={"type": "date"})
YUAN: "DecimalField[Any, Any]" = DecimalField(max_digits=18, decimal_places=2)
VISIT_TONES: dict[str, Tone] = {
    VisitState.DRAFT: "warn",
    VisitState.OPEN: "brand",
    VisitState.LEFT: "brand",
    VisitState.SETTLED: "good",
    VisitState.UNDONE: "",
}


def shown_tones(states: Any, tones: Mapping[Any, Any], extra: tuple[str, ...] = ()) -> dict[Any, Tone]:
    """By the words that are shown; what is on its way has a dot and its operation's state."""
    found: dict[Any, Tone] = {str(states(value).label): tones.get(value, "warn") for value in states.values}
    for label in (*found, *extra):
        found |= {f"{label}·{State(live).label}": "doubt" if live in DOUBTFUL else "warn" for live in LIVE}
    return found | dict.fromkeys(extra, "warn")


class VisitFilter(ListFilter):
    """A person is found by the whole name or number: both are sealed."""

    kind = choose("就诊类型", VisitKind.choices)
    state = choose("状态", VisitState.choices, empty="全部（不含已撤销）")
    open = choose(
        "待办", [("doubt", "结果待确认"), ("broken", "金额待认可"), ("unsettled", "未结算")], method="by_open"
    )
    med_type = choose("医疗类别", lambda: code_list("national.med_type").choices())
    since = django_filters.DateFilter(label="开始日期从", field_name="started_at", lookup_expr="date__gte", widget=DAY)
    until = django_filters.DateFilter(label="开始日期到", field_name="started_at", lookup_expr="date__lte", widget=DAY)
    name = django_filters.CharFilter(label="姓名（完整）", method="by_name", max_length=60)
    q = QuickSearch(("number", "住院/门诊号"), ("mdtrt_id", "就诊ID"), ("department_name", "科室"))

    class Meta:
        model = Visit
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        found: QuerySet[Any] = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("state") else found.exclude(state=VisitState.UNDONE)

    def by_name(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(name_index__in=blind_indexes(value.strip())) if value.strip() else rows

    def by_open(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        conditions = {
            "doubt": Q(operation__state__in=DOUBTFUL),
            "broken": Q(pk__in=Settlement.objects.filter(state=SettlementState.BROKEN).values("visit")),
            "unsettled": Q(state__in=[VisitState.DRAFT, VisitState.OPEN, VisitState.LEFT]),
        }
        return rows.filter(conditions[value])


def with_sums(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Visits with what was charged, what is settled, and what the patient paid of it (yuan)."""
    lines = FeeLine.objects.filter(visit=OuterRef("pk")).exclude(state=LineState.REMOVED).order_by().values("visit")
    standing = Settlement.objects.filter(visit=OuterRef("pk"), state__in=SettlementState.happened())
    settled = standing.order_by().values("visit")
    zero = Value(Decimal(0))
    found: QuerySet[Any] = rows.annotate(
        charged=Coalesce(Subquery(lines.annotate(x=Sum("amount")).values("x")), zero, output_field=YUAN),
        lines_count=Coalesce(Subquery(lines.annotate(x=Count("pk")).values("x")), Value(0)),
        settled=Coalesce(Subquery(settled.annotate(x=Sum("total")).values("x")), zero, output_field=YUAN),
        fund=Coalesce(Subquery(settled.annotate(x=Sum("fund")).values("x")), zero, output_field=YUAN),
        cash=Coalesce(Subquery(settled.annotate(x=Sum("cash")).values("x")), zero, output_field=YUAN),
    )
    return found


def visit_url(row: Visit) -> str:
    return reverse("settlement:visit-detail", args=[row.pk])


class VisitList(ListPage):
    """Visits, the newest first."""

    name = "settlement.visits"
    title = "就诊"
    columns = (
        Column("number", "住院/门诊号", "id", link=visit_url, sort="number"),
        Column(
            "state",
            "状态",
            "state",
            value=lambda row: row.shown_state,
            sort="state",
            tones=shown_tones(VisitState, VISIT_TONES, ("开单中",)),
        ),
        Column("kind", "就诊类型", width=10),
        Column("name_masked", "姓名", width=10),
        Column("document_masked", "证件号码", "id", shown=False),
        Column("med_type", "医疗类别", value=lambda row: row.med_type_label, sort="med_type", width=12),
        Column("insurance", "险种", value=lambda row: row.insurance_label, sort="insurance", width=14, shown=False),
        Column("department_name", "科室", width=12),
        Column("doctor_name", "医师", width=10, shown=False),
        Column("started_at", "开始时间", "datetime"),
        Column("ended_at", "结束时间", "datetime", shown=False),
        Column("lines_count", "明细（条）", "int", total=True),
        Column("charged", "明细金额", "money", total=True),
        Column("settled", "已结算", "money", total=True),
        Column("fund", "基金支付", "money", total=True),
        Column("cash", "现金支付", "money", total=True),
        Column("mdtrt_id", "就诊ID", "id", shown=False),
        Column("created_as", "建立人", width=12, shown=False),
        Column("note", "说明", width=40, shown=False),
    )
    filterset = VisitFilter
    template = "settlement/list.html"
    default_sort = "-started_at"
    empty = "没有符合条件的就诊"
    empty_hint = "先识别参保人身份，再开始购药、门诊或住院"

    def rows(self) -> QuerySet[Any]:
        assert self.member.institution
        mine = Visit.objects.filter(environment=self.member.institution.environment)
        return with_sums(mine).select_related("operation").defer(*HEAVY)

    def row_css(self, row: Visit) -> str:
        return "attention" if row.is_doubtful else ""


class SettlementFilter(ListFilter):
    """Settlements by kind, state, day and person; what does not stand is left out unless it is asked for."""

    kind = choose("就诊类型", VisitKind.choices)
    state = choose("状态", SettlementState.choices, empty="有效（结算中、已结算）")
    open = choose(
        "待办", [("doubt", "结果待确认"), ("broken", "金额待认可"), ("differs", "与预结算不同")], method="by_open"
    )
    clr_type = choose("清算类别", lambda: code_list("national.clr_type").choices())
    since = django_filters.DateFilter(label="结算日期从", field_name="settled_at", lookup_expr="date__gte", widget=DAY)
    until = django_filters.DateFilter(label="结算日期到", field_name="settled_at", lookup_expr="date__lte", widget=DAY)
    name = django_filters.CharFilter(label="姓名（完整）", method="by_name", max_length=60)
    q = QuickSearch(
        ("number", "结算单号"), ("setl_id", "结算ID"), ("visit__number", "住院/门诊号"), ("msgid", "报文编号")
    )

    class Meta:
        model = Settlement
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        found: QuerySet[Any] = super().filter_queryset(queryset)
        if self.form.cleaned_data.get("state"):
            return found
        return found.filter(state__in=SettlementState.holding())

    def by_name(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(visit__name_index__in=blind_indexes(value.strip())) if value.strip() else rows

    def by_open(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        doubt = Q(state=SettlementState.SETTLING, operation__state__in=DOUBTFUL)
        doubt |= Q(state=SettlementState.UNDOING, undone_by__state__in=DOUBTFUL)
        conditions = {"doubt": doubt, "broken": Q(state=SettlementState.BROKEN), "differs": ~Q(differs="")}
        return rows.filter(conditions[value])


def settlement_url(row: Settlement) -> str:
    return reverse("settlement:settlement-detail", args=[row.pk])


def visit_of(row: Settlement) -> str:
    return visit_url(row.visit)


class SettlementList(ListPage):
    """Settlements, the newest first; totals are those of what is listed."""

    name = "settlement.settlements"
    title = "结算"
    columns = (
        Column("number", "结算单号", "id", link=settlement_url, sort="number"),
        Column(
            "state",
            "状态",
            "state",
            value=lambda row: row.shown_state,
            sort="state",
            tones=shown_tones(SettlementState, TONES),
        ),
        Column("kind", "就诊类型", width=10),
        Column("name", "姓名", value=lambda row: row.visit.name_masked, width=10),
        Column("visit", "住院/门诊号", "id", value=lambda row: row.visit.number, link=visit_of, shown=False),
        Column("settled_at", "结算时间", "datetime"),
        Column("total", "医疗费总额", "money", total=True),
        Column("fund", "基金支付", "money", total=True),
        Column("account", "个人账户", "money", total=True),
        Column("cash", "现金支付", "money", total=True),
        Column("hospital", "医院负担", "money", total=True, shown=False),
        Column("pool", "统筹基金", "money", total=True, shown=False),
        Column("in_scope", "政策范围", "money", total=True, shown=False),
        Column("clr_type", "清算类别", value=lambda row: row.clr_type_label, sort="clr_type", width=12),
        Column("setl_id", "结算ID", "id"),
        Column("lines_count", "明细（条）", "int", total=True, shown=False),
        Column("differs", "与预结算的差异", width=30, shown=False),
        Column("receipts", "打印次数", "int", shown=False),
        Column("created_as", "经办人", width=12, shown=False),
        Column("note", "说明", width=40, shown=False),
    )
    filterset = SettlementFilter
    template = "settlement/list.html"
    default_sort = "-created_at"
    empty = "没有符合条件的结算"

    def rows(self) -> QuerySet[Any]:
        assert self.member.institution
        mine = Settlement.objects.filter(environment=self.member.institution.environment)
        heavy = ("operation__request", "operation__reply", "undone_by__request", "undone_by__reply", "reply")
        return mine.select_related("visit", "operation", "undone_by").defer(*heavy)

    def row_css(self, row: Settlement) -> str:
        return "attention" if row.is_doubtful or row.state == SettlementState.BROKEN else ""
