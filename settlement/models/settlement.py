"""A settlement: what was shown before it, what the centre answered, and what became of it (2102A, 2207A, 2304A)."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q

from portal.access.models.institution import Environment
from portal.access.rows import TenantModel
from portal.codes import code_list
from portal.vault import SealedJson
from settlement.models.line import yuan, yuan_or_none
from settlement.models.visit import VisitKind


class SettlementState(models.TextChoices):
    ASKING = "asking", "预结算中"
    PREVIEW = "preview", "预结算"
    FAILED = "failed", "预结算未得到结果"
    EXPIRED = "expired", "预结算已失效"
    SETTLING = "settling", "结算中"
    REJECTED = "rejected", "未结算"
    DONE = "done", "已结算"
    BROKEN = "broken", "已结算，金额待认可"
    UNDOING = "undoing", "撤销结算中"
    UNDONE = "undone", "已撤销"
    REVERSED = "reversed", "已冲正"

    @classmethod
    def holding(cls) -> list[str]:
        """States in which the centre holds the settlement, or may hold it."""
        return [cls.SETTLING, cls.DONE, cls.BROKEN, cls.UNDOING]

    @classmethod
    def happened(cls) -> list[str]:
        """States in which the settlement stands: its amounts are the centre's and count."""
        return [cls.DONE, cls.BROKEN, cls.UNDOING]


TONES = {
    SettlementState.ASKING: "warn",
    SettlementState.PREVIEW: "brand",
    SettlementState.FAILED: "bad",
    SettlementState.SETTLING: "warn",
    SettlementState.REJECTED: "bad",
    SettlementState.DONE: "good",
    SettlementState.BROKEN: "bad",
    SettlementState.UNDOING: "warn",
}


