"""A run of reconciliation: one gateway, some days, as often as somebody asks; and when runs begin by themselves."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q

from portal.access.models.institution import Environment
from portal.access.rows import TenantModel


class RunKind(models.TextChoices):
    DAY = "day", "日对账"
    RANGE = "range", "时间段对账"
    MONTH = "month", "整月对账"


class RunState(models.TextChoices):
    RUNNING = "running", "对账中"
    WAITING = "waiting", "等待申请结果"
    BALANCED = "balanced", "平"
    DIFFERENT = "different", "不平"
    FAILED = "failed", "未完成"

    @classmethod
    def live(cls) -> list[str]:
        """States in which the run is not at its end: a job works, or the centre's word on an application is awaited."""
        return [cls.RUNNING, cls.WAITING]


TONES = {
    RunState.RUNNING: "brand",
    RunState.WAITING: "doubt",
    RunState.BALANCED: "good",
    RunState.DIFFERENT: "bad",
    RunState.FAILED: "warn",
}


def yuan(label: str) -> Any:
    """An amount that begins with nothing."""
    return models.DecimalField(label, max_digits=16, decimal_places=2, default=Decimal("0.00"))


class Run(TenantModel):
    """The reconciliation of one gateway's settlements from `begin` to before `end`, by the platform's settlement time.

    There is one row for each gateway and span; asking again is another `round` of it. `family` is the gateway's name.
    Sums are those of our book in the last round, in yuan; refunds count as rows of their own with negative amounts.
    `differences` and `open_differences` are how many the last round left, and how many nobody has decided yet.
    `rounds` is the history: [{"round", "by", "began", "ended", "state", "note"}].
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    family = models.CharField("接口", max_length=20)
    kind = models.CharField("类型", max_length=5, choices=RunKind)
    begin = models.DateField("开始日期")
    end = models.DateField("结束日期（不含）")
    state = models.CharField("状态", max_length=9, choices=RunState, default=RunState.RUNNING)
    round = models.PositiveSmallIntegerField("次数", default=1)
    rounds: "models.JSONField[Any, Any]" = models.JSONField("历次对账", default=list)
    ours_count = models.PositiveIntegerField("本机构笔数", default=0)
    ours_refunds = models.PositiveIntegerField("其中退费", default=0)
    ours_total = yuan("医疗费总额")
    ours_fund = yuan("基金支付总额")
    ours_account = yuan("个人账户支付")
    ours_cash = yuan("现金支付")
    #: Entries whose settlement is under way or in doubt: not counted above, and no exception.
    pending = models.PositiveIntegerField("结果待确认的结算", default=0)
    theirs_count = models.PositiveIntegerField("中心明细笔数", null=True)
    theirs_total = models.DecimalField("中心医疗费总额", max_digits=16, decimal_places=2, null=True)
    theirs_fund = models.DecimalField("中心基金支付总额", max_digits=16, decimal_places=2, null=True)
    differences = models.PositiveIntegerField("差异", default=0)
    open_differences = models.PositiveIntegerField("未处理差异", default=0)
    difference_amount = yuan("差异金额")
    #: What the comparing counted, by kind of difference.
    counts: "models.JSONField[Any, Any]" = models.JSONField("各类差异", default=dict)
    note = models.CharField("说明", max_length=500, blank=True)
    job = models.UUIDField("后台任务", null=True, editable=False)
    is_scheduled = models.BooleanField("自动发起", default=False)
    started_by = models.ForeignKey(
        "access.User", verbose_name="发起人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    started_as = models.CharField("发起人（显示）", max_length=100, blank=True)
    started_at = models.DateTimeField("发起时间", auto_now_add=True)
    ended_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "对账"
        ordering = ["-begin", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "environment", "family", "begin", "end"], name="one_run_a_span"
            ),
            models.CheckConstraint(condition=Q(end__gt=F("begin")), name="run_ends_after_it_begins"),
        ]
        indexes = [models.Index(fields=["institution", "environment", "-begin", "-id"], name="run_newest")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.span_label}"

    @property
    def last(self) -> date:
        """The last day that belongs to it."""
        return self.end - timedelta(days=1)

    @property
    def span_label(self) -> str:
        if self.kind == RunKind.MONTH:
            return f"{self.begin:%Y-%m}"
        return f"{self.begin:%Y-%m-%d}" if self.last == self.begin else f"{self.begin:%Y-%m-%d} 至 {self.last:%Y-%m-%d}"

    @property
    def tone(self) -> str:
        return TONES.get(RunState(self.state), "")

    @property
    def is_live(self) -> bool:
        return self.state in RunState.live()


class RunSchedule(TenantModel):
    """When yesterday is reconciled by itself; `through` is the last day for which that was begun.

    `scopes` are what the institution wants to be asked about even on days without a settlement:
    [[insutype, clr_type, clr_optins]].
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    is_on = models.BooleanField("每天自动对账", default=True)
    at = models.TimeField("时间")
    scopes: "models.JSONField[Any, Any]" = models.JSONField("固定对账范围", default=list)
    through = models.DateField("已发起至", null=True)
    changed_as = models.CharField("修改人", max_length=100, blank=True)
    changed_at = models.DateTimeField("修改时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "自动对账"
        constraints = [
            models.UniqueConstraint(fields=["institution", "environment"], name="one_run_schedule"),
        ]

    def __str__(self) -> str:
        return f"每天 {self.at:%H:%M} 对前一天的账" if self.is_on else "不自动对账"
