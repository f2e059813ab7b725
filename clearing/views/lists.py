"""The lists of the yearly clearing: columns, filters and what may be done with ticked rows."""

from dataclasses import replace
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.urls import reverse

from clearing.forms import codes, year_choices
from clearing.models import Application, ApplicationState, ClearingRow, RowState
from clearing.services.checking import ABOUT_ROWS, rows_of_issue
from clearing.services.overview import scopes
from portal.gateway.journal.states import DOUBTFUL, LIVE, State
from portal.web.tables import BulkAction, Column, ListFilter, ListPage, QuickSearch, choose
from portal.web.tables.columns import Tone

STATE_TONES: dict[str, Tone] = {
    RowState.GENERATED: "warn",
    RowState.VERIFIED: "good",
    RowState.APPLIED: "brand",
    RowState.APPROVED: "good",
    RowState.REVOKED: "",
}
TONE_OF: dict[str, Tone] = {"applied": "brand", "approved": "good", "refused": "bad"}
#: By the words that are shown; everything that is on its way has a dot and its operation's state.
APPLICATION_TONES = {
    str(ApplicationState(state).label): TONE_OF.get(state, "") for state in ApplicationState.values
} | {
    f"{label}·{State(state).label}": "doubt" if state in DOUBTFUL else "warn"
    for label in (ApplicationState.SUBMITTING.label, ApplicationState.CANCELLING.label)
    for state in LIVE
}
FINDINGS = [("open", "有差异，未接受"), ("accepted", "有差异，已接受"), ("none", "无差异")]
FINDING_TONES: dict[str, Tone] = {"未接受": "bad", "已接受": "warn", "无": ""}


def finding_of(row: ClearingRow) -> str:
    if not row.finding_count:
        return "无"
    return "未接受" if row.needs_acceptance else "已接受"


def row_url(row: ClearingRow) -> str:
    return reverse("clearing:row-detail", args=[row.pk])


