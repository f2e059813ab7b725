"""Cross-region clearing: what other cities' insured settled here in a month, and which of it enters the clearing.

The agency of this province lists the settlements (3260), the institution says yes or no to each (3261), and may take
its word back (3262). Amounts are yuan.
"""

from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import timezone

from clearing.models.row import yuan
from portal.access.models.institution import Environment
from portal.access.rows import TenantModel
from portal.codes import code_list
from portal.vault import BlindIndex, SealedField, mask_identity


class RowDecision(models.TextChoices):
    UNDECIDED = "undecided", "未决定"
    CONFIRM = "confirm", "确认"
    DECLINE = "decline", "不确认"


class Standing(models.TextChoices):
    """Where a row stands at the centre, as far as our own confirmations say: 3260 itself tells nothing about it."""

    OPEN = "open", "未提交"
    MOVING = "moving", "办理中"
    CONFIRMED = "confirmed", "已确认"
    DECLINED = "declined", "已报不确认"


class Compared(models.TextChoices):
    """How a row stands beside our own settlements."""

    NOT = "not", "未比对"
    SAME = "same", "一致"
    ONLY_THERE = "only_there", "本机构没有"
    DIFFERS = "differs", "金额不一致"
    TWICE = "twice", "中心重复列出"


#: What a person must give a reason for before the row may be confirmed.
DIFFERENT = (Compared.ONLY_THERE, Compared.DIFFERS, Compared.TWICE)


class BatchState(models.TextChoices):
    CONFIRMING = "confirming", "确认中"
    CONFIRMED = "confirmed", "已确认"
    REFUSED = "refused", "未确认"
    ROLLING_BACK = "rolling_back", "回退中"
    ROLLED_BACK = "rolled_back", "已回退"


def total(label: str) -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(label, max_digits=18, decimal_places=2, default=0)


class CrossRegionMonth(TenantModel):
    """One month of settlements. Locked by every step about it, so that steps never cross."""

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    year = models.PositiveSmallIntegerField("结算年度")
    month = models.PositiveSmallIntegerField("结算月份")
    #: Totals of the last complete fetch; `fetched_at` is empty before the first.
    count = models.PositiveIntegerField("条数", default=0)
    medical_fee = total("总费用")
    agency_paid = total("经办机构支付总额")
    fetched_at = models.DateTimeField("获取时间", null=True)
    #: What kept the rows from arriving whole; shown as it is.
    note = models.CharField("说明", max_length=400, blank=True)
    #: The roll-back of everything confirmed in the month, while it is on its way and after it.
    rollback = models.ForeignKey(
        "gateway.Operation", verbose_name="整月回退操作", on_delete=models.PROTECT, null=True, related_name="+"
    )
    opened_at = models.DateTimeField("建立时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "异地清分月份"
        ordering = ["-year", "-month"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "environment", "year", "month"], name="one_cross_region_month"
            ),
            models.CheckConstraint(condition=models.Q(month__range=(1, 12)), name="cross_region_month_of_a_year"),
        ]

    def __str__(self) -> str:
        return f"{self.year} 年 {self.month} 月"

    @property
    def key(self) -> str:
        """`2025-11`: its name in addresses and in the journal."""
        return f"{self.year}-{self.month:02}"


class CrossRegionBatch(TenantModel):
    """At most 100 rows that were confirmed, or refused to the clearing, in one message.

    Count and sums are frozen when it is prepared. `message_id` is the centre's inf_refmsgid, by which the
    confirmation can be rolled back; empty while unknown, also when its reply was lost.
    """

    month = models.ForeignKey(CrossRegionMonth, verbose_name="结算月份", on_delete=models.PROTECT)
    number = models.PositiveIntegerField("批号")
    state = models.CharField("状态", max_length=12, choices=BatchState, default=BatchState.CONFIRMING)
    operation = models.ForeignKey(
        "gateway.Operation", verbose_name="确认操作", on_delete=models.PROTECT, null=True, related_name="+"
    )
    rollback = models.ForeignKey(
        "gateway.Operation", verbose_name="回退操作", on_delete=models.PROTECT, null=True, related_name="+"
    )
    message_id = models.CharField("确认报文编号", max_length=60, blank=True)
    count = models.PositiveIntegerField("条数")
    yes_count = models.PositiveIntegerField("确认条数")
    no_count = models.PositiveIntegerField("不确认条数")
    #: Of the confirmed rows alone.
    medical_fee = total("确认总费用")
    agency_paid = total("确认支付总额")
    submitted_by = models.ForeignKey(
        "access.User", verbose_name="提交人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    submitted_as = models.CharField("提交人（显示）", max_length=100, blank=True)
    submitted_at = models.DateTimeField("提交时间", default=timezone.now)
    confirmed_at = models.DateTimeField("确认时间", null=True)
    rolled_back_at = models.DateTimeField("回退时间", null=True)
    note = models.CharField("说明", max_length=400, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "异地清分批次"
        ordering = ["-submitted_at", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "month", "number"], name="one_cross_region_batch_a_number"),
            models.CheckConstraint(
                condition=models.Q(count=models.F("yes_count") + models.F("no_count"), count__range=(1, 100)),
                name="cross_region_batch_counts",
            ),
        ]
        indexes = [
            models.Index(
                fields=["institution", "operation"],
                condition=models.Q(operation__isnull=False),
                name="cross_batch_by_operation",
            )
        ]

    def __str__(self) -> str:
        return f"{self.month} 异地清分第 {self.number} 批"

    @property
    def moving(self) -> Any:
        """The operation that is deciding it, or None."""
        operation = {BatchState.CONFIRMING: self.operation, BatchState.ROLLING_BACK: self.rollback}.get(
            BatchState(self.state)
        )
        return operation if operation is not None and operation.is_live else None

    @property
    def shown_state(self) -> str:
        """The state in a clerk's words: what is on its way shows how far its operation is."""
        label = str(self.get_state_display())
        return f"{label}·{self.moving.sentence}" if self.moving else label

    @property
    def is_doubtful(self) -> bool:
        return bool(self.moving and self.moving.is_doubtful)


