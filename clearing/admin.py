"""Clearing rows, deposit refunds and applications in Django admin: to look at, and to print what is ticked."""

from collections.abc import Callable
from typing import Any, TypeAlias

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from clearing.models import (
    Application,
    ClearingRow,
    CrossRegionBatch,
    CrossRegionRow,
    DepositRefund,
    Month,
    MonthlyDetail,
    MonthRead,
)
from clearing.models.month import ReadState
from clearing.papers import AT_ONCE, KINDS, TYPES, Paper, gather_chosen, gather_for, make
from clearing.services import Refused
from portal.codes import code_list
from portal.papers.failures import PaperFailed
from portal.web.admin_kit import PortalAdmin
from portal.web.tables.export import attachment

Rows: TypeAlias = "QuerySet[Any]"


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


class BrokenFilter(admin.SimpleListFilter):
    title, parameter_name = "差异", "finding"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("some", "有差异"), ("none", "无差异")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("some", "none"):
            return queryset
        return queryset.filter(finding_count__gt=0) if self.value() == "some" else queryset.filter(finding_count=0)


def printed(
    page: PortalAdmin, request: HttpRequest, rows: Rows, kind: str, gathered: Callable[..., Paper]
) -> HttpResponse | None:
    """The paper of the ticked rows as a PDF, or a sentence why not; many rows are printed on the portal's own page."""
    by, count, title = page.member(request), rows.count(), KINDS[kind].title
    if by is None or count > AT_ONCE:
        messages.error(request, f"一次最多打印 {AT_ONCE} 条，已选 {count} 条；整张{title}请在“报表导出”中生成")
        return None
    try:
        paper = gathered(kind, rows, by=by)
        content = make(paper, "pdf", by=by)
    except (Refused, PaperFailed) as failure:
        messages.error(request, failure.sentence)
        return None
    return attachment(content, f"{KINDS[kind].file_stem}_所选{paper.count}条.pdf", TYPES["pdf"])


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
    actions = ("disbursement_pdf", "cross_region_pdf", "maternity_pdf", "primary_pdf")
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

    @admin.action(description="生成核拨表 PDF（所选数据）", permissions=["print"])
    def disbursement_pdf(self, request: HttpRequest, rows: Rows) -> HttpResponse | None:
        return printed(self, request, rows, "disbursement", gather_chosen)

    @admin.action(description="生成异地保证金返还表 PDF（所选数据的机构）", permissions=["print"])
    def cross_region_pdf(self, request: HttpRequest, rows: Rows) -> HttpResponse | None:
        return printed(self, request, rows, "cross_region", gather_for)

    @admin.action(description="生成生育保证金返还表 PDF（所选数据的机构）", permissions=["print"])
    def maternity_pdf(self, request: HttpRequest, rows: Rows) -> HttpResponse | None:
        return printed(self, request, rows, "maternity", gather_for)

    @admin.action(description="生成药店/村卫生室保证金返还表 PDF（所选数据的机构）", permissions=["print"])
    def primary_pdf(self, request: HttpRequest, rows: Rows) -> HttpResponse | None:
        return printed(self, request, rows, "primary", gather_for)


@admin.register(DepositRefund)
class DepositRefundAdmin(PortalAdmin):
    view_permission = "clearing.rows.view"
    print_permission = "clearing.papers.make"
    list_display = (
        *("provider_code", "provider_name", "kind", "year", "insurance_label", "agency_label", "region_label"),
        *("deposit", "score", "refund", "finding_count", "fetched_at"),
    )
    list_filter = (
        *("environment", "kind", YearFilter, INSURANCE, AGENCY),
        by_code("region", "统筹区", "insu_admdvs"),
        by_code("provider_type", "机构类型", "medins_type"),
        BrokenFilter,
    )
    search_fields = ("provider_name", "provider_code")
    search_help_text = "查找：医疗机构名称、医疗机构编号"
    ordering = ("provider_code", "id")
    actions = ("cross_region_pdf", "maternity_pdf", "primary_pdf")

    insurance_label, agency_label = ClearingRowAdmin.insurance_label, ClearingRowAdmin.agency_label
    region_label = ClearingRowAdmin.region_label

    @admin.action(description="生成异地保证金返还表 PDF", permissions=["print"])
    def cross_region_pdf(self, request: HttpRequest, rows: Rows) -> HttpResponse | None:
        return printed(self, request, rows, "cross_region", gather_chosen)

    @admin.action(description="生成生育保证金返还表 PDF", permissions=["print"])
    def maternity_pdf(self, request: HttpRequest, rows: Rows) -> HttpResponse | None:
        return printed(self, request, rows, "maternity", gather_chosen)

    @admin.action(description="生成药店/村卫生室保证金返还表 PDF", permissions=["print"])
    def primary_pdf(self, request: HttpRequest, rows: Rows) -> HttpResponse | None:
        return printed(self, request, rows, "primary", gather_chosen)


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


