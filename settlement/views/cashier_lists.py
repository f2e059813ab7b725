"""Lists of the cashier: prepaid accounts, recharges, refunds, charges of the window; totals by the database."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import django_filters
from django.db.models import DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from portal.gateway.journal.states import DOUBTFUL
from portal.vault import blind_indexes
from portal.web.tables import Column, ListFilter, ListPage, QuickSearch, choose
from settlement.models import (
    AccountType,
    CashierCharge,
    ChargeState,
    PrepaidAccount,
    Recharge,
    RechargeState,
    Refund,
    RefundState,
    WithdrawMode,
)
from settlement.models.cashier import TONES
from settlement.services.steps import HEAVY
from settlement.views.visit_lists import DAY, shown_tones

YUAN: DecimalField[Any, Any] = DecimalField(max_digits=18, decimal_places=2)
ZERO = Value(Decimal(0))


class AccountFilter(ListFilter):
    """A card or a person is found by the whole number: both are sealed."""

    account_type = choose("账户类型", AccountType.choices)
    card_no = django_filters.CharFilter(label="卡号（完整）", method="by_card", max_length=32)
    document = django_filters.CharFilter(label="身份证号（完整）", method="by_document", max_length=18)
    q = QuickSearch(("patient_id", "患者院内ID"))

    class Meta:
        model = PrepaidAccount
        fields: list[str] = []

    def by_card(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(card_no_index__in=blind_indexes(value.strip())) if value.strip() else rows

    def by_document(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(document_index__in=blind_indexes(value.strip().upper())) if value.strip() else rows


class MovementFilter(ListFilter):
    since = django_filters.DateFilter(label="提交日期从", field_name="created_at", lookup_expr="date__gte", widget=DAY)
    until = django_filters.DateFilter(label="提交日期到", field_name="created_at", lookup_expr="date__lte", widget=DAY)
    open = choose("待办", [("doubt", "结果待确认")], method="by_open")

    def by_open(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Q(operation__state__in=DOUBTFUL))


class RechargeFilter(MovementFilter):
    state = choose("状态", RechargeState.choices)
    q = QuickSearch(("number", "充值单号"), ("trace_no", "平台跟踪号"), ("account__patient_id", "患者院内ID"))

    class Meta:
        model = Recharge
        fields: list[str] = []


class RefundFilter(MovementFilter):
    state = choose("状态", RefundState.choices)
    mode = choose("退款方式", WithdrawMode.choices)
    q = QuickSearch(("number", "退款单号"), ("recharge__number", "充值单号"), ("account__patient_id", "患者院内ID"))

    class Meta:
        model = Refund
        fields: list[str] = []


class ChargeFilter(MovementFilter):
    state = choose("状态", ChargeState.choices)
    q = QuickSearch(("number", "收费单号"), ("setl_id", "结算ID"), ("mdtrt_id", "就诊ID"))

    class Meta:
        model = CashierCharge
        fields: list[str] = []

    def by_open(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Q(operation__state__in=DOUBTFUL) | Q(cancelled_by__state__in=DOUBTFUL))


def account_url(row: PrepaidAccount) -> str:
    return reverse("settlement:prepaid", args=[row.pk])


def recharge_url(row: Recharge) -> str:
    return reverse("settlement:recharge", args=[row.pk])


def refund_url(row: Refund) -> str:
    return reverse("settlement:refund", args=[row.pk])


def charge_url(row: CashierCharge) -> str:
    return reverse("settlement:charge", args=[row.pk])


def with_sums(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Accounts with what was paid in and what went back, in yuan."""

    def sum_of(model: Any, state: str) -> Any:
        found = model.objects.filter(account=OuterRef("pk"), state=state).order_by().values("account")
        return Coalesce(
            Subquery(found.annotate(sum=Sum("amount")).values("sum"), output_field=YUAN), ZERO, output_field=YUAN
        )

    rows = rows.annotate(paid=sum_of(Recharge, RechargeState.PAID), back=sum_of(Refund, RefundState.REFUNDED))
    found: QuerySet[Any] = rows.annotate(left=F("paid") - F("back"))
    return found