class RowFilter(ListFilter):
    """The conditions of the manual's queries (5.3, 7.1), and what breaks an identity."""

    year = choose("清算年份", year_choices)
    insurance = choose("险种", lambda: codes("aka080"))
    agency = choose("清算机构", lambda: codes("qsjg00"))
    region = choose("统筹区", lambda: codes("insu_admdvs"))
    provider_type = choose("机构类型", lambda: codes("medins_type"))
    visit_type = choose("就诊类型", lambda: codes("akc191"))
    clearing_type = choose("清算类别", lambda: codes("clr_type"))
    state = choose("状态", RowState.choices, empty="全部（不含已撤销）")
    finding = choose("差异", FINDINGS, method="by_finding")
    check = choose("提交前检查", lambda: list(ABOUT_ROWS.items()), method="by_check")
    q = QuickSearch(("provider_name", "医疗机构名称"), ("provider_code", "医疗机构编号"), ("row_id", "数据编号"))

    class Meta:
        model = ClearingRow
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        found: QuerySet[Any] = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("state") else self.unfiltered(found)

    @staticmethod
    def unfiltered(queryset: QuerySet[Any]) -> QuerySet[Any]:
        """What is shown when nothing is asked for."""
        return queryset.exclude(state=RowState.REVOKED)

    def by_check(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Exactly the rows that a rule of the check before an application finds now, in the scopes asked for."""
        environment = rows.order_by().values_list("environment", flat=True).first() or ""
        asked = {key: str(self.form.cleaned_data.get(key) or "") for key in ("year", "insurance", "agency")}
        keys: set[str] = set()
        for scope in scopes(environment):
            if all(wanted in ("", str(getattr(scope, key))) for key, wanted in asked.items()):
                keys |= rows_of_issue(scope, value)
        return rows.filter(pk__in=keys)

    def by_finding(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        conditions = {
            "open": Q(finding_count__gt=0, accepted_at__isnull=True),
            "accepted": Q(finding_count__gt=0, accepted_at__isnull=False),
            "none": Q(finding_count=0),
        }
        return rows.filter(conditions[value])


ROW_COLUMNS: tuple[Column, ...] = (
    Column("year", "年份", "id", width=6, shown=False),
    Column("insurance", "险种", value=lambda row: row.insurance_label, sort="insurance", shown=False),
    Column("agency", "清算机构", value=lambda row: row.agency_label, sort="agency", width=10),
    Column("provider_code", "医疗机构编号", "id", width=15),
    Column("provider_name", "医疗机构名称", link=row_url, width=32),
    Column("provider_type", "机构类型", value=lambda row: row.provider_type_label, sort="provider_type", shown=False),
    Column("region", "统筹区", value=lambda row: row.region_label, sort="region", width=14),
    Column("visit_type", "就诊类型", value=lambda row: row.visit_type_label, sort="visit_type", width=14),
    Column("clearing_type", "清算类别", value=lambda row: row.clearing_type_label, sort="clearing_type", width=12),
    Column("visit_count", "人次", "int", total=True),
    Column("medical_fee", "医疗费总额", "money", total=True, shown=False),
    Column("fund_due", "基金应付", "money", total=True),
    Column("monthly_paid", "月结已付", "money", total=True, shown=False),
    Column("deposit", "保证金", "money", total=True, shown=False),
    Column("deduction", "扣款", "money", total=True, shown=False),
    Column("score", "考核得分", value=lambda row: row.score, sort="score", shown=False),
    Column("deposit_refund", "保证金返还", "money", total=True, shown=False),
    Column("disburse", "拨付金额", "money", total=True, help="基金应付 − 月结已付 − 保证金 − 扣款"),
    Column("finding", "差异", "state", value=finding_of, sort="finding_count", tones=FINDING_TONES),
    Column("state", "状态", "state", tones=STATE_TONES),
    Column("verified_as", "核对人", shown=False),
    Column("verified_at", "核对时间", "datetime", shown=False),
    Column("row_id", "数据编号", "id", shown=False),
)


class RowList(ListPage):
    """Everything that was generated (5.3)."""

    name = "clearing.rows"
    title = "查询清算数据"
    columns = ROW_COLUMNS
    filterset = RowFilter
    template = "clearing/list.html"
    default_sort = "provider_code"
    empty = "没有符合条件的清算数据"
    empty_hint = "还没有生成的年份，请先到“生成清算数据”"

    def rows(self) -> QuerySet[Any]:
        assert self.member.institution
        return ClearingRow.objects.filter(environment=self.member.institution.environment)


#: What 核对管理 shows at first: also who verified, and when.
VERIFYING = {
    *("agency", "provider_code", "provider_name", "region", "visit_type", "fund_due", "disburse", "finding", "state"),
    *("verified_as", "verified_at"),
}


class VerificationList(RowList):
    """Rows to be verified, or verified and not yet applied for (7.1)."""

    name = "clearing.verification"
    title = "核对管理"
    columns = tuple(replace(column, shown=column.name in VERIFYING) for column in ROW_COLUMNS)
    amount = "disburse"
    empty = "没有符合条件的核对数据"
    empty_hint = ""
    actions = (
        BulkAction(
            "批量核对",
            "clearing:verify",
            "clearing.rows.verify",
            "success",
            confirm="将向医保中心核对确认所选 {n} 条清算数据（{what}），拨付金额合计 {amount} 元。"
            "\n确认后这些数据可以进入清算申请；不能自动撤回，只能再办理“撤销核对”。",
            confirm_title="批量核对",
            shortcut="Alt+H",
        ),
        BulkAction(
            "撤销核对",
            "clearing:unverify",
            "clearing.verification.cancel",
            "danger",
            confirm="将向医保中心撤销所选 {n} 条数据的核对（{what}），拨付金额合计 {amount} 元。"
            "\n这些数据恢复为“未核对”，不能进入清算申请，需要时须重新核对。",
            confirm_title="撤销核对",
            shortcut="Alt+U",
        ),
    )

    def row_css(self, row: ClearingRow) -> str:
        return "attention" if row.needs_acceptance else ""


class ApplicationFilter(ListFilter):
    year = choose("清算年份", year_choices)
    insurance = choose("险种", lambda: codes("aka080"))
    agency = choose("清算机构", lambda: codes("qsjg00"))
    state = choose("申请状态", ApplicationState.choices)
    application_no = django_filters.CharFilter(label="申请编号", lookup_expr="icontains")

    class Meta:
        model = Application
        fields: list[str] = []


class ApplicationList(ListPage):
    """Applications and what became of them (8.3)."""

    name = "clearing.applications"
    title = "查询申请"
    columns = (
        Column(
            "application_no",
            "申请编号",
            "id",
            value=lambda application: application.application_no or "（待编号）",
            link=lambda application: reverse("clearing:application-detail", args=[application.pk]),
            sort="application_no",
        ),
        Column("year", "年份", "id", width=6),
        Column("insurance", "险种", value=lambda application: application.insurance_label, sort="insurance"),
        Column("agency", "清算机构", value=lambda application: application.agency_label, sort="agency", width=10),
        Column("count", "条数", "int", total=True),
        Column("left_out", "未纳入", "int", shown=False),
        Column("medical_fee", "医疗费总额", "money", total=True, shown=False),
        Column("fund_due", "基金应付", "money", total=True),
        Column("disburse", "拨付金额", "money", total=True),
        Column(
            "state",
            "申请状态",
            "state",
            value=lambda application: application.shown_state,
            sort="state",
            tones=APPLICATION_TONES,
        ),
        Column("submitted_by__full_name", "提交人", width=12),
        Column("approved_by__full_name", "复核人", width=12),
        Column("submitted_at", "提交时间", "datetime"),
        Column("applied_at", "受理时间", "datetime", shown=False),
        Column("asked_at", "最近查询", "datetime", shown=False),
        Column("note", "说明", width=40, shown=False),
    )
    template = "clearing/list.html"
    filterset = ApplicationFilter
    default_sort = "-submitted_at"
    empty = "还没有清算申请"
    empty_hint = "核对完成后，在“提交申请”中提交"

    def rows(self) -> QuerySet[Any]:
        assert self.member.institution
        mine = Application.objects.filter(environment=self.member.institution.environment)
        return mine.select_related("submitted_by", "approved_by", "operation", "cancellation")