class MonthYearFilter(YearFilter):
    """The years that were read: asked of the readings, because there may be a million settlements."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        years = MonthRead.objects.order_by("-year").values_list("year", flat=True).distinct()
        return [(str(year), f"{year} 年") for year in years]


class SettledAdmin(PortalAdmin):
    """Months as the centre settled them: only what a whole reading brought."""

    view_permission = "clearing.rows.view"
    list_filter = (
        *("environment", MonthYearFilter, INSURANCE, AGENCY, "month"),
        by_code("visit_type", "结算类型", "akc191"),
        by_code("region", "统筹区", "insu_admdvs"),
    )
    search_fields = ("provider_name", "provider_code")
    search_help_text = "查找：医疗机构名称、医疗机构编号"
    ordering = ("provider_code", "id")

    def get_queryset(self, request: HttpRequest) -> Rows:
        return super().get_queryset(request).filter(read__state=ReadState.CURRENT)

    @admin.display(description="险种", ordering="insurance")
    def insurance_label(self, row: Any) -> str:
        return str(row.insurance_label).removesuffix("基本医疗保险")

    @admin.display(description="清算机构", ordering="agency")
    def agency_label(self, row: Any) -> str:
        return str(row.agency_label)

    @admin.display(description="结算类型", ordering="visit_type")
    def visit_type_label(self, row: Any) -> str:
        return str(row.visit_type_label)


@admin.register(Month)
class MonthAdmin(SettledAdmin):
    list_display = (
        *("provider_code", "provider_name", "year", "month", "insurance_label", "agency_label", "visit_type_label"),
        *("visit_count", "medical_fee", "fund_due", "monthly_paid"),
    )


@admin.register(MonthlyDetail)
class MonthlyDetailAdmin(SettledAdmin):
    """Persons masked; in full they are shown on the portal's own page, for a reason."""

    exclude = ("person_name", "certno", "certno_index")
    list_display = (
        *("settlement_no", "settled_on", "person_name_masked", "certno_masked", "provider_name", "visit_type_label"),
        *("medical_fee", "fund_due", "monthly_paid"),
    )
    search_fields = ("provider_code", "settlement_no")
    search_help_text = "查找：医疗机构编号、结算编号"
    ordering = ("-id", "provider_code")


@admin.register(CrossRegionRow)
class CrossRegionRowAdmin(PortalAdmin):
    """Cross-region settlements as the centre lists them; certificate numbers are not shown."""

    view_permission = "clearing.cross_region.view"
    exclude = ("certificate", "certificate_index")
    list_display = (
        *("settlement_no", "month", "settled_at", "medical_fee", "agency_paid", "compared", "decision", "reason"),
        *("decided_as", "standing", "batch"),
    )
    list_filter = ("month__environment", "month__year", "month__month", "decision", "standing", "compared")
    search_fields = ("settlement_no", "visit_no")
    search_help_text = "查找：结算流水号、就诊登记号"
    ordering = ("-month", "sequence", "id")
    list_select_related = ("month", "batch", "batch__month")


@admin.register(CrossRegionBatch)
class CrossRegionBatchAdmin(PortalAdmin):
    view_permission = "clearing.cross_region.view"
    list_display = (
        *("month", "number", "state", "count", "yes_count", "no_count", "agency_paid", "message_id"),
        *("submitted_as", "submitted_at"),
    )
    list_filter = ("month__environment", "month__year", "month__month", "state")
    search_fields = ("message_id",)
    search_help_text = "查找：确认报文编号"
    list_select_related = ("month",)
