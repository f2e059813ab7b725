"""Uploads of fees: epochs, batches, what the centre had added up; read, filter, search."""

from typing import Any

from django.contrib import admin

from injury.models import CentreReading, FeeBatch, FeeEpoch, UploadSchedule
from portal.web.admin_kit import PortalAdmin


@admin.register(FeeEpoch)
class FeeEpochAdmin(PortalAdmin):
    view_permission = "injury.fees.view"
    list_display = ("number", "n", "state", "note", "wipes", "started_as", "started_at", "completed_at")
    list_filter = ("environment", "state", "is_scheduled", "is_wiped_by_hand")
    search_fields = ("admission__number",)
    search_help_text = "查找：住院号/门诊号"
    date_hierarchy = "started_at"
    ordering = ("-started_at",)
    list_select_related = ("admission",)

    @admin.display(description="住院号/门诊号", ordering="admission__number")
    def number(self, row: Any) -> str:
        return str(row.admission.number)


@admin.register(FeeBatch)
class FeeBatchAdmin(PortalAdmin):
    view_permission = "injury.fees.view"
    list_display = ("admission", "round", "number", "sign", "count", "amount", "state", "saved", "note", "ended_at")
    list_filter = ("environment", "state", "sign")
    search_fields = ("epoch__admission__number", "content_hash")
    search_help_text = "查找：住院号/门诊号、内容摘要"
    ordering = ("-id",)
    list_select_related = ("epoch__admission",)

    @admin.display(description="住院号/门诊号", ordering="epoch__admission__number")
    def admission(self, row: Any) -> str:
        return str(row.epoch.admission.number)

    @admin.display(description="轮次", ordering="epoch__n")
    def round(self, row: Any) -> int:
        return int(row.epoch.n)


@admin.register(CentreReading)
class CentreReadingAdmin(PortalAdmin):
    view_permission = "injury.fees.view"
    list_display = ("number", "purpose", "total", "is_empty", "read_at")
    list_filter = ("environment", "purpose", "is_empty")
    search_fields = ("admission__number",)
    search_help_text = "查找：住院号/门诊号"
    date_hierarchy = "read_at"
    ordering = ("-read_at",)
    list_select_related = ("admission",)

    @admin.display(description="住院号/门诊号", ordering="admission__number")
    def number(self, row: Any) -> str:
        return str(row.admission.number)


@admin.register(UploadSchedule)
class UploadScheduleAdmin(PortalAdmin):
    view_permission = "injury.uploads.schedule"
    list_display = ("environment", "is_on", "times", "every", "next_at", "last_at", "last_count", "changed_as")
    list_filter = ("environment", "is_on")