class AccountList(ListPage):
    """Prepaid accounts, the newest first."""

    name = "settlement.prepaid"
    title = "预交金账户"
    columns = (
        Column("created_at", "建立时间", "datetime", sort="created_at"),
        Column("name_masked", "姓名", width=10, link=account_url),
        Column("account_type", "账户类型", width=8),
        Column("card_type_label", "卡类型", width=10),
        Column("card_masked", "卡号", "id"),
        Column("patient_id", "患者院内ID", "id"),
        Column("document_masked", "身份证号", "id"),
        Column("paid", "累计充值", "money", total=True),
        Column("back", "累计退款", "money", total=True),
        Column("left", "净额", "money", total=True),
        Column("balance", "平台余额", "money"),
        Column("created_as", "建立人", width=12, shown=False),
    )
    filterset = AccountFilter
    template = "settlement/prepaid_list.html"
    default_sort = "-created_at"

    def rows(self) -> Any:
        assert self.member.institution
        return with_sums(PrepaidAccount.objects.filter(environment=self.member.institution.environment))


class RechargeList(ListPage):
    name = "settlement.recharges"
    title = "充值记录"
    columns = (
        Column("created_at", "提交时间", "datetime", sort="created_at"),
        Column("number", "充值单号", "id", link=recharge_url),
        Column("state", "状态", "state", value=lambda row: row.shown_state, tones=shown_tones(RechargeState, TONES)),
        Column("name", "姓名", width=10, value=lambda row: row.account.name_masked),
        Column("card", "卡号", "id", value=lambda row: row.account.card_masked),
        Column("amount", "充值金额", "money", sort="amount", total=True),
        Column("held", "已退和退款中", "money", total=True),
        Column("channel", "支付渠道", width=10),
        Column("paid_at", "到账时间", "datetime"),
        Column("trace_no", "平台跟踪号", "id"),
        Column("desk_name", "终端", width=10),
        Column("created_as", "经办人", width=12),
        Column("note", "说明", width=26),
    )
    filterset = RechargeFilter
    default_sort = "-created_at"

    def rows(self) -> Any:
        assert self.member.institution
        rows = Recharge.objects.filter(environment=self.member.institution.environment)
        return rows.select_related("operation", "account").defer(*HEAVY, "content")


class RefundList(ListPage):
    name = "settlement.refunds"
    title = "退款记录"
    columns = (
        Column("created_at", "提交时间", "datetime", sort="created_at"),
        Column("number", "退款单号", "id", link=refund_url),
        Column("state", "状态", "state", value=lambda row: row.shown_state, tones=shown_tones(RefundState, TONES)),
        Column("name", "姓名", width=10, value=lambda row: row.account.name_masked),
        Column("source", "充值单号", "id", value=lambda row: row.recharge.number),
        Column("amount", "退款金额", "money", sort="amount", total=True),
        Column("mode", "退款方式", width=10),
        Column("reason", "原因", width=16),
        Column("submitted", "提交次数", "int"),
        Column("refunded_at", "退款时间", "datetime"),
        Column("trace_no", "平台跟踪号", "id"),
        Column("created_as", "经办人", width=12),
        Column("note", "说明", width=26),
    )
    filterset = RefundFilter
    default_sort = "-created_at"

    def rows(self) -> Any:
        assert self.member.institution
        rows = Refund.objects.filter(environment=self.member.institution.environment)
        return rows.select_related("operation", "account", "recharge").defer(*HEAVY, "recharge__content")


class ChargeList(ListPage):
    name = "settlement.cashier_charges"
    title = "收费台收费"
    columns = (
        Column("created_at", "提交时间", "datetime", sort="created_at"),
        Column("number", "收费单号", "id", link=charge_url),
        Column("state", "状态", "state", value=lambda row: row.shown_state, tones=shown_tones(ChargeState, TONES)),
        Column("patient_type", "患者类型", width=9),
        Column("name_masked", "姓名", width=10),
        Column("document_masked", "证件号码", "id"),
        Column("orders", "结算订单号", "id", value=lambda row: "、".join(row.orders)),
        Column("mdtrt_id", "就诊ID", "id"),
        Column("setl_id", "结算ID", "id"),
        Column("charged_at", "收费时间", "datetime"),
        Column("total", "撤销总额", "money", total=True),
        Column("created_as", "经办人", width=12),
        Column("note", "说明", width=26),
    )
    filterset = ChargeFilter
    template = "settlement/cashier_list.html"
    default_sort = "-created_at"

    def rows(self) -> Any:
        assert self.member.institution
        heavy = (*HEAVY, "cancelled_by__request", "cancelled_by__reply", "content", "reply")
        rows = CashierCharge.objects.filter(environment=self.member.institution.environment)
        return rows.select_related("operation", "cancelled_by").defer(*heavy)
