"""Settlement sheets and what they strike out."""

from typing import Any

from django.contrib import admin

from injury.models import SettlementSheet, SheetLine
from portal.web.admin_kit import PortalAdmin


@admin.register(SettlementSheet)
class SettlementSheetAdmin(PortalAdmin):
    view_permission = "injury.admissions.view"
    list_display = (
        *("number", "person", "audit_label_shown", "total", "fund_paid", "self_paid", "settled", "line_count"),
        *("is_current", "read_at"),
    )
    list_filter = ("environment", "audit_state", "is_current")
    search_fields = ("admission__number",)
    search_help_text = "查找：住院号/门诊号"
    ordering = ("-read_at",)
    list_select_related = ("admission",)
    exclude = ("content",)

    @admin.display(description="住院号/门诊号", ordering="admission__number")
    def number(self, row: SettlementSheet) -> str:
        return row.admission.number

    @admin.display(description="姓名")
    def person(self, row: SettlementSheet) -> str:
        return row.admission.name_masked

    @admin.display(description="审核状态", ordering="audit_state")
    def audit_label_shown(self, row: SettlementSheet) -> str:
        return row.audit_label


@admin.register(SheetLine)
class SheetLineAdmin(PortalAdmin):
    view_permission = "injury.admissions.view"
    list_display = ("number", "name", "reason_shown", "amount", "rejected", "match")
    list_filter = ("environment", "match", "sheet__is_current")
    search_fields = ("name", "admission__number")
    search_help_text = "查找：项目名称、住院号/门诊号"
    ordering = ("-rejected",)
    list_select_related = ("admission",)

    @admin.display(description="住院号/门诊号", ordering="admission__number")
    def number(self, row: SheetLine) -> str:
        return row.admission.number

    @admin.display(description="剔除原因", ordering="reason")
    def reason_shown(self, row: SheetLine) -> Any:
        return row.reason_label
