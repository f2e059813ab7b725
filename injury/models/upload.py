"""What went to the centre of an admission's fees, batch by batch, and what the centre added up (design 3.4)."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import Q

from injury.models.fee import exact_yuan
from portal.access.models.institution import Environment
from portal.access.rows import LargeTenantModel, TenantModel
from portal.codes import code_list

#: Sums by fee category (AKA063) as they are stored: {"11": "12.3000"}, yuan as text.
Sums = dict[str, str]


class EpochState(models.TextChoices):
    """Where an epoch is. A job works on what starts, is checked or proven; the journal on what is sent or wiped."""

    STARTING = "starting", "准备上传"
    SENDING = "sending", "上传中"
    CHECKING = "checking", "核对中心金额"
    COMPLETE = "complete", "与中心一致"
    STOPPED = "stopped", "金额不符，已停止"
    PARTIAL = "partial", "金额不符，须作废重传"
    WIPING = "wiping", "作废办理中"
    PROVING = "proving", "核对作废结果"
    WIPED = "wiped", "已作废"
    PEOPLE = "people", "须人工处理"

    @classmethod
    def worked(cls) -> list[str]:
        """States that a job carries on with."""
        return [cls.STARTING, cls.CHECKING, cls.PROVING]

    @classmethod
    def moving(cls) -> list[str]:
        """States that end without a person."""
        return [*cls.worked(), cls.SENDING]

    @classmethod
    def stuck(cls) -> list[str]:
        """States that a person has to end."""
        return [cls.STOPPED, cls.PARTIAL, cls.PEOPLE]


class BatchState(models.TextChoices):
    PLANNED = "planned", "待上传"
    SENDING = "sending", "上传中"
    APPLIED = "applied", "已上传"
    PARTIAL = "partial", "部分生效"
    REFUSED = "refused", "被中心拒绝"
    CANCELLED = "cancelled", "未发送"
    WIPED = "wiped", "已作废"


class Sign(models.IntegerChoices):
    """Every message has amounts of one sign only: then no part of it can look like the whole."""

    CHARGES = 1, "收费"
    REFUNDS = -1, "退费"
    ADVICES = 0, "仅医嘱"


class Purpose(models.TextChoices):
    """What a reading of the centre's sums was for."""

    BASELINE = "baseline", "上传前"
    DOUBT = "doubt", "核实结果待确认的批次"
    FINAL = "final", "上传后"
    EMPTY = "empty", "作废后"
    WIPE_DOUBT = "wipe_doubt", "核实结果待确认的作废"
    CHECK = "check", "核对"


class FeeEpoch(TenantModel):
    """From one empty beginning at the centre to the next: all that was uploaded in between adds up.

    `changes` goes up with everything that may have changed the centre's sums; a reading counts while it has the same.
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    admission = models.ForeignKey(
        "injury.Admission", verbose_name="就诊", on_delete=models.PROTECT, related_name="fee_epochs"
    )
    n = models.PositiveSmallIntegerField("轮次")
    state = models.CharField("状态", max_length=8, choices=EpochState, default=EpochState.STARTING)
    changes = models.PositiveIntegerField("变动次数", default=0)
    note = models.CharField("说明", max_length=400, blank=True)
    is_scheduled = models.BooleanField("自动上传", default=False)
    started_by = models.ForeignKey(
        "access.User", verbose_name="发起人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    started_as = models.CharField("发起人（显示）", max_length=100, blank=True)
    started_at = models.DateTimeField("发起时间")
    completed_at = models.DateTimeField("核对一致时间", null=True)
    #: The centre did not answer: when its sums are asked for again, and how often they were.
    retry_at = models.DateTimeField("再次核对时间", null=True)
    tries = models.PositiveSmallIntegerField("未得到答复次数", default=0)

    #: The newest wipe, where it goes back to when nothing comes of it, and what happens after it.
    wipe = models.ForeignKey(
        "gateway.Operation", verbose_name="作废", on_delete=models.PROTECT, null=True, related_name="+"
    )
    wipes = models.PositiveSmallIntegerField("作废次数", default=0)
    before_wipe = models.CharField("作废前状态", max_length=8, choices=EpochState, blank=True)
    is_wiped_by_hand = models.BooleanField("人工提请作废", default=False)
    is_sent_again = models.BooleanField("作废后重新上传", default=False)
    wipe_reason = models.CharField("作废原因", max_length=400, blank=True)
    wiped_at = models.DateTimeField("作废时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "费用上传"
        ordering = ["-started_at", "-n"]
        indexes = [
            models.Index(fields=["institution", "environment", "state", "-started_at"], name="epoch_by_state"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["institution", "admission", "n"], name="one_epoch_a_number"),
            models.UniqueConstraint(
                fields=["institution", "admission"], condition=~Q(state="wiped"), name="one_open_epoch_an_admission"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.admission.number} 第 {self.n} 轮费用上传"

    #: Whether who asked for it met one that was on its way.
    joined = False

    @property
    def is_moving(self) -> bool:
        return self.state in EpochState.moving()

    @property
    def is_stuck(self) -> bool:
        return self.state in EpochState.stuck()


class FeeBatch(TenantModel):
    """One message with fee items: frozen before it leaves, never sent again without proof. Sums are yuan."""

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    epoch = models.ForeignKey(FeeEpoch, verbose_name="费用上传", on_delete=models.PROTECT, related_name="batches")
    number = models.PositiveIntegerField("批次")
    sign = models.SmallIntegerField("性质", choices=Sign)
    state = models.CharField("状态", max_length=9, choices=BatchState, default=BatchState.PLANNED)
    operation = models.ForeignKey(
        "gateway.Operation", verbose_name="接口业务", on_delete=models.PROTECT, null=True, related_name="+"
    )
    count = models.PositiveIntegerField("条数")
    amount = exact_yuan("金额")
    sums = models.JSONField("分类金额", default=dict)
    #: Of the lines as they go on the wire, in their order (SM3).
    content_hash = models.CharField("内容摘要", max_length=64)
    #: Advices that go with it, and in which version: {"<id>": 2}.
    advices = models.JSONField("医嘱", default=dict)
    #: What the centre says it stored; None while it has said nothing.
    saved = models.PositiveIntegerField("中心保存条数", null=True)
    note = models.CharField("说明", max_length=400, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "上传批次"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "epoch", "number"], name="one_batch_a_number"),
            models.CheckConstraint(
                condition=Q(sign=1, amount__gt=0) | Q(sign=-1, amount__lt=0) | Q(sign=0, amount=0, count=0),
                name="batch_has_one_sign",
            ),
        ]

    def __str__(self) -> str:
        return f"第 {self.epoch.n} 轮第 {self.number} 批"

    @property
    def shown_state(self) -> str:
        """The state in a clerk's words; what is under way shows how far its operation is."""
        label = str(self.get_state_display())
        if self.operation is None or not self.operation.is_live:
            return label
        return f"{label}·{self.operation.sentence}"

    @property
    def is_doubtful(self) -> bool:
        return self.operation is not None and self.operation.is_doubtful


