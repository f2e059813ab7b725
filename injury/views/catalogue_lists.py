"""The centre's catalogue, and the lines of files that wait to be used."""

from typing import Any, cast
from uuid import UUID

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from injury.models import CatalogueItem, CatalogueLine, Finding, MappingLine, Standing
from injury.models.catalogue import in_use
from injury.views.mapping_lists import STANDING_TONES, Words, exact, kinds
from portal.codes import code_list
from portal.web.tables import Column, ListFilter, ListPage, choose
from portal.web.tables.columns import Tone

FINDING_TONES: dict[Any, Tone] = {
    Finding.NEW: "good",
    Finding.VERSION: "brand",
    Finding.CHANGED: "warn",
    Finding.SAME: "",
    Finding.OLDER: "",
}


def grades() -> list[tuple[str, str]]:
    return code_list("injury.aka065").choices()


def categories() -> list[tuple[str, str]]:
    return code_list("injury.aka063").choices()


class CatalogueFilter(ListFilter):
    standing = choose("状态", [("used", "现行"), *Standing.choices], method="by_standing", empty="全部版本")
    kind = choose("种类", kinds)
    category = choose("收费类别", categories)
    grade = choose("等级", grades)
    q = Words(
        ("initials", "拼音首字母"), ("code", "编码"), ("name", "名称"), ("specification", "规格"), ("maker", "厂家")
    )

    class Meta:
        model = CatalogueItem
        fields: list[str] = []

    def by_standing(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        today = timezone.localdate()
        conditions = {
            Standing.OUTDATED: Q(replaced_on__lte=today),
            Standing.GONE: Q(gone_on__lte=today),
            Standing.EXPIRED: Q(valid_to__lt=today),
            Standing.EARLY: Q(valid_from__gt=today),
            Standing.OUTSIDE: Q(pk=None),
        }
        if value in ("used", Standing.GOOD):
            return in_use(rows, today)
        return rows.filter(conditions[Standing(value)])


def _catalogue_columns() -> tuple[Column, ...]:
    return (
        Column("code", "中心编码", "id", width=22),
        Column("name", "中心名称", width=34),
        Column("kind", "种类", value=lambda row: row.kind_label, sort="kind", width=8),
        Column("category", "收费类别", value=lambda row: row.category_label, sort="category", width=14),
        Column("grade", "收费项目等级", value=lambda row: row.grade_label, sort="grade", width=8),
        Column("version", "目录版本号", "id", width=14),
        Column("price_limit", "限价", "exact", value=lambda row: exact(row.price_limit), sort="price_limit", width=12),
        Column("valid_from", "生效日期", "date"),
        Column("valid_to", "失效日期", "date"),
        Column("dosage_form", "剂型", width=12, shown=False),
        Column("specification", "规格", width=18),
        Column("maker", "厂家", width=20, shown=False),
    )


class CatalogueList(ListPage):
    """The centre's catalogue in all its versions."""

    name = "injury.catalogue"
    title = "中心目录"
    columns = (
        *_catalogue_columns(),
        Column(
            "standing",
            "状态",
            "state",
            value=lambda row: str(row.standing(timezone.localdate()).label),
            sort="",
            tones=STANDING_TONES,
        ),
        Column("imported_at", "导入时间", "datetime", shown=False),
    )
    filterset = CatalogueFilter
    template = "injury/catalogue_list.html"
    default_sort = "code"
    empty = "没有符合条件的目录项目"
    empty_hint = "向工伤保险经办机构索取最新目录文件，在“导入中心目录”中导入"

    def rows(self) -> QuerySet[Any]:
        return CatalogueItem.objects.all()


class LineFilter(ListFilter):
    file = django_filters.UUIDFilter(label="文件")
    finding = choose("比对", Finding.choices)
    kind = choose("种类", kinds)

    class Meta:
        model = CatalogueLine
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form.fields["file"].widget = forms.HiddenInput()


class OwnLineFilter(LineFilter):
    class Meta:
        model = MappingLine
        fields: list[str] = []


NUMBER = Column("number", "行号", "int", width=8)
FINDING = Column("finding", "比对", "state", tones=cast(Any, FINDING_TONES))


class LineList(ListPage):
    """Lines of a file that waits to be used."""

    filterset = LineFilter
    template = "injury/file_lines.html"
    default_sort = "number"

    @property
    def file(self) -> UUID | None:
        """Whose lines are asked for."""
        is_clear = self.filter is not None and self.filter.is_valid()
        found: UUID | None = self.filter.form.cleaned_data.get("file") if self.filter and is_clear else None
        return found


class CatalogueLineList(LineList):
    """Lines of a catalogue file."""

    name = "injury.catalogue_lines"
    title = "中心目录文件的行"
    columns = (NUMBER, FINDING, *_catalogue_columns())

    def rows(self) -> QuerySet[Any]:
        assert self.member.institution
        return CatalogueLine.objects.filter(file__environment=self.member.institution.environment)


class MappingLineList(LineList):
    """Lines of a file of own mappings."""

    name = "injury.mapping_lines"
    title = "目录对照文件的行"
    columns = (
        NUMBER,
        FINDING,
        Column("own_code", "医院内码", "id", width=16),
        Column("own_name", "医院项目名称", width=30),
        Column("kind", "种类", value=lambda row: code_list("injury.alc404").label(row.kind), sort="kind", width=8),
        Column("own_price", "医院单价", "exact", value=lambda row: exact(row.own_price), sort="own_price", width=12),
        Column("centre_code", "中心编码", "id", width=22),
        Column("item__name", "中心名称", width=30),
        Column("version", "目录版本号", "id", width=14),
    )
    filterset = OwnLineFilter

    def rows(self) -> QuerySet[Any]:
        assert self.member.institution
        mine = MappingLine.objects.filter(file__environment=self.member.institution.environment)
        return mine.select_related("item")
