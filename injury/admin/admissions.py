"""Admissions, enquiries and the centre's lists in Django admin: to look at; questions and answers stay sealed."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from injury.models import Admission, CentreReport, CentreTreatment, Enquiry, UploadedPerson
from portal.gateway.journal.states import DOUBTFUL
from portal.web.admin_kit import PortalAdmin


class DoubtFilter(admin.SimpleListFilter):
    title, parameter_name = "待办", "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("doubt", "结果待确认"), ("refused", "登记被拒绝")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "doubt":
            return queryset.filter(operation__state__in=DOUBTFUL)
        return queryset.filter(state="draft").exclude(note="") if self.value() == "refused" else queryset


@admin.register(Admission)
class AdmissionAdmin(PortalAdmin):
    view_permission = "injury.admissions.view"
    list_display = (
        *("number", "state", "flow", "name_masked", "identity_masked", "visit", "admitted_on"),
        *("discharged_on", "department", "injury_no", "treatment_no", "created_as"),
    )
    list_filter = ("state", "flow", "visit_kind", DoubtFilter, "admitted_on")
    search_fields = ("number", "injury_no", "treatment_no", "person_no", "department", "doctor")
    search_help_text = "查找：住院号/门诊号、认定书号、继续治疗申请编号、个人编号、科室、主治医师"
    exclude = ("identity", "name", "card", "typed", "operation", "enquiry")
    date_hierarchy = "admitted_on"
    ordering = ("-admitted_on", "-id")

    @admin.display(description="医疗类别", ordering="visit_kind")
    def visit(self, one: Admission) -> str:
        return one.visit_kind_label


@admin.register(Enquiry)
class EnquiryAdmin(PortalAdmin):
    view_permission = "injury.people.find"
    list_display = ("asked_at", "title", "label", "state", "count", "code", "sentence", "asked_as", "answered_at")
    list_filter = ("state", "kind", "asked_at")
    search_fields = ("title", "label", "code", "sentence", "asked_as")
    search_help_text = "查找：事项、查询对象（遮盖）、结果代码、说明、查询人"
    exclude = ("params", "answer")
    ordering = ("-asked_at", "-id")


@admin.register(CentreTreatment)
class CentreTreatmentAdmin(PortalAdmin):
    view_permission = "injury.people.find"
    list_display = ("treatment_no", "state_shown", "name_masked", "injury_no", "applied_on", "starts_on", "ends_on")
    list_filter = ("state", "kind", "applied_on")
    search_fields = ("treatment_no", "injury_no", "person_no")
    search_help_text = "查找：申请编号、认定书号、个人编号"
    exclude = ("identity", "name")
    ordering = ("-applied_on", "-id")

    @admin.display(description="审批", ordering="state")
    def state_shown(self, one: CentreTreatment) -> str:
        return one.state_label


@admin.register(CentreReport)
class CentreReportAdmin(PortalAdmin):
    view_permission = "injury.people.find"
    list_display = ("name_masked", "person_no", "injured_on", "step", "recognised", "injury_no", "injured_part")
    list_filter = ("step", "recognised", "injured_on")
    search_fields = ("injury_no", "person_no", "employer_no")
    search_help_text = "查找：认定书号、个人编号、单位编号"
    exclude = ("identity", "name")
    ordering = ("-injured_on", "-id")


@admin.register(UploadedPerson)
class UploadedPersonAdmin(PortalAdmin):
    view_permission = "injury.people.find"
    list_display = (
        *("number", "name_masked", "admitted_on", "discharged_on", "total", "ours", "rejected", "drugs"),
        *("drug_share", "audit", "difference"),
    )
    list_filter = ("at_centre", "audit", "visit_kind", "treatment", "admitted_on")
    search_fields = ("number", "injury_no", "region", "difference")
    search_help_text = "查找：住院号/门诊号、认定书号、所属县区、差异"
    exclude = ("identity", "name")
    ordering = ("-admitted_on", "-id")
