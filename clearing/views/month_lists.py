"""The lists of 月结查询: sums, single settlements, and both years' figures beside each other (manual ch. 6)."""

from typing import Any
from urllib.parse import urlencode

import django_filters
from django import forms
from django.db.models import QuerySet
from django.urls import reverse

from clearing.forms import codes, year_choices
from clearing.forms.months import insurances, months
from clearing.models import ClearingRow, Month, MonthlyDetail, RowState
from clearing.services.month_check import OFF, RESULTS, compared, gaps, in_words, with_result
from clearing.views.lists import row_url
from portal.web.tables import Column, ListFilter, ListPage, QuickSearch, choose
from portal.web.tables.columns import Tone

RESULT_TONES: dict[str, Tone] = {"有差异": "bad", "没有月结": "bad", "一致": "good", "月结未获取": "warn"}
#: Two indexes at most: the key's present version and the one before it.
LONGEST_PERSON = 150


class MonthFilter(ListFilter):
    """The conditions of the manual's queries (6.1, 6.2)."""

    year = choose("年份", year_choices)
    insurance = choose("险种", insurances)
    agency = choose("清算机构", lambda: codes("qsjg00"))
    visit_type = choose("结算类型", lambda: codes("akc191"))
    month = choose("月份", months, empty="全年")
    region = choose("统筹区", lambda: codes("insu_admdvs"))
    q = QuickSearch(("provider_name", "医疗机构名称"), ("provider_code", "医疗机构编号"))

    class Meta:
        model = Month
        fields: list[str] = []


