"""Money through the desk's cashier (OneTrans): prepaid accounts, recharges and refunds."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q

from portal.access.models.institution import Environment
from portal.access.rows import TenantModel
from portal.codes import code_list
from portal.vault import BlindIndex, SealedField, SealedJson
from settlement.models.line import yuan, yuan_or_none


class AccountType(models.TextChoices):
    OUTPATIENT = "01", "门诊"
    INPATIENT = "02", "住院"


class WithdrawMode(models.TextChoices):
    """withdrawMode; the specification knows no 6."""

    CASH = "0", "现金"
    ORIGINAL = "1", "原路退回"
    BANK = "2", "银企转账"
    INSURED = "3", "医保自费退回"
    OFFLINE_POS = "4", "离线POS"
    EMPLOYER = "5", "单位转账"
    MISPOS = "7", "MisPOS"


class RefundFlow(models.TextChoices):
    """refundType: who is asked first, the hospital's system or the payment channel."""

    DIRECT = "direct", "HIS提供退款接口"
    HIS_DECIDES = "hisDecide", "HIS没有退款接口"
    PREPARED = "prepareAndConfirm", "HIS预退款并确认"


class PrepaidAccount(TenantModel):
    """A patient's prepaid account at the payment platform, found by card: money goes in by recharge, out by refund.

    `balance` is what the platform last told, at `balance_at`; what we know ourselves is the sum of its movements.
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    account_type = models.CharField("账户类型", max_length=2, choices=AccountType)
    card_type = models.CharField("卡类型", max_length=2)
    card_no: "SealedField[str, Any]" = SealedField("卡号")
    card_no_index = BlindIndex("卡号索引", source="card_no")
    card_masked = models.CharField("卡号（遮盖）", max_length=40)
    #: hisCustId
    patient_id = models.CharField("患者院内ID", max_length=32)
    name: "SealedField[str, Any]" = SealedField("姓名")
    name_masked = models.CharField("姓名（遮盖）", max_length=60)
    document: "SealedField[Any, Any]" = SealedField("身份证号", null=True)
    document_index = BlindIndex("身份证号索引", source="document")
    document_masked = models.CharField("身份证号（遮盖）", max_length=50, blank=True)
    balance = yuan_or_none("平台余额")
    balance_at = models.DateTimeField("余额时间", null=True)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    created_as = models.CharField("建立人（显示）", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "预交金账户"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["institution", "environment", "-created_at", "-id"], name="prepaid_newest"),
            models.Index(fields=["institution", "card_no_index"], name="prepaid_by_card"),
            models.Index(fields=["institution", "document_index"], name="prepaid_by_document"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "environment", "account_type", "card_type", "patient_id", "card_no_index"],
                name="one_prepaid_account_a_card",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_account_type_display()}预交金 {self.name_masked} {self.card_masked}"

    @property
    def card_type_label(self) -> str:
        return code_list("onetrans.card_type").label(self.card_type)


class RechargeState(models.TextChoices):
    PAYING = "paying", "收款中"
    PAID = "paid", "已到账"
    REJECTED = "rejected", "未收款"


TONES = {
    "paying": "warn",
    "paid": "good",
    "rejected": "bad",
    "odd": "bad",
    "refunding": "warn",
    "refunded": "good",
    "withdrawn": "",
    "charging": "warn",
    "charged": "good",
    "cancelling": "warn",
    "cancelled": "",
}


class Movement(TenantModel):
    """What recharges, refunds and charges have in common: their number, and the operation that moves them.

    `number` is committed before the first call and never changes: the platform knows the movement by it.
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    desk = models.UUIDField("终端")
    desk_name = models.CharField("终端名称", max_length=60, blank=True)
    operation = models.ForeignKey(
        "gateway.Operation", verbose_name="操作", on_delete=models.PROTECT, null=True, related_name="+"
    )
    #: The message that won.
    msgid = models.CharField("报文编号", max_length=64, blank=True)
    note = models.CharField("说明", max_length=400, blank=True)
    #: What the platform last said of it when it was asked: result, amount (text), trace, time.
    told = models.JSONField("平台查询结果", default=dict)
    told_at = models.DateTimeField("查询时间", null=True)
    receipts = models.PositiveSmallIntegerField("打印次数", default=0)
    created_at = models.DateTimeField("提交时间", auto_now_add=True)
    created_by = models.ForeignKey(
        "access.User", verbose_name="经办人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_as = models.CharField("经办人（显示）", max_length=100, blank=True)

    class Meta:
        abstract = True

    state: Any

    @property
    def is_moving(self) -> bool:
        return bool(self.operation is not None and self.operation.is_live)

    @property
    def is_doubtful(self) -> bool:
        return bool(self.operation is not None and self.operation.is_doubtful)

    @property
    def shown_state(self) -> str:
        """The state in a clerk's words; what is under way shows how far its operation is."""
        label = str(self.get_state_display())  # type: ignore[attr-defined]
        return f"{label}·{self.operation.sentence}" if self.operation and self.operation.is_live else label

    @property
    def tone(self) -> str:
        """The colour of its state: doubt before everything else."""
        return "doubt" if self.is_doubtful else TONES.get(str(self.state), "")


class Recharge(Movement):
    """Money into a prepaid account (hop.trade.recharge). `number` is outChargeNo.

    `held` is what refunds have taken of it or may have taken: every refund that is not rejected. The database refuses
    more than was paid, whoever writes it.
    """

    number = models.CharField("充值单号", max_length=32)
    account = models.ForeignKey(
        PrepaidAccount, verbose_name="预交金账户", on_delete=models.PROTECT, related_name="recharges"
    )
    amount = yuan("充值金额")
    held = yuan("已退和退款中", default=Decimal("0.00"))
    state = models.CharField("状态", max_length=8, choices=RechargeState, default=RechargeState.PAYING)
    #: depositType: empty opens the cashier.
    pay_way = models.CharField("支付方式", max_length=32, blank=True)
    fee_type = models.CharField("费用类型", max_length=32, blank=True)
    his_order_no = models.CharField("HIS流水号", max_length=32, blank=True)
    is_credit = models.BooleanField("信用就医", default=False)
    #: extra, businessInfo, payInfo, feeItemList as they are sent.
    content: "SealedJson[Any, Any]" = SealedJson("充值内容", null=True, editable=False)
    charge_no = models.CharField("平台充值订单号", max_length=32, blank=True)
    trace_no = models.CharField("平台跟踪号", max_length=64, blank=True)
    callsn = models.CharField("HIS交易订单号", max_length=32, blank=True)
    #: extra.paytype, channel
    channel = models.CharField("支付渠道", max_length=32, blank=True)
    qrcode: "SealedField[Any, Any]" = SealedField("二维码", null=True)
    paid_at = models.DateTimeField("到账时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "预交金充值"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["institution", "environment", "-created_at", "-id"], name="recharge_newest"),
            models.Index(fields=["institution", "environment", "-paid_at"], name="recharge_by_day"),
            models.Index(fields=["institution", "account", "-created_at"], name="recharge_of_account"),
            models.Index(fields=["operation"], condition=Q(operation__isnull=False), name="recharge_by_operation"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["institution", "environment", "number"], name="one_recharge_a_number"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="recharge_of_something"),
            models.CheckConstraint(
                condition=Q(held__gte=0) & Q(held__lte=F("amount")), name="recharge_not_over_refunded"
            ),
        ]

    def __str__(self) -> str:
        return f"充值 {self.number}"

    @property
    def refundable(self) -> Decimal:
        """What may still go back, in yuan."""
        return self.amount - self.held if self.state == RechargeState.PAID else Decimal("0.00")

    @property
    def is_receiptable(self) -> bool:
        return self.state == RechargeState.PAID


class RefundState(models.TextChoices):
    REFUNDING = "refunding", "退款中"
    REFUNDED = "refunded", "已退款"
    REJECTED = "rejected", "未退款"
    WITHDRAWN = "withdrawn", "已撤回"
    ODD = "odd", "金额不符，待人工核对"

    @classmethod
    def holding(cls) -> list[str]:
        """States in which the money is gone, or may be gone."""
        return [cls.REFUNDING, cls.REFUNDED, cls.ODD]


class Refund(Movement):
    """Money back out of one recharge (hop.trade.refund). `number` is outRefundNo.

    A refund that was rejected is submitted again under the same number (the specification's own word): it never gets
    another one.
    """

    number = models.CharField("退款单号", max_length=32)
    recharge = models.ForeignKey(Recharge, verbose_name="充值", on_delete=models.PROTECT, related_name="refunds")
    account = models.ForeignKey(
        PrepaidAccount, verbose_name="预交金账户", on_delete=models.PROTECT, related_name="refunds"
    )
    amount = yuan("退款金额")
    state = models.CharField("状态", max_length=9, choices=RefundState, default=RefundState.REFUNDING)
    mode = models.CharField("退款方式", max_length=1, choices=WithdrawMode)
    flow = models.CharField("退款流程", max_length=20, choices=RefundFlow)
    #: channelType: 02 for a POS payment
    channel_type = models.CharField("原渠道类型", max_length=2, blank=True)
    his_order_no = models.CharField("HIS流水号", max_length=32, blank=True)
    reason = models.CharField("退款原因", max_length=200)
    submitted = models.PositiveSmallIntegerField("提交次数", default=1)
    trace_no = models.CharField("平台跟踪号", max_length=64, blank=True)
    channel = models.CharField("支付渠道", max_length=32, blank=True)
    external_no = models.CharField("第三方流水号", max_length=128, blank=True)
    refunded_at = models.DateTimeField("退款时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "预交金退款"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["institution", "environment", "-created_at", "-id"], name="refund_newest"),
            models.Index(fields=["institution", "environment", "-refunded_at"], name="refund_by_day"),
            models.Index(fields=["institution", "recharge"], name="refund_of_recharge"),
            models.Index(fields=["institution", "account", "-created_at"], name="refund_of_account"),
            models.Index(fields=["operation"], condition=Q(operation__isnull=False), name="refund_by_operation"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["institution", "environment", "number"], name="one_refund_a_number"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_of_something"),
        ]

    def __str__(self) -> str:
        return f"退款 {self.number}"

    @property
    def is_receiptable(self) -> bool:
        return self.state == RefundState.REFUNDED
