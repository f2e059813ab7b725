"""Own items and what they are at the centre, and versions that have to be taken over."""

from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import timezone

from injury.models import CatalogueItem, Mapping, Standing
from injury.models.catalogue import in_use, with_standing
from injury.services.mapping_changes import renewable
from portal.codes import code_list
from portal.web.tables import BulkAction, Column, ListFilter, ListPage, QuickSearch, choose
from portal.web.tables.columns import Tone

STANDING_TONES: dict[str, Tone] = {
    Standing.GOOD.label: "good",
    Standing.OUTSIDE.label: "",
    Standing.OUTDATED.label: "warn",
    Standing.GONE.label: "bad",
    Standing.EXPIRED.label: "bad",
    Standing.EARLY.label: "warn",
}
STANDINGS = [("held", "需要重新对照（全部）"), *Standing.choices]


def kinds() -> list[tuple[str, str]]:
    return code_list("injury.alc404").choices()


def exact(value: Decimal | None) -> str:
    """A price as it is, without zeros behind it: 12.5, 0.0035."""
    return "" if value is None else f"{value.normalize():f}"


class Words(QuickSearch):
    """A QuickSearch that also knows pinyin initials, in the field named first."""

    def filter(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return rows
        first, *others = self.paths
        condition = Q(**{f"{first}__startswith": value.lower()})
        for path in others:
            condition |= Q(**{f"{path}__icontains": value})
        return rows.filter(condition)


class MappingFilter(ListFilter):
    standing = choose("对照状态", STANDINGS, method="by_standing")
    kind = choose("种类", kinds)
    dear = choose("价格", [("yes", "高于中心限价")], method="by_price")
    q = Words(
        ("own_initials", "拼音首字母"),
        ("own_code", "内码"),
        ("own_name", "名称"),
        ("centre_code", "中心编码"),
        ("item__name", "中心名称"),
    )

    class Meta:
        model = Mapping
        fields: list[str] = []

    def by_standing(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(standing_today__in=Standing.held() if value == "held" else [value])

    def by_price(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(own_price__gt=F("item__price_limit"))


def mapping_url(mapping: Mapping) -> str:
    return reverse("injury:mapping-edit", args=[mapping.pk])


class MappingList(ListPage):
    """Own items and what they are at the centre. Its Excel has the heads that the import looks for."""

    name = "injury.mappings"
    title = "目录对照"
    columns = (
        Column("own_code", "医院内码", "id", link=mapping_url, width=16),
        Column("own_name", "医院项目名称", width=30),
        Column("kind", "种类", value=lambda row: row.kind_label, sort="kind", width=8),
        Column("own_price", "医院单价", "exact", value=lambda row: exact(row.own_price), sort="own_price", width=12),
        Column("specification", "规格", width=18, shown=False),
        Column("centre_code", "中心编码", "id", width=22),
        Column("item__name", "中心名称", width=30),
        Column("category", "目录外收费类别", value=lambda row: _category(row), sort="", width=16, shown=False),
        Column("grade", "等级", value=lambda row: row.item.grade_label if row.item else "自费", sort="", width=8),
        Column("version", "目录版本号", "id", width=14),
        Column(
            "limit", "中心限价", "exact", value=lambda row: exact(row.item and row.item.price_limit), sort="", width=12
        ),
        Column("valid_from", "对照生效日期", "date", shown=False),
        Column("valid_to", "对照失效日期", "date", shown=False),
        Column(
            "standing",
            "对照状态",
            "state",
            value=lambda row: str(Standing(row.standing_today).label),
            sort="",
            tones=STANDING_TONES,
        ),
        Column("mapped_as", "对照人", width=16, shown=False),
        Column("mapped_at", "对照时间", "datetime"),
    )
    filterset = MappingFilter
    template = "injury/mapping_list.html"
    default_sort = "own_code"
    empty = "没有符合条件的目录对照"
    empty_hint = "先导入中心目录，再逐个新增或导入本院的对照；没有对照的项目按目录外自费上传"

    def rows(self) -> QuerySet[Any]:
        return with_standing(Mapping.objects.select_related("item"), timezone.localdate())

    def row_css(self, row: Any) -> str:
        return "attention" if row.standing_today in Standing.held() else ""


def _category(row: Mapping) -> str:
    return code_list("injury.aka063").label(row.category) if row.category else ""


def _limit(row: Mapping) -> str:
    return exact(row.item.price_limit) if row.item else ""


class RenewalFilter(ListFilter):
    kind = choose("种类", kinds)
    q = Words(("own_initials", "拼音首字母"), ("own_code", "内码"), ("own_name", "名称"), ("centre_code", "中心编码"))

    class Meta:
        model = Mapping
        fields: list[str] = []


def was_and_is(row: Any, name: str) -> str:
    """What the new version says, with the old value before it where they differ."""
    before, after = getattr(row.item, name), row.fresh[name]
    if name == "price_limit":
        before, after = exact(before) or "无", exact(None if after is None else Decimal(str(after))) or "无"
    if name == "grade":
        before, after = (code_list("injury.aka065").label(value) for value in (before, after))
    return str(after) if before == after else f"{before} → {after}"


class RenewalList(ListPage):
    """Mappings whose code has a newer version at the centre, with what is different in it."""

    name = "injury.mapping_renewals"
    title = "待更新的对照"
    columns = (
        Column("own_code", "医院内码", "id", link=mapping_url, width=16),
        Column("own_name", "医院项目名称", width=28),
        Column("kind", "种类", value=lambda row: row.kind_label, sort="kind", width=8),
        Column("own_price", "医院单价", "exact", value=lambda row: exact(row.own_price), sort="own_price", width=12),
        Column("centre_code", "中心编码", "id", width=22),
        Column("version", "目录版本号", value=lambda row: was_and_is(row, "version"), sort="version", width=20),
        Column("name", "中心名称", value=lambda row: was_and_is(row, "name"), sort="", width=40),
        Column("grade", "等级", value=lambda row: was_and_is(row, "grade"), sort="", width=16),
        Column("limit", "中心限价", value=lambda row: was_and_is(row, "price_limit"), sort="", width=16),
    )
    filterset = RenewalFilter
    template = "injury/mapping_renewals.html"
    default_sort = "own_code"
    empty = "没有待更新的对照"
    empty_hint = "中心编码已停用、已过期或种类改变的，须在“目录对照”中逐个改选"
    actions = (
        BulkAction(
            "更新到新版本",
            "injury:mapping-renew",
            "injury.mappings.edit",
            "primary",
            confirm="把所选 {n} 条对照更新到中心现行版本？请先核对名称、等级和限价的变化。",
            confirm_title="更新对照版本",
        ),
    )

    def rows(self) -> QuerySet[Any]:
        today = timezone.localdate()
        now = in_use(CatalogueItem.objects.filter(environment=OuterRef("environment")), today)
        now = now.filter(code=OuterRef("centre_code"), kind=OuterRef("kind")).order_by("-valid_from")
        said = JSONObject(version="version", name="name", grade="grade", price_limit="price_limit")
        fresh = Subquery(now.annotate(said=said).values("said")[:1])
        found: QuerySet[Any] = renewable(Mapping.objects.select_related("item"), today).annotate(fresh=fresh)
        return found
