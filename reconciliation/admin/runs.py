"""Runs, their totals and files, months in Django admin: to look at; what files hold stays sealed."""

from django.contrib import admin

from portal.web.admin_kit import PortalAdmin
from reconciliation.models import MonthClose, RawFile, Run, RunSchedule, Total


@admin.register(Run)
class RunAdmin(PortalAdmin):
    view_permission = "reconciliation.runs.view"
    list_display = (
        *("begin", "end", "family", "kind", "state", "round", "ours_count", "ours_total", "ours_fund"),
        *("differences", "open_differences", "difference_amount", "note", "started_as", "started_at"),
    )
    list_filter = ("environment", "family", "kind", "state", "is_scheduled")
    search_fields = ("note", "started_as")
    search_help_text = "查找：说明、发起人"
    date_hierarchy = "begin"
    ordering = ("-begin", "-id")


@admin.register(Total)
class TotalAdmin(PortalAdmin):
    view_permission = "reconciliation.runs.view"
    list_display = (
        *("run", "round", "step", "begin", "end", "insutype", "clr_type", "clr_optins", "is_application"),
        *("count", "refunds", "total", "fund", "account", "state", "code", "said", "asked_at"),
    )
    list_filter = ("environment", "state", "is_application", "insutype", "clr_type")
    search_fields = ("clr_optins", "said", "refmsgid")
    search_help_text = "查找：经办机构、中心说明、接收方报文ID"
    ordering = ("-id",)
    list_select_related = ("run",)


@admin.register(RawFile)
class RawFileAdmin(PortalAdmin):
    view_permission = "reconciliation.runs.view"
    list_display = (
        *("run", "round", "purpose", "name", "begin", "end", "clr_type", "clr_optins", "lines", "size", "problem"),
        "made_at",
    )
    list_filter = ("environment", "purpose", "clr_type")
    search_fields = ("name", "query_no", "digest")
    search_help_text = "查找：文件名、文件查询号、摘要"
    exclude = ("content",)
    ordering = ("-id",)
    list_select_related = ("run",)


@admin.register(RunSchedule)
class RunScheduleAdmin(PortalAdmin):
    view_permission = "reconciliation.runs.view"
    list_display = ("environment", "is_on", "at", "through", "changed_as", "changed_at")
    list_filter = ("environment", "is_on")


@admin.register(MonthClose)
class MonthCloseAdmin(PortalAdmin):
    view_permission = "reconciliation.runs.view"
    list_display = ("month", "environment", "family", "count", "total", "fund", "closed_as", "closed_at", "note")
    list_filter = ("environment", "family")
    search_fields = ("closed_as", "note")
    search_help_text = "查找：结账人、说明"
    ordering = ("-month",)
