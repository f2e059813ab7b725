"""Entries of the catalogues, their versions, and what a version changed."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import QueryDict
from django.urls import reverse

from portal.access.member import Member
from portal.codes import code_list
from portal.web.tables import Column, ListFilter, ListPage, choose
from portal.web.tables.columns import Tone
from settlement.models import Catalogue, CatalogueEdition, CatalogueEntry, Change
from settlement.rules.catalogue import SHAPES, differences, title_of
from settlement.services.catalogue import catalogues_of, current, matching, valid_on

CHANGES: dict[Any, Tone] = {Change.ADDED: "good", Change.CHANGED: "warn", Change.ENDED: "bad"}
LONGEST_CHANGE = 4


def grade_of(row: CatalogueEntry) -> str:
    return code_list("national.chrgitm_lv").label(row.grade) if row.grade else ""


def item_url(row: CatalogueEntry) -> str:
    return reverse("settlement:catalogue-item", args=[row.pk])


class Words(django_filters.CharFilter):  # type: ignore[misc]
    """Code, any part of the name, or first letters of its pinyin; several words narrow it down."""

    def __init__(self) -> None:
        says = "编码、名称的任意部分、拼音首字母"
        widget = forms.TextInput(attrs={"placeholder": says, "title": f"查找：{says}", "type": "search"})
        super().__init__(label="查找", widget=widget, max_length=100)

    def filter(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        return rows.filter(matching(value)) if value and value.strip() else rows


def numbers() -> list[tuple[str, str]]:
    return [(number, f"{number} {title_of(number)}") for number in SHAPES]


class EntryFilter(ListFilter):
    q = Words()
    number = choose("目录", numbers, method="kept", empty="全部目录")
    edition = django_filters.NumberFilter(
        label="版次", method="kept", min_value=1, max_value=10_000, widget=forms.NumberInput(attrs={"min": 1})
    )
    on = django_filters.DateFilter(
        label="有效日期", method="by_day", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    state = choose("状态", [("valid", "有效"), ("ended", "停用")], method="by_state")

    class Meta:
        model = CatalogueEntry
        fields: list[str] = []

    def kept(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        return rows  # the list chose the catalogue and the version before anything was filtered

    def by_day(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        return rows.filter(valid_on(value))

    def by_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(is_valid=value == "valid")


class EntryList(ListPage):
    """Every entry of the region's catalogues as the newest version has it, or as an older one had it."""

    name = "settlement.catalogue"
    title = "查目录"
    columns = (
        Column("code", "编码", "id", width=26, link=item_url),
        Column("name", "名称", width=30),
        Column("spec", "规格", width=18),
        Column("unit", "单位", width=8),
        Column("maker", "生产企业", width=22),
        Column("grade", "等级", value=grade_of, sort="", width=8),
        Column("number", "目录", value=lambda row: title_of(row.catalogue.number), sort="", width=16),
        Column("is_valid", "状态", "state", value=lambda row: "有效" if row.is_valid else "停用", sort="", width=8,
               tones={"有效": "good", "停用": "bad"}),
        Column("begins_on", "开始日期", "date", sort=""),
        Column("ends_on", "结束日期", "date", sort=""),
        Column("initials", "拼音首字母", "id", sort="", shown=False),
        Column("since", "起始版次", "int", sort="", shown=False),
    )  # fmt: skip
    filterset = EntryFilter
    template = "settlement/catalogue_search.html"
    default_sort = "code"
    export_permission = "settlement.catalogue.view"
    empty = "没有符合条件的条目"
    empty_hint = "编码从头写起；名称可以只写中间几个字；拼音写首字母"

    def __init__(self, member: Member, params: QueryDict) -> None:
        super().__init__(member, params)
        assert member.institution
        number = params.get("number", "")
        here = catalogues_of(member.institution.environment)
        self.catalogues = list(here.filter(number=number) if number else here)

    def rows(self) -> QuerySet[Any]:
        asked = self.params.get("edition", "")
        edition = int(asked) if asked.isdecimal() and len(asked) < 6 and self.params.get("number") else None
        return current(self.catalogues, edition or None).select_related("catalogue").defer("line", "grams", "words")