class BatchLine(LargeTenantModel):
    """A fee item in a batch, as it goes on the wire. `is_void`: its batch had no effect, so the item may go again."""

    own_key = False
    keyed_with: ClassVar[dict[str, str]] = {"batch": "epoch"}

    epoch = models.ForeignKey(
        FeeEpoch, verbose_name="费用上传", on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    batch = models.ForeignKey(
        FeeBatch, verbose_name="批次", on_delete=models.PROTECT, related_name="lines", db_constraint=False
    )
    item = models.ForeignKey(
        "injury.FeeItem",
        verbose_name="费用明细",
        on_delete=models.PROTECT,
        related_name="batch_lines",
        db_constraint=False,
    )
    position = models.PositiveIntegerField("序号")
    amount = exact_yuan("金额")
    category = models.CharField("收费类别", max_length=5, blank=True)
    #: Of the line as it goes on the wire (the first half of its SM3).
    line_hash = models.CharField("内容摘要", max_length=32)
    is_void = models.BooleanField("未生效", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "上传明细"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "epoch", "item"],
                condition=Q(is_void=False),
                name="one_line_an_epoch",
            ),
        ]

    def __str__(self) -> str:
        return f"第 {self.position} 行"


class CentreReading(TenantModel):
    """What the centre had added up at one moment (4.12); `changes` is the epoch's before it was asked. Yuan."""

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    admission = models.ForeignKey(
        "injury.Admission", verbose_name="就诊", on_delete=models.PROTECT, related_name="centre_readings"
    )
    epoch = models.ForeignKey(FeeEpoch, verbose_name="费用上传", on_delete=models.PROTECT, null=True, related_name="+")
    changes = models.PositiveIntegerField("变动次数", default=0)
    purpose = models.CharField("用途", max_length=10, choices=Purpose)
    total = exact_yuan("中心总金额")
    sums = models.JSONField("中心分类金额", default=dict)
    #: The centre said 没有可结算的数据: it has nothing of this admission.
    is_empty = models.BooleanField("中心没有费用", default=False)
    read_at = models.DateTimeField("读取时间")

    class Meta:
        verbose_name = verbose_name_plural = "中心金额"
        ordering = ["-read_at", "-id"]
        indexes = [
            models.Index(fields=["institution", "admission", "-read_at"], name="reading_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.total:,.2f} 元"

    def amounts(self) -> dict[str, Decimal]:
        """By category, exact."""
        return {category: Decimal(amount) for category, amount in self.sums.items()}


class UploadSchedule(TenantModel):
    """When an institution's waiting fees go by themselves: at times of the day, or every so many minutes."""

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    is_on = models.BooleanField("自动上传", default=False)
    #: "08:00,12:30" (Asia/Shanghai); empty: every `every` minutes.
    times = models.CharField("上传时刻", max_length=200, blank=True)
    every = models.PositiveSmallIntegerField("间隔（分钟）", default=30)
    next_at = models.DateTimeField("下次上传", null=True)
    last_at = models.DateTimeField("上次上传", null=True)
    last_count = models.PositiveIntegerField("上次涉及就诊数", default=0)
    changed_as = models.CharField("设置人", max_length=100, blank=True)
    changed_at = models.DateTimeField("设置时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "自动上传"
        constraints = [
            models.UniqueConstraint(fields=["institution", "environment"], name="one_upload_schedule"),
        ]

    def __str__(self) -> str:
        if not self.is_on:
            return "已停用"
        return f"每天 {self.times}" if self.times else f"每 {self.every} 分钟"


def category_label(category: str) -> str:
    """The name of a fee category; the code itself when the list does not have it."""
    listed = code_list("injury.aka063")
    return listed.label(category) if category in listed else (category or "未分类")
