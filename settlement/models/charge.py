"""An outpatient charge that the desk's cashier window makes as one (OneTrans), and its cancellation."""

from typing import Any

from django.db import models
from django.db.models import Q

from portal.vault import BlindIndex, SealedField, SealedJson
from settlement.models.cashier import AccountType, Movement
from settlement.models.line import yuan_or_none


class PatientType(models.TextChoices):
    SELF_PAID = "00", "自费患者"
    INSURED = "01", "医保患者"
    CARED_FOR = "02", "保健患者"


class ChargeState(models.TextChoices):
    CHARGING = "charging", "收费中"
    CHARGED = "charged", "已收费"
    REJECTED = "rejected", "未收费"
    CANCELLING = "cancelling", "撤销中"
    CANCELLED = "cancelled", "已撤销"


class CashierCharge(Movement):
    """One outpatient charge that the cashier window made (fsi.outpatient.charge), and its cancellation.

    The platform answers with its order numbers only; what was settled the centre's books say. Cancelling needs the
    centre's `mdtrt_id` and `setl_id`, and its answer has all amounts (setlinfo), negative of their own sign or not.
    """

    number = models.CharField("收费单号", max_length=32)
    state = models.CharField("状态", max_length=10, choices=ChargeState, default=ChargeState.CHARGING)
    patient_type = models.CharField("患者类型", max_length=2, choices=PatientType)
    account_type = models.CharField("账户类型", max_length=2, choices=AccountType, default=AccountType.OUTPATIENT)
    card_type = models.CharField("卡类型", max_length=2, blank=True)
    card_masked = models.CharField("卡号（遮盖）", max_length=40, blank=True)
    person_no: "SealedField[Any, Any]" = SealedField("人员编号", null=True)
    person_no_index = BlindIndex("人员编号索引", source="person_no")
    name_masked = models.CharField("姓名（遮盖）", max_length=60)
    document_masked = models.CharField("证件号码（遮盖）", max_length=50)
    insurance = models.CharField("险种类型", max_length=6, blank=True)
    insured_at = models.CharField("参保地医保区划", max_length=6, blank=True)
    #: Everything that was sent, by the wire's names.
    content: "SealedJson[Any, Any]" = SealedJson("收费内容", editable=False)
    orders = models.JSONField("结算订单号", default=list)
    charge_no = models.CharField("平台充值订单号", max_length=32, blank=True)
    trace_no = models.CharField("平台跟踪号", max_length=64, blank=True)
    callsn = models.CharField("HIS交易订单号", max_length=32, blank=True)
    mdtrt_id = models.CharField("就诊ID", max_length=30, blank=True)
    setl_id = models.CharField("结算ID", max_length=30, blank=True)
    charged_at = models.DateTimeField("收费时间", null=True)
    #: The operation that takes it back (chs.common.outpatient.settle.cancel).
    cancelled_by = models.ForeignKey(
        "gateway.Operation", verbose_name="撤销操作", on_delete=models.PROTECT, null=True, related_name="+"
    )
    cancel_reason = models.CharField("撤销原因", max_length=200, blank=True)
    cancel_setl_id = models.CharField("撤销结算ID", max_length=30, blank=True)
    cancelled_at = models.DateTimeField("撤销时间", null=True)
    #: What the cancellation gave back, in yuan: setlinfo's amounts.
    total = yuan_or_none("医疗费总额")
    fund = yuan_or_none("基金支付总额")
    account = yuan_or_none("个人账户支出")
    cash = yuan_or_none("个人现金支出")
    reply: "SealedJson[Any, Any]" = SealedJson("撤销答复", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "窗口收费"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["institution", "environment", "-created_at", "-id"], name="cashier_newest"),
            models.Index(fields=["institution", "environment", "-charged_at"], name="cashier_by_day"),
            models.Index(fields=["institution", "person_no_index"], name="cashier_by_person"),
            models.Index(fields=["operation"], condition=Q(operation__isnull=False), name="cashier_by_operation"),
            models.Index(fields=["cancelled_by"], condition=Q(cancelled_by__isnull=False), name="cashier_by_cancel"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["institution", "environment", "number"], name="one_charge_a_number"),
        ]

    def __str__(self) -> str:
        return f"窗口收费 {self.number}"