class DetailFilter(MonthFilter):
    """Also one person's settlements; `person` is a keyed index, never the number itself."""

    person = django_filters.CharFilter(
        label="人员", max_length=LONGEST_PERSON, widget=forms.HiddenInput, method="by_person"
    )

    class Meta:
        model = MonthlyDetail
        fields: list[str] = []

    def by_person(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        try:
            return rows.filter(certno_index__in=[bytes.fromhex(part) for part in value.split("-")])
        except ValueError:
            return rows.none()


def detail_url(detail: MonthlyDetail) -> str:
    return reverse("clearing:month-settlement", args=[detail.pk])


def details_of(month: Month) -> str:
    """The settlements behind one sum."""
    query = {
        "year": month.year,
        "insurance": month.insurance,
        "agency": month.agency,
        "visit_type": month.visit_type,
        "month": month.month,
        "q": month.provider_code,
    }
    return f"{reverse('clearing:month-detail')}?{urlencode(query)}"


SCOPE_COLUMNS = (
    Column("year", "年份", "id", width=6, shown=False),
    Column("insurance", "险种", value=lambda row: row.insurance_label, sort="insurance", shown=False),
    Column("agency", "清算机构", value=lambda row: row.agency_label, sort="agency", width=10),
)
PROVIDER_COLUMNS = (
    Column("provider_code", "医疗机构编号", "id", width=15),
    Column("provider_name", "医疗机构名称", width=32),
    Column("region", "统筹区", value=lambda row: row.region_label, sort="region", width=14),
)
AMOUNT_COLUMNS = (
    Column("medical_fee", "医疗费总额", "money", total=True),
    Column("fund_due", "基金应付", "money", total=True),
    Column("monthly_paid", "月结已付", "money", total=True),
)


class MonthSummaryList(ListPage):
    """月结汇总 (6.2)."""

    name = "clearing.months"
    title = "月结汇总"
    columns = (
        Column("month", "月份", value=lambda row: row.month_label, sort="month", link=details_of, width=8),
        *SCOPE_COLUMNS,
        *PROVIDER_COLUMNS,
        Column("visit_type", "结算类型", value=lambda row: row.visit_type_label, sort="visit_type", width=14),
        Column("clearing_type", "清算类别", value=lambda row: row.clearing_type_label, sort="clearing_type", width=12),
        Column("visit_count", "人次", "int", total=True),
        *AMOUNT_COLUMNS,
        Column("fetched_at", "获取时间", "datetime", shown=False),
    )
    filterset = MonthFilter
    template = "clearing/month_list.html"
    default_sort = "provider_code"
    empty = "没有符合条件的月结汇总"
    empty_hint = "月结数据先从医保中心获取，再在这里查询"

    def rows(self) -> QuerySet[Any]:
        assert self.member.institution
        return Month.shown(str(self.member.institution.environment))


class MonthDetailList(ListPage):
    """月结明细 (6.1); names and certificate numbers masked, on the screen and in Excel."""

    name = "clearing.month_details"
    title = "月结明细"
    columns = (
        Column("settlement_no", "结算编号", "id", link=detail_url, width=26),
        Column("settled_on", "结算日期", "date"),
        Column("month", "月份", value=lambda row: row.month_label, sort="", width=8, shown=False),
        *SCOPE_COLUMNS[:2],
        Column("agency", "清算机构", value=lambda row: row.agency_label, sort="agency", width=10, shown=False),
        Column("person_name_masked", "姓名", sort="", width=10),
        Column("certno_masked", "证件号码", "id", sort="", width=20),
        *PROVIDER_COLUMNS[:2],
        Column("region", "统筹区", value=lambda row: row.region_label, sort="region", width=14, shown=False),
        Column("visit_type", "结算类型", value=lambda row: row.visit_type_label, sort="visit_type", width=14),
        Column(
            "clearing_type",
            "清算类别",
            value=lambda row: row.clearing_type_label,
            sort="clearing_type",
            width=12,
            shown=False,
        ),
        *AMOUNT_COLUMNS,
        Column("detail_id", "月结明细编号", "id", shown=False, width=26),
    )
    filterset = DetailFilter
    template = "clearing/month_list.html"
    default_sort = "id"
    empty = "没有符合条件的月结明细"
    empty_hint = "月结数据先从医保中心获取，再在这里查询"

    def rows(self) -> QuerySet[Any]:
        assert self.member.institution
        return MonthlyDetail.shown(str(self.member.institution.environment))


class CheckFilter(ListFilter):
    year = choose("清算年份", year_choices)
    insurance = choose("险种", insurances)
    agency = choose("清算机构", lambda: codes("qsjg00"))
    visit_type = choose("就诊类型", lambda: codes("akc191"))
    region = choose("统筹区", lambda: codes("insu_admdvs"))
    result = choose("对照结果", [(OFF, "有差异或没有月结"), *RESULTS.items()], method="by_result")
    q = QuickSearch(("provider_name", "医疗机构名称"), ("provider_code", "医疗机构编号"))

    class Meta:
        model = ClearingRow
        fields: list[str] = []

    def by_result(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return with_result(rows, value)


def months_of(row: ClearingRow) -> str:
    """The months behind a row."""
    query = {
        "year": row.year,
        "insurance": row.insurance,
        "agency": row.agency,
        "visit_type": row.visit_type,
        "region": row.region,
        "q": row.provider_code,
        "sort": "month",
    }
    return f"{reverse('clearing:month-summary')}?{urlencode(query)}"


class MonthCheckList(ListPage):
    """Σ months beside the year's row; the difference is the row minus its months."""

    name = "clearing.month_check"
    title = "月结与清算对照"
    columns = (
        *SCOPE_COLUMNS,
        Column("provider_code", "医疗机构编号", "id", width=15),
        Column("provider_name", "医疗机构名称", link=row_url, width=32),
        Column("region", "统筹区", value=lambda row: row.region_label, sort="region", width=14, shown=False),
        Column("visit_type", "就诊类型", value=lambda row: row.visit_type_label, sort="visit_type", width=14),
        Column("clearing_type", "清算类别", value=lambda row: row.clearing_type_label, sort="clearing_type", width=12),
        Column("fund_due", "年度应付", "money", total=True),
        Column("months_fund_due", "各月应付", "money", total=True, link=months_of),
        Column("off_fund_due", "应付相差", "money", total=True, help="年度应付 − 各月应付之和"),
        Column("monthly_paid", "年度已付", "money", total=True, shown=False),
        Column("months_monthly_paid", "各月已付", "money", total=True, link=months_of, shown=False),
        Column("off_monthly_paid", "已付相差", "money", total=True, help="年度月结已付 − 各月已付之和"),
        Column("medical_fee", "年度医疗费", "money", total=True, shown=False),
        Column("months_medical_fee", "各月医疗费", "money", total=True, shown=False),
        Column("off_medical_fee", "医疗费相差", "money", total=True, shown=False),
        Column("visit_count", "年度人次", "int", total=True, shown=False),
        Column("months_visit_count", "各月人次", "int", total=True, shown=False),
        Column("off_visit_count", "人次相差", "int", total=True),
        Column("missing", "缺少的月份", value=lambda row: in_words(gaps(row.months_seen)), width=18),
        Column("result", "对照结果", "state", value=lambda row: RESULTS[row.result], sort="", tones=RESULT_TONES),
    )
    filterset = CheckFilter
    template = "clearing/month_check.html"
    default_sort = "provider_code"
    empty = "没有符合条件的数据"
    empty_hint = "年度清算数据与各月之和一致时，这里没有差异"

    def rows(self) -> QuerySet[Any]:
        assert self.member.institution
        mine = ClearingRow.objects.filter(environment=self.member.institution.environment)
        return compared(mine.exclude(state=RowState.REVOKED))


def filter_values(listed: ListPage, *names: str) -> dict[str, Any]:
    """The chosen values of these filters; nothing for wrong input."""
    chosen = listed.filter.form.cleaned_data if listed.filter and listed.filter.is_valid() else {}
    return {name: chosen[name] for name in names if chosen.get(name)}
