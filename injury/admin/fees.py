"""Fee items and doctor's advices."""

from typing import Any

from django.contrib import admin

from injury.models import Advice, FeeItem
from portal.codes import code_list
from portal.web.admin_kit import PortalAdmin


class CategoryFilter(admin.SimpleListFilter):
    title, parameter_name = "收费类别", "category"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return code_list("injury.aka063").choices()

    def queryset(self, request: Any, queryset: Any) -> Any:
        return queryset.filter(category=self.value()) if self.value() else queryset


class KindFilter(admin.SimpleListFilter):
    title, parameter_name = "种类", "kind"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return code_list("injury.alc404").choices()

    def queryset(self, request: Any, queryset: Any) -> Any:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(FeeItem)
class FeeItemAdmin(PortalAdmin):
    view_permission = "injury.fees.view"
    list_display = (
        *("number", "line_id", "prescribed_on", "own_code", "own_name", "centre_code", "category_shown"),
        *("quantity", "amount", "state", "held_because", "arrived_at"),
    )
    list_filter = (
        "environment",
        "state",
        "held_kind",
        KindFilter,
        CategoryFilter,
        "source",
        "is_rescue",
        "is_unrelated",
    )
    search_fields = ("line_id", "own_code", "own_name", "centre_code", "admission__number")
    search_help_text = "查找：费用流水号、医院内码、项目名称、中心编码、住院号/门诊号"
    date_hierarchy = "prescribed_on"
    ordering = ("-arrived_at",)
    list_select_related = ("admission",)

    @admin.display(description="住院号/门诊号", ordering="admission__number")
    def number(self, row: FeeItem) -> str:
        return row.admission.number

    @admin.display(description="收费类别", ordering="category")
    def category_shown(self, row: FeeItem) -> str:
        return row.category_label


@admin.register(Advice)
class AdviceAdmin(PortalAdmin):
    view_permission = "injury.fees.view"
    list_display = ("admission_number", "number", "started_on", "ended_on", "kind_shown", "text", "doctor", "version")
    list_filter = ("environment", "kind", "source")
    search_fields = ("number", "text", "doctor", "admission__number")
    search_help_text = "查找：医嘱流水号、医嘱信息、医师、住院号/门诊号"
    ordering = ("-changed_at",)
    list_select_related = ("admission",)

    @admin.display(description="住院号/门诊号", ordering="admission__number")
    def admission_number(self, row: Advice) -> str:
        return row.admission.number

    @admin.display(description="医嘱类型", ordering="kind")
    def kind_shown(self, row: Advice) -> str:
        return row.kind_label
