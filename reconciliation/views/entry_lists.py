"""The lists of the book: entries with their latest reading, and the files and calls that brought some of them."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse

from portal.codes import code_list
from portal.gateway.messages.definition import gateways
from portal.ledger.facts import Source, Standing
from portal.ledger.models import ArrivalState, Entry, EntryArrival
from portal.vault import blind_indexes
from portal.web.tables import Column, ListFilter, ListPage, QuickSearch, choose
from portal.web.tables.columns import Tone

DAY = forms.DateInput(attrs={"type": "date"})
STANDING_TONES: dict[Any, Tone] = {
    Standing.SETTLED: "good",
    Standing.PENDING: "warn",
    Standing.DOUBTFUL: "doubt",
    Standing.VOID: "",
}
ARRIVAL_TONES: dict[Any, Tone] = {
    ArrivalState.READING: "warn",
    ArrivalState.PREVIEW: "brand",
    ArrivalState.TAKING: "warn",
    ArrivalState.TAKEN: "good",
    ArrivalState.FAILED: "bad",
    ArrivalState.DROPPED: "",
}


def families() -> list[tuple[str, str]]:
    """Gateways, by the name people know them by."""
    return [(gateway.name, gateway.title) for gateway in gateways()]


def family_label(name: str) -> str:
    return dict(families()).get(name, name)


def insurance_label(row: Entry) -> str:
    """Clearing has insurances of its own; a code that is not listed stands as it is."""
    return code_list("national.insutype").label(row.insutype) if row.insutype else ""


def subject_url(row: Entry) -> str:
    """The page of what the entry is about; "" where there is none."""
    if not row.page:
        return ""
    try:
        return reverse(row.page, args=[row.page_key] if row.page_key else [])
    except NoReverseMatch:  # of a business that is no longer installed
        return ""


class EntryFilter(ListFilter):
    """By day, gateway, source and scope; what is void is left out unless it is asked for."""

    family = choose("接口", families)
    source = choose("来源", Source.choices)
    standing = choose("状态", Standing.choices, empty="全部（不含已作废）")
    day_from = django_filters.DateFilter(label="结算日期从", field_name="day", lookup_expr="gte", widget=DAY)
    day_to = django_filters.DateFilter(label="结算日期到", field_name="day", lookup_expr="lte", widget=DAY)
    is_refund = choose("结算或退费", [("0", "结算"), ("1", "退费")], method="by_sign")
    insutype = choose("险种", lambda: code_list("national.insutype").choices())
    clr_type = choose("清算类别", lambda: code_list("national.clr_type").choices())
    clr_optins = django_filters.CharFilter(label="清算经办机构", field_name="clr_optins", max_length=20)
    person_no = django_filters.CharFilter(label="人员编号（完整）", method="by_person", max_length=30)
    q = QuickSearch(("number", "结算单号"), ("setl_id", "结算ID"), ("about", "就诊号"), ("msgid", "报文编号"))

    class Meta:
        model = Entry
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        found: QuerySet[Any] = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("standing") else found.exclude(standing=Standing.VOID)

    def by_sign(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(is_refund=value == "1")

    def by_person(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(person_no_index__in=blind_indexes(value.strip())) if value.strip() else rows


def entry_url(row: Entry) -> str:
    return reverse("reconciliation:entry-detail", args=[row.pk])


class EntryList(ListPage):
    """The book, the newest first; refunds count with their sign."""

    name = "reconciliation.entries"
    title = "结算账"
    columns = (
        Column("number", "结算单号", "id", link=entry_url, sort="number"),
        Column("standing", "状态", "state", tones=STANDING_TONES),
        Column("settled_at", "结算时间", "datetime"),
        Column("is_refund", "退费", value=lambda row: "退费" if row.is_refund else "", sort="is_refund", width=8),
        Column("total", "医疗费总额", "money", total=True),
        Column("fund", "基金支付", "money", total=True),
        Column("account", "个人账户", "money", total=True),
        Column("cash", "现金支付", "money", total=True),
        Column("person", "姓名", width=10),
        Column("person_no_masked", "人员编号", "id", shown=False),
        Column("insutype", "险种", value=insurance_label, sort="insutype", width=16),
        Column("clr_type", "清算类别", width=10),
        Column("clr_optins", "清算经办机构", "id", width=12),
        Column("setl_id", "结算ID", "id"),
        Column("mdtrt_id", "就诊ID", "id", shown=False),
        Column("msgid", "报文编号", "id", shown=False),
        Column("about", "就诊号", "id", link=subject_url, shown=False),
        Column("family", "接口", value=lambda row: family_label(row.family), sort="family", width=14, shown=False),
        Column("source", "来源", width=10),
        Column("revision", "版次", "int", shown=False),
        Column("written_at", "入账时间", "datetime", shown=False),
    )
    filterset = EntryFilter
    template = "reconciliation/entry_list.html"
    default_sort = "-settled_at"
    empty = "没有符合条件的账目"
    empty_hint = "本门户办理的结算会自动入账；医院系统办理的，可以通过接口提交或导入文件"

    def rows(self) -> QuerySet[Any]:
        assert self.member.institution
        mine = Entry.objects.filter(environment=self.member.institution.environment, is_latest=True)
        return mine.defer("person_no", "person_no_index")

    def row_css(self, row: Entry) -> str:
        return "attention" if row.standing == Standing.DOUBTFUL else ""


class ArrivalFilter(ListFilter):
    state = choose("状态", ArrivalState.choices)
    q = QuickSearch(("name", "文件名"), ("brought_as", "导入人"))

    class Meta:
        model = EntryArrival
        fields: list[str] = []


def arrival_url(row: EntryArrival) -> str:
    return reverse("reconciliation:entry-arrival", args=[row.pk])


class ArrivalList(ListPage):
    """What brought entries that our own businesses did not settle, the newest first."""

    name = "reconciliation.arrivals"
    title = "导入记录"
    columns = (
        Column("brought_at", "导入时间", "datetime", link=arrival_url),
        Column("way", "方式", width=10),
        Column("name", "文件名", width=30),
        Column("state", "状态", "state", tones=ARRIVAL_TONES),
        Column("count", "行数", "int", total=True),
        Column("fresh", "新增", "int", total=True),
        Column("changed", "变更", "int", total=True),
        Column("same", "已有", "int", total=True),
        Column("wrong", "有问题", "int", total=True),
        Column("total", "医疗费总额", "money"),
        Column("fund", "基金支付", "money", shown=False),
        Column("brought_as", "导入人", width=14),
        Column("note", "说明", width=30, shown=False),
    )
    filterset = ArrivalFilter
    template = "reconciliation/arrival_list.html"
    default_sort = "-brought_at"
    empty = "没有导入记录"

    def rows(self) -> QuerySet[Any]:
        assert self.member.institution
        return EntryArrival.objects.filter(environment=self.member.institution.environment).defer("faults")
