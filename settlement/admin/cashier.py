"""Prepaid accounts and the cashier's movements in Django admin: to look at; what names a person stays sealed."""

from django.contrib import admin

from portal.web.admin_kit import PortalAdmin
from settlement.models import CardReading, CashierCharge, HealthCardAuth, PrepaidAccount, Recharge, Refund


@admin.register(PrepaidAccount)
class PrepaidAccountAdmin(PortalAdmin):
    view_permission = "settlement.cashier.view"
    list_display = ("name_masked", "account_type", "card_type", "card_masked", "patient_id", "balance", "created_at")
    list_filter = ("account_type", "card_type", "created_at")
    search_fields = ("patient_id",)
    search_help_text = "查找：患者院内ID"
    exclude = ("card_no", "name", "document")
    ordering = ("-created_at", "-id")


@admin.register(Recharge)
class RechargeAdmin(PortalAdmin):
    view_permission = "settlement.cashier.view"
    list_display = ("number", "account", "state", "amount", "held", "paid_at", "trace_no", "desk_name", "created_as")
    list_filter = ("state", "created_at")
    list_select_related = ("account",)
    search_fields = ("number", "trace_no", "charge_no", "account__patient_id")
    search_help_text = "查找：充值单号、平台跟踪号、患者院内ID"
    exclude = ("content", "qrcode", "operation")
    ordering = ("-created_at", "-id")


@admin.register(Refund)
class RefundAdmin(PortalAdmin):
    view_permission = "settlement.cashier.view"
    list_display = ("number", "recharge", "state", "amount", "mode", "submitted", "refunded_at", "reason", "created_as")
    list_filter = ("state", "mode", "created_at")
    list_select_related = ("recharge",)
    search_fields = ("number", "recharge__number", "trace_no")
    search_help_text = "查找：退款单号、充值单号、平台跟踪号"
    exclude = ("operation",)
    ordering = ("-created_at", "-id")


@admin.register(CashierCharge)
class CashierChargeAdmin(PortalAdmin):
    view_permission = "settlement.cashier.view"
    list_display = ("number", "state", "patient_type", "name_masked", "setl_id", "charged_at", "cancelled_at")
    list_filter = ("state", "patient_type", "created_at")
    search_fields = ("number", "setl_id", "mdtrt_id")
    search_help_text = "查找：收费单号、结算ID、就诊ID"
    exclude = ("person_no", "content", "reply", "operation", "cancelled_by")
    ordering = ("-created_at", "-id")


@admin.register(CardReading)
class CardReadingAdmin(PortalAdmin):
    view_permission = "settlement.people.identify"
    list_display = ("asked_at", "way", "state", "name_masked", "document_masked", "desk_name", "asked_as")
    list_filter = ("way", "state", "asked_at")
    exclude = ("answer", "card_no", "person_no")
    ordering = ("-asked_at", "-id")


@admin.register(HealthCardAuth)
class HealthCardAuthAdmin(PortalAdmin):
    view_permission = "settlement.people.identify"
    list_display = ("number", "state", "treatment_code", "name_masked", "desk_name", "asked_at", "ended_at")
    list_filter = ("state", "asked_at")
    search_fields = ("number",)
    search_help_text = "查找：授权流水号"
    exclude = ("answer", "address")
    ordering = ("-asked_at", "-id")
