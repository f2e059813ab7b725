"""The catalogue, mappings and error codes in Django admin: to look at."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from injury.models import CatalogueFile, CatalogueItem, ErrorCode, Mapping, Standing
from injury.models.catalogue import in_use, with_standing
from portal.codes import code_list
from portal.web.admin_kit import PortalAdmin


class CodeFilter(admin.SimpleListFilter):
    """A filter by the labels of a code list."""

    codes: str

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return code_list(self.codes).choices()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{str(self.parameter_name): self.value()}) if self.value() else queryset


def by_code(name: str, label: str, codes: str) -> type[CodeFilter]:
    return type(f"By{codes}", (CodeFilter,), {"title": label, "parameter_name": name, "codes": f"injury.{codes}"})


KIND = by_code("kind", "种类", "alc404")


class InUseFilter(admin.SimpleListFilter):
    title, parameter_name = "版本", "used"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "现行版本"), ("gone", "已停用")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "gone":
            return queryset.filter(gone_on__isnull=False)
        return in_use(queryset, timezone.localdate()) if self.value() == "yes" else queryset


class StandingFilter(admin.SimpleListFilter):
    title, parameter_name = "对照状态", "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(Standing.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(standing_today=self.value()) if self.value() in Standing.values else queryset


@admin.register(CatalogueItem)
class CatalogueItemAdmin(PortalAdmin):
    view_permission = "injury.mappings.view"
    list_display = (
        *("code", "name", "kind_label", "category_label", "grade_label", "version", "price_limit"),
        *("valid_from", "valid_to", "replaced_on", "gone_on"),
    )
    list_filter = (InUseFilter, KIND, by_code("grade", "等级", "aka065"), by_code("category", "收费类别", "aka063"))
    search_fields = ("code", "name", "initials")
    search_help_text = "查找：中心编码、中心名称、拼音首字母"
    ordering = ("code", "id")

    @admin.display(description="种类", ordering="kind")
    def kind_label(self, item: CatalogueItem) -> str:
        return item.kind_label

    @admin.display(description="收费类别", ordering="category")
    def category_label(self, item: CatalogueItem) -> str:
        return item.category_label

    @admin.display(description="等级", ordering="grade")
    def grade_label(self, item: CatalogueItem) -> str:
        return item.grade_label


@admin.register(Mapping)
class MappingAdmin(PortalAdmin):
    view_permission = "injury.mappings.view"
    list_display = (
        *("own_code", "own_name", "kind_label", "own_price", "centre_code", "centre_name", "version"),
        *("standing_label", "mapped_as", "mapped_at"),
    )
    list_filter = (StandingFilter, KIND)
    search_fields = ("own_code", "own_name", "own_initials", "centre_code", "item__name")
    search_help_text = "查找：医院内码、名称、拼音首字母、中心编码、中心名称"
    ordering = ("own_code", "id")
    list_select_related = ("item",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_standing(super().get_queryset(request), timezone.localdate())

    @admin.display(description="种类", ordering="kind")
    def kind_label(self, mapping: Mapping) -> str:
        return mapping.kind_label

    @admin.display(description="中心名称")
    def centre_name(self, mapping: Mapping) -> str:
        return mapping.item.name if mapping.item else "目录外"

    @admin.display(description="对照状态")
    def standing_label(self, mapping: Any) -> str:
        return str(Standing(mapping.standing_today).label)


@admin.register(CatalogueFile)
class CatalogueFileAdmin(PortalAdmin):
    view_permission = "injury.mappings.view"
    list_display = ("name", "kind", "state", "is_complete", "rows", "uploaded_as", "uploaded_at", "used_as", "used_at")
    list_filter = ("kind", "state")
    search_fields = ("name",)
    search_help_text = "查找：文件名"
    exclude = ("content",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("content")


@admin.register(ErrorCode)
class ErrorCodeAdmin(PortalAdmin):
    view_permission = "injury.admissions.view"
    list_display = ("code", "section", "text", "next_step", "definite")
    list_filter = ("definite", "section")
    search_fields = ("code", "mark", "text", "next_step", "initials")
    search_help_text = "查找：代码、说明、下一步、拼音首字母"
    ordering = ("number",)