class CrossRegionRow(TenantModel):
    """One settlement of a person insured elsewhere, as the centre lists it (3260, table 6).

    `findings` says what differs: field, title, both values. `batch` is the newest batch the row was in; whether it is
    claimed by it is what `standing` says.
    """

    month = models.ForeignKey(CrossRegionMonth, verbose_name="结算月份", on_delete=models.PROTECT)
    sequence = models.PositiveIntegerField("顺序号")
    region = models.CharField("就医地区划", max_length=12)
    provider_code = models.CharField("医疗机构编号", max_length=40)
    certificate = SealedField("证件号码")
    certificate_index = BlindIndex(source="certificate")
    visit_no = models.CharField("就诊登记号", max_length=40)
    settled_at = models.DateTimeField("就诊结算时间", null=True)
    settlement_no = models.CharField("结算流水号", max_length=60)
    advance_flag = models.CharField("全额垫付标志", max_length=20)
    medical_fee = yuan("总费用")
    agency_paid = yuan("经办机构支付总额")

    decision = models.CharField("决定", max_length=10, choices=RowDecision, default=RowDecision.UNDECIDED)
    reason = models.CharField("理由", max_length=200, blank=True)
    decided_by = models.ForeignKey(
        "access.User", verbose_name="决定人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_as = models.CharField("决定人（显示）", max_length=100, blank=True)
    decided_at = models.DateTimeField("决定时间", null=True)

    standing = models.CharField("清分状态", max_length=10, choices=Standing, default=Standing.OPEN)
    batch = models.ForeignKey(
        CrossRegionBatch, verbose_name="批次", on_delete=models.PROTECT, null=True, related_name="rows"
    )
    compared = models.CharField("比对", max_length=10, choices=Compared, default=Compared.NOT)
    findings = models.JSONField("差异", default=list)
    #: The centre changed an amount after it was decided about, or after it was submitted.
    changed_at = models.DateTimeField("中心改动时间", null=True)
    #: What keeps it from being sent back in a confirmation, in words; the centre has to mend that.
    flaw = models.CharField("缺陷", max_length=200, blank=True)
    fetched_at = models.DateTimeField("获取时间")
    #: Since when the centre no longer lists it.
    gone_at = models.DateTimeField("消失时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "异地清分明细"
        ordering = ["sequence", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "month", "settlement_no", "visit_no"], name="one_cross_region_row"
            ),
            models.CheckConstraint(
                condition=models.Q(standing="open") | models.Q(batch__isnull=False),
                name="cross_region_row_in_a_batch",
            ),
            models.CheckConstraint(
                condition=~models.Q(decision="decline") | ~models.Q(reason=""),
                name="cross_region_decline_has_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "month", "standing", "decision"], name="cross_row_by_state"),
            models.Index(fields=["institution", "month", "sequence", "id"], name="cross_row_in_order"),
            models.Index(
                fields=["institution", "batch"], condition=models.Q(batch__isnull=False), name="cross_row_in_batch"
            ),
            models.Index(fields=["institution", "certificate_index"], name="cross_row_of_person"),
        ]

    def __str__(self) -> str:
        return self.settlement_no

    @property
    def certificate_shown(self) -> str:
        """`110***********1234`; the whole number is shown nowhere."""
        return mask_identity(self.certificate.reveal())

    @property
    def is_different(self) -> bool:
        """Whether confirming it takes a reason."""
        return self.compared in DIFFERENT or self.changed_at is not None

    @property
    def advance_label(self) -> str:
        return code_list("clearing.fulamt_advpay_flag").label(self.advance_flag)

    @property
    def finding_label(self) -> str:
        """What a list shows: the comparison, or that the centre changed it meanwhile."""
        return "中心已改动" if self.changed_at else str(Compared(self.compared).label)
