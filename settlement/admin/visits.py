"""Visits, fee lines, settlements and own items in Django admin: to look at; what names a person stays sealed."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from portal.gateway.journal.states import DOUBTFUL
from portal.web.admin_kit import PortalAdmin
from settlement.models import Bill, FeeLine, OwnItem, Settlement, Visit


class DoubtFilter(admin.SimpleListFilter):
    title, parameter_name = "待办", "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("doubt", "结果待确认")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(operation__state__in=DOUBTFUL) if self.value() == "doubt" else queryset


@admin.register(Visit)
class VisitAdmin(PortalAdmin):
    view_permission = "settlement.visits.view"
    list_display = (
        *("number", "kind", "state", "name_masked", "document_masked", "insurance_label", "med_type_label"),
        *("department_name", "started_at", "ended_at", "mdtrt_id", "created_as"),
    )
    list_filter = ("kind", "state", DoubtFilter, "med_type", "insurance", "started_at")
    search_fields = ("number", "mdtrt_id", "department_name", "doctor_name", "disease_code")
    search_help_text = "查找：住院/门诊号、就诊ID、科室、医师、病种编码"
    exclude = ("person_no", "name", "document", "certificate_no", "card_sn", "details", "operation", "identification")
    date_hierarchy = "started_at"
    ordering = ("-started_at", "-id")


@admin.register(Bill)
class BillAdmin(PortalAdmin):
    view_permission = "settlement.visits.view"
    list_display = ("number", "visit", "state", "disease_code", "lines_count", "total", "sent_at", "created_as")
    list_filter = ("state", "created_at")
    list_select_related = ("visit",)
    search_fields = ("number", "visit__number", "disease_code", "disease_name")
    search_help_text = "查找：收费批次号、住院/门诊号、病种"
    ordering = ("-created_at", "-id")


@admin.register(FeeLine)
class FeeLineAdmin(PortalAdmin):
    view_permission = "settlement.visits.view"
    list_display = (
        *("number", "visit", "state", "own_code", "own_name", "item_code", "quantity", "price", "amount"),
        *("grade_label", "fully_own", "over_limit", "prepaid_own", "occurred_at"),
    )
    list_filter = ("state", "category", "grade", "occurred_at")
    list_select_related = ("visit",)
    search_fields = ("number", "visit__number", "own_code", "own_name", "item_code")
    search_help_text = "查找：明细流水号、住院/门诊号、机构编码、名称、医保编码"
    exclude = ("sent_by",)
    ordering = ("-occurred_at", "-id")


@admin.register(Settlement)
class SettlementAdmin(PortalAdmin):
    view_permission = "settlement.visits.view"
    list_display = (
        *("number", "kind", "state", "visit", "total", "fund", "account", "cash", "hospital", "clr_type_label"),
        *("setl_id", "settled_at", "receipts", "created_as"),
    )
    list_filter = ("kind", "state", DoubtFilter, "clr_type", "settled_at")
    list_select_related = ("visit",)
    search_fields = ("number", "setl_id", "msgid", "visit__number", "invoice")
    search_help_text = "查找：结算单号、结算ID、报文编号、住院/门诊号、发票号"
    exclude = ("reply", "operation", "undone_by", "job")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-id")


@admin.register(OwnItem)
class OwnItemAdmin(PortalAdmin):
    view_permission = "settlement.visits.view"
    list_display = ("own_code", "own_name", "item_code", "category", "spec", "unit", "price", "used_at")
    list_filter = ("category",)
    search_fields = ("own_code", "own_name", "item_code", "initials")
    search_help_text = "查找：机构编码、名称、医保编码、拼音首字母"
    ordering = ("own_code",)
