"""Clearing rows and applications in Django admin: to look at, and to print for the rows that are ticked."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from clearing.models import Application, ClearingRow
from clearing.papers import AT_ONCE, TYPES, gather_chosen, make
from clearing.services import Refused
from portal.codes import code_list
from portal.web.admin_kit import PortalAdmin
from portal.web.tables.export import attachment


class CodeFilter(admin.SimpleListFilter):
    """A filter by the labels of a code list."""

    codes: str

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return code_list(self.codes).choices()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{str(self.parameter_name): self.value()}) if self.value() else queryset


def by_code(name: str, label: str, codes: str) -> type[CodeFilter]:
    return type(f"By{name}", (CodeFilter,), {"title": label, "parameter_name": name, "codes": f"clearing.{codes}"})


class YearFilter(admin.SimpleListFilter):
    title, parameter_name = "清算年份", "year"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        years = model_admin.model.objects.order_by("-year").values_list("year", flat=True).distinct()
        return [(str(year), f"{year} 年") for year in years]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value() or ""
        return queryset.filter(year=int(value)) if value.isascii() and value.isdigit() else queryset


class FindingFilter(admin.SimpleListFilter):
    title, parameter_name = "差异", "finding"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", "未接受"), ("accepted", "已接受"), ("none", "无差异")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "none":
            return queryset.filter(finding_count=0)
        if self.value() in ("open", "accepted"):
            return queryset.filter(finding_count__gt=0, accepted_at__isnull=self.value() == "open")
        return queryset


INSURANCE = by_code("insurance", "险种", "aka080")
AGENCY = by_code("agency", "清算机构", "qsjg00")


@admin.register(ClearingRow)
class ClearingRowAdmin(PortalAdmin):
    view_permission = "clearing.rows.view"
    print_permission = "clearing.papers.make"
    list_display = (
        *("provider_code", "provider_name", "year", "insurance_label", "agency_label", "region_label"),
        *("visit_type_label", "fund_due", "disburse", "finding_count", "state"),
    )
    list_filter = (
        *("environment", YearFilter, INSURANCE, AGENCY, "state"),
        by_code("region", "统筹区", "insu_admdvs"),
        by_code("provider_type", "机构类型", "medins_type"),
        by_code("visit_type", "就诊类型", "akc191"),
        FindingFilter,
    )
    search_fields = ("provider_name", "provider_code", "row_id")
    search_help_text = "查找：医疗机构名称、医疗机构编号、数据编号"
    ordering = ("provider_code", "id")
    actions = ("disbursement_pdf",)
    list_select_related = ("generation",)

    @admin.display(description="险种", ordering="insurance")
    def insurance_label(self, row: ClearingRow) -> str:
        return str(code_list("clearing.aka080").label(row.insurance)).removesuffix("基本医疗保险")

    @admin.display(description="清算机构", ordering="agency")
    def agency_label(self, row: ClearingRow) -> str:
        return row.agency_label

    @admin.display(description="统筹区", ordering="region")
    def region_label(self, row: ClearingRow) -> str:
        return row.region_label

    @admin.display(description="就诊类型", ordering="visit_type")
    def visit_type_label(self, row: ClearingRow) -> str:
        return row.visit_type_label

    @admin.action(description="生成核拨表 PDF", permissions=["print"])
    def disbursement_pdf(self, request: HttpRequest, rows: QuerySet[ClearingRow]) -> HttpResponse | None:
        """One disbursement table of the ticked rows; many rows are printed on the portal's own page."""
        by = self.member(request)
        count = rows.count()
        if by is None or count > AT_ONCE:
            messages.error(request, f"一次最多打印 {AT_ONCE} 条，已选 {count} 条；整张核拨表请在“报表导出”中生成")
            return None
        try:
            content = make(gather_chosen("disbursement", rows, by=by), "pdf", by=by)
        except Refused as refusal:
            messages.error(request, refusal.sentence)
            return None
        return attachment(content, f"核拨表_所选{count}条.pdf", TYPES["pdf"])


@admin.register(Application)
class ApplicationAdmin(PortalAdmin):
    view_permission = "clearing.rows.view"
    list_display = (
        *("application_no", "year", "insurance_label", "agency_label", "count", "disburse", "state"),
        *("submitted_by", "approved_by", "submitted_at"),
    )
    list_filter = ("environment", YearFilter, INSURANCE, AGENCY, "state")
    search_fields = ("application_no",)
    search_help_text = "查找：申请编号"
    ordering = ("-submitted_at",)
    list_select_related = ("submitted_by", "approved_by")

    @admin.display(description="险种", ordering="insurance")
    def insurance_label(self, application: Application) -> str:
        return application.insurance_label

    @admin.display(description="清算机构", ordering="agency")
    def agency_label(self, application: Application) -> str:
        return application.agency_label