class EditionList(ListPage):
    """The versions of one catalogue."""

    name = "settlement.catalogue-editions"
    title = "目录版本"
    columns = (
        Column("edition", "版次", "int", link=lambda row: changes_url(row)),
        Column("version", "版本号", "id"),
        Column("name", "版本名称"),
        Column("taken_at", "下载时间", "datetime"),
        Column("arrived", "文件条数", "int", total=True),
        Column("added", "新增", "int", total=True),
        Column("changed", "变更", "int", total=True),
        Column("ended", "停用", "int", total=True),
        Column("rows", "有效条数", "int"),
        Column("file_name", "文件名", "id", shown=False),
    )
    template = "settlement/catalogue_editions.html"
    default_sort = "-edition"
    empty = "这个目录还没有下载过"

    def __init__(self, member: Member, params: QueryDict, catalogue: Catalogue | None = None) -> None:
        super().__init__(member, params)
        self.catalogue = catalogue or _catalogue(member, params)

    @property
    def view_fields(self) -> list[tuple[str, str]]:
        return self.kept_fields("sort", "columns", "view", "number")

    def rows(self) -> QuerySet[Any]:
        return CatalogueEdition.objects.filter(catalogue=self.catalogue).select_related("catalogue")


def changes_url(row: CatalogueEdition) -> str:
    return reverse("settlement:catalogue-changes", args=[row.catalogue.number]) + f"?edition={row.edition}"


def _catalogue(member: Member, params: QueryDict) -> Catalogue | None:
    assert member.institution
    return catalogues_of(member.institution.environment).filter(number=params.get("number", "")).first()


class ChangeFilter(ListFilter):
    edition = django_filters.NumberFilter(label="版次", field_name="since", widget=forms.NumberInput(attrs={"min": 1}))
    change = choose("变化", Change.choices)
    q = Words()

    class Meta:
        model = CatalogueEntry
        fields = ("edition", "change", "q")


def what_changed(row: Any) -> str:
    """The first columns that differ from the version before, in words."""
    if row.change == Change.ADDED or row.before is None:
        return ""
    found = differences(row.catalogue.number, row.before, row.line)
    said = [f"{title}：{old or '（空）'} → {new or '（空）'}" for title, old, new in found[:LONGEST_CHANGE]]
    return "；".join(said) + (f"；等 {len(found)} 项" if len(found) > LONGEST_CHANGE else "")


class ChangeList(ListPage):
    """What one version added, changed and ended."""

    name = "settlement.catalogue-changes"
    title = "版本变化"
    columns = (
        Column("code", "编码", "id", width=26, link=item_url),
        Column("name", "名称", width=28),
        Column("change", "变化", "state", tones=CHANGES, width=8),
        Column("what", "内容", value=what_changed, sort="", width=60),
        Column("spec", "规格", width=18, sort="", shown=False),
        Column("since", "版次", "int", sort="", shown=False),
    )
    filterset = ChangeFilter
    template = "settlement/catalogue_changes.html"
    default_sort = "code"
    empty = "这个版本没有这样的变化"

    def __init__(self, member: Member, params: QueryDict, catalogue: Catalogue | None = None) -> None:
        super().__init__(member, params)
        self.catalogue = catalogue or _catalogue(member, params)

    @property
    def view_fields(self) -> list[tuple[str, str]]:
        return self.kept_fields("sort", "columns", "view", "number")

    def rows(self) -> QuerySet[Any]:
        before = CatalogueEntry.objects.filter(
            catalogue=OuterRef("catalogue"), key=OuterRef("key"), replaced_in=OuterRef("since")
        )
        rows = CatalogueEntry.objects.filter(catalogue=self.catalogue).select_related("catalogue")
        return rows.annotate(before=Subquery(before.values("line")[:1])).defer("grams", "words")