class Settlement(TenantModel):
    """One settlement of a visit or of one of its bills; a row begins as a preview and never becomes another one.

    `content_hash` binds a preview to the exact lines, person and account choice it was asked for: when any of them
    changes, the preview has expired. `msgid` is the message that won, `setl_id` the centre's number. Amounts are the
    centre's, in yuan; of a preview, the preview's.
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    #: Own number, on the receipt: the visit's with a count.
    number = models.CharField("结算单号", max_length=40)
    kind = models.CharField("就诊类型", max_length=10, choices=VisitKind)
    visit = models.ForeignKey(
        "settlement.Visit", verbose_name="就诊", on_delete=models.PROTECT, related_name="settlements"
    )
    bill = models.ForeignKey(
        "settlement.Bill", verbose_name="收费批次", on_delete=models.PROTECT, null=True, related_name="settlements"
    )
    state = models.CharField("状态", max_length=8, choices=SettlementState, default=SettlementState.ASKING)
    #: mid_setl_flag: an interim settlement of a stay.
    is_interim = models.BooleanField("中途结算", default=False)
    transaction = models.CharField("交易编号", max_length=6, blank=True)
    setl_id = models.CharField("结算ID", max_length=30, blank=True)
    msgid = models.CharField("报文编号", max_length=64, blank=True)

    content_hash = models.CharField("明细摘要", max_length=64)
    lines_count = models.PositiveIntegerField("明细（条）", default=0)
    #: What our lines add up to: medfee_sumamt of the request.
    charged = yuan("明细合计", default=Decimal("0.00"))
    job = models.UUIDField("后台任务", null=True, editable=False)
    previewed_at = models.DateTimeField("预结算时间", null=True)
    #: What was shown before the confirmation: total, fund, account, cash, hospital.
    shown = models.JSONField("预结算金额", default=dict)

    total = yuan_or_none("医疗费总额")
    fund = yuan_or_none("基金支付总额")
    person = yuan_or_none("个人负担总额")
    account = yuan_or_none("个人账户支出")
    family = yuan_or_none("账户共济支付")
    cash = yuan_or_none("个人现金支出")
    hospital = yuan_or_none("医院负担")
    pool = yuan_or_none("统筹基金支出")
    pool_share = yuan_or_none("统筹支付比例", 5, 4)
    civil = yuan_or_none("公务员补助")
    enterprise = yuan_or_none("企业补充")
    serious = yuan_or_none("居民大病")
    large = yuan_or_none("职工大额")
    aid = yuan_or_none("医疗救助")
    disabled = yuan_or_none("伤残人员保障")
    other_fund = yuan_or_none("其他支出")
    fully_own = yuan_or_none("全自费金额")
    over_limit = yuan_or_none("超限价自费")
    prepaid_own = yuan_or_none("先行自付")
    in_scope = yuan_or_none("符合政策范围")
    deductible = yuan_or_none("起付线")
    balance = yuan_or_none("账户余额")

    clr_type = models.CharField("清算类别", max_length=6, blank=True)
    clr_way = models.CharField("清算方式", max_length=6, blank=True)
    clr_optins = models.CharField("清算经办机构", max_length=20, blank=True)
    invoice = models.CharField("发票号", max_length=20, blank=True)
    settled_at = models.DateTimeField("结算时间", null=True)
    reply: "SealedJson[Any, Any]" = SealedJson("结算答复", null=True, editable=False)
    #: Identities that do not hold: [{"name", "label", "expected", "found"}].
    findings = models.JSONField("金额问题", default=list)
    #: How what was settled differs from what was shown before; empty when it does not.
    differs = models.CharField("与预结算的差异", max_length=400, blank=True)
    accepted_by = models.ForeignKey(
        "access.User", verbose_name="认可人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    accepted_at = models.DateTimeField("认可时间", null=True)
    accepted_because = models.CharField("认可理由", max_length=300, blank=True)

    operation = models.ForeignKey(
        "gateway.Operation", verbose_name="结算操作", on_delete=models.PROTECT, null=True, related_name="+"
    )
    #: The operation that takes it back: 2103, 2208, 2305, or 2601.
    undone_by = models.ForeignKey(
        "gateway.Operation", verbose_name="撤销操作", on_delete=models.PROTECT, null=True, related_name="+"
    )
    undone_at = models.DateTimeField("撤销时间", null=True)
    #: The centre's number of the taking back.
    undo_setl_id = models.CharField("撤销结算ID", max_length=30, blank=True)
    receipts = models.PositiveSmallIntegerField("打印次数", default=0)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    created_by = models.ForeignKey(
        "access.User", verbose_name="经办人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_as = models.CharField("经办人（显示）", max_length=100, blank=True)
    note = models.CharField("说明", max_length=400, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "结算"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["institution", "environment", "-created_at", "-id"], name="settlement_newest"),
            models.Index(
                fields=["institution", "environment", "state", "-created_at", "-id"], name="settlement_by_state"
            ),
            models.Index(fields=["institution", "visit", "-created_at"], name="settlement_of_visit"),
            models.Index(fields=["institution", "setl_id"], condition=~Q(setl_id=""), name="settlement_by_setl_id"),
            models.Index(fields=["operation"], condition=Q(operation__isnull=False), name="settlement_by_operation"),
            models.Index(fields=["undone_by"], condition=Q(undone_by__isnull=False), name="settlement_by_undoing"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["institution", "environment", "number"], name="one_settlement_a_number"),
            models.UniqueConstraint(
                fields=["institution", "visit"],
                condition=Q(state__in=["settling", "undoing"]),
                name="one_settlement_moves_a_visit",
            ),
        ]

    def __str__(self) -> str:
        return f"结算 {self.number}"

    @property
    def shown_state(self) -> str:
        """The state in a clerk's words; what is under way shows how far its operation is."""
        operation = self.undone_by if self.state == SettlementState.UNDOING else self.operation
        if self.state in (SettlementState.SETTLING, SettlementState.UNDOING) and operation and operation.is_live:
            return f"{self.get_state_display()}·{operation.sentence}"
        return str(self.get_state_display())

    @property
    def tone(self) -> str:
        """The colour of its state: doubt before everything else."""
        return "doubt" if self.is_doubtful else TONES.get(SettlementState(self.state), "")

    @property
    def is_doubtful(self) -> bool:
        return bool(
            (self.state == SettlementState.SETTLING and self.operation and self.operation.is_doubtful)
            or (self.state == SettlementState.UNDOING and self.undone_by and self.undone_by.is_doubtful)
        )

    @property
    def is_receiptable(self) -> bool:
        """Cash, invoice and receipt only for what has surely happened and adds up, or was accepted."""
        return self.state == SettlementState.DONE

    @property
    def clr_type_label(self) -> str:
        return code_list("national.clr_type").label(self.clr_type) if self.clr_type else ""


class FundShare(TenantModel):
    """What one fund pays of a settlement (setldetail)."""

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    settlement = models.ForeignKey(
        "settlement.Settlement", verbose_name="结算", on_delete=models.CASCADE, related_name="shares"
    )
    #: fund_pay_type, fund_pay_type_name
    fund_type = models.CharField("基金支付类型", max_length=8)
    name = models.CharField("基金名称", max_length=200, blank=True)
    amount = yuan("基金支付金额")
    in_scope = yuan_or_none("符合政策范围金额")
    #: crt_payb_lmt_amt
    limit = yuan_or_none("本次可支付限额")
    info = models.TextField("结算过程信息", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "基金分项"
        ordering = ["id"]
        indexes = [models.Index(fields=["institution", "settlement"], name="fundshare_of_settlement")]

    def __str__(self) -> str:
        return f"{self.label} {self.amount}"

    @property
    def label(self) -> str:
        return self.name or code_list("national.fund_pay_type").label(self.fund_type)
