"""Discharges and materials in the Django admin: to look at; never a record or a file itself."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from injury.models import Discharge, Material
from portal.web.admin_kit import PortalAdmin


@admin.register(Discharge)
class DischargeAdmin(PortalAdmin):
    view_permission = "injury.admissions.view"
    list_display = (
        *("number", "person", "state", "discharged_on", "days", "reason_label", "diagnosis_code"),
        *("submitted_at", "discharged_at", "audited_at"),
    )
    list_filter = ("environment", "state", ("discharged_on", admin.DateFieldListFilter), "admission__flow")
    search_fields = ("admission__number",)
    search_help_text = "查找：住院号/门诊号"
    list_select_related = ("admission",)
    exclude = ("operation", "saved_in")

    @admin.display(description="住院号/门诊号", ordering="admission__number")
    def number(self, row: Discharge) -> str:
        return str(row.admission.number)

    @admin.display(description="姓名（遮盖）")
    def person(self, row: Discharge) -> str:
        return str(row.admission.name_masked)

    @admin.display(description="出院原因", ordering="reason")
    def reason_label(self, row: Discharge) -> str:
        return row.reason_label


@admin.register(Material)
class MaterialAdmin(PortalAdmin):
    view_permission = "injury.admissions.view"
    list_display = ("number", "stay", "kind_label", "amount", "file_type", "size", "state", "added_at", "accepted_at")
    list_filter = ("environment", "state", "kind", "file_type")
    search_fields = ("number", "admission__number")
    search_help_text = "查找：编号、住院号/门诊号"
    list_select_related = ("admission",)
    exclude = ("content", "operation")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Material]:
        return super().get_queryset(request).defer("content")

    @admin.display(description="住院号/门诊号", ordering="admission__number")
    def stay(self, row: Material) -> str:
        return str(row.admission.number)

    @admin.display(description="材料类型", ordering="kind")
    def kind_label(self, row: Material) -> str:
        return row.kind_label
