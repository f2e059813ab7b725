"""What the centre pays and strikes out of one admission (4.16, 5.4), and the share of drugs (4.17)."""

from decimal import Decimal
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from injury.models.fee import exact_yuan
from portal.access.models.institution import Environment
from portal.access.rows import TenantModel
from portal.codes import code_list
from portal.vault import SealedJson

#: AKC667: the sheet is final once audited; before, it shows the automatic deductions.
AUDITED = "1"
#: AKC191: rehabilitation, which the limit on drugs is about (4.17).
REHABILITATION = "4"


class LineMatch(models.TextChoices):
    """Whether a line of the sheet is one of our fee items."""

    ONE = "one", "对应本院明细"
    NONE = "none", "本院没有这条明细"
    CENTRE = "centre", "中心扣除项"


class SettlementSheet(TenantModel):
    """One reading of an admission's settlement sheet. Only the newest is current; older ones show what changed.

    Amounts are yuan. `content` is the sheet as it came, with the person's data; `findings` are sentences about sums
    that do not agree.
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    admission = models.ForeignKey(
        "injury.Admission", verbose_name="就诊", on_delete=models.PROTECT, related_name="sheets"
    )
    is_current = models.BooleanField("现行", default=True)
    total = exact_yuan("医疗费发生金额")
    self_paid = exact_yuan("自付金额")
    fund_paid = exact_yuan("工伤基金支付金额")
    settled = exact_yuan("结算金额")
    meal_subsidy = exact_yuan("伙食补贴")
    self_pay_by = models.CharField("自付部分支付方式", max_length=3, blank=True)
    audit_state = models.CharField("审核状态", max_length=10, blank=True)
    settled_at = models.CharField("结算时间", max_length=19, blank=True)
    content: "SealedJson[Any, Any]" = SealedJson("结算单内容")
    line_count = models.PositiveIntegerField("自付项目数", default=0)
    unmatched = models.PositiveIntegerField("没有对应明细的项目数", default=0)
    findings = models.JSONField("差异", default=list)
    read_at = models.DateTimeField("获取时间")
    read_as = models.CharField("获取人", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "结算单"
        ordering = ["-read_at", "-id"]
        indexes = [
            models.Index(fields=["institution", "admission", "-read_at"], name="sheet_by_admission"),
            models.Index(fields=["institution", "environment", "-read_at", "-id"], name="sheet_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "admission"], condition=Q(is_current=True), name="one_current_sheet"
            ),
        ]

    def __str__(self) -> str:
        return f"结算单 {self.admission.number}"

    @property
    def is_audited(self) -> bool:
        return self.audit_state == AUDITED

    @property
    def audit_label(self) -> str:
        return code_list("injury.akc667").label(self.audit_state) if self.audit_state else "未审核"

    @property
    def self_pay_label(self) -> str:
        return code_list("injury.akc666").label(self.self_pay_by) if self.self_pay_by else ""


class SheetLine(TenantModel):
    """A fee item that is not or not wholly paid, and why."""

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    sheet = models.ForeignKey(SettlementSheet, verbose_name="结算单", on_delete=models.CASCADE, related_name="lines")
    admission = models.ForeignKey("injury.Admission", verbose_name="就诊", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField("序号")
    name = models.CharField("项目名称", max_length=100)
    price = exact_yuan("单价")
    quantity = exact_yuan("数量")
    amount = exact_yuan("金额")
    rejected = exact_yuan("剔除金额")
    #: AKA073; the gateway may send a code that is not listed.
    reason = models.CharField("剔除原因", max_length=10, blank=True)
    match = models.CharField("对应", max_length=6, choices=LineMatch)
    fee_item = models.ForeignKey(
        "injury.FeeItem", verbose_name="费用明细", on_delete=models.PROTECT, null=True, related_name="sheet_lines"
    )

    class Meta:
        verbose_name = verbose_name_plural = "剔除项目"
        ordering = ["sheet", "position"]
        indexes = [
            models.Index(fields=["institution", "environment", "reason", "id"], name="sheet_line_by_reason"),
            models.Index(fields=["institution", "environment", "-rejected", "id"], name="sheet_line_by_cost"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["institution", "sheet", "position"], name="one_sheet_line_a_place"),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.reason_label}）"

    @property
    def reason_label(self) -> str:
        return code_list("injury.aka073").label(self.reason) if self.reason else "没有说明"

    @property
    def has_item(self) -> bool:
        """Whether it stands for something charged; what the centre takes off by itself has no price and quantity."""
        return bool(self.match != LineMatch.CENTRE or self.price or self.quantity or self.amount)

    @property
    def quantity_shown(self) -> str:
        """Without zeros at the end: 2 · 1.5; a dash for a deduction of the centre's own."""
        if not self.has_item:
            return "—"
        text = f"{self.quantity:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    @property
    def price_shown(self) -> str:
        """Yuan with at least two places: 44.00 · 0.125; a dash likewise."""
        if not self.has_item:
            return "—"
        whole, _, rest = f"{self.price:f}".partition(".")
        return f"{whole}.{rest.rstrip('0').ljust(2, '0')}"

    @property
    def amount_shown(self) -> Decimal | None:
        """Yuan; None likewise."""
        return self.amount if self.has_item else None


class DrugReading(TenantModel):
    """The share of drugs in one admission as the centre reckons it (4.17); the newest replaces the one before."""

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    admission = models.ForeignKey("injury.Admission", verbose_name="就诊", on_delete=models.PROTECT, related_name="+")
    total = exact_yuan("总费用")
    drugs = exact_yuan("药品费用")
    #: Percent, as the centre wrote it; empty when it could not be read.
    share = models.DecimalField("药占比", max_digits=7, decimal_places=4, null=True)
    read_at = models.DateTimeField("查询时间")

    class Meta:
        verbose_name = verbose_name_plural = "药占比"
        constraints = [models.UniqueConstraint(fields=["institution", "admission"], name="one_drug_reading")]

    def __str__(self) -> str:
        return f"药占比 {self.admission.number}"


def percent(label: str, **more: Any) -> "models.DecimalField[Decimal, Decimal]":
    checks = [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))]
    return models.DecimalField(label, max_digits=5, decimal_places=2, validators=checks, **more)


class DrugLimit(TenantModel):
    """The greatest share of drugs in rehabilitation that the insurance centre pays for, and when to warn (4.17)."""

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    limit = percent("药占比上限（%）")
    warn_at = percent("提醒线（%）")
    changed_at = models.DateTimeField("设置时间", auto_now=True)
    changed_as = models.CharField("设置人", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "药占比上限"
        constraints = [
            models.UniqueConstraint(fields=["institution", "environment"], name="one_drug_limit"),
            models.CheckConstraint(condition=Q(warn_at__lte=models.F("limit")), name="drug_warning_below_limit"),
        ]

    def __str__(self) -> str:
        return f"药占比上限 {self.limit}%"
