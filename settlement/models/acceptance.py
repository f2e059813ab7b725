"""Acceptance runs: every enabled transaction of some families, called in the test environment, with its verdict."""

from typing import Any

from django.db import models
from django.db.models import Q

from portal.access.models.institution import Environment
from portal.access.rows import TenantModel
from portal.vault import SealedJson


class RunState(models.TextChoices):
    RUNNING = "running", "进行中"
    STOPPED = "stopped", "已中断"
    DONE = "done", "已完成"


class CaseState(models.TextChoices):
    WAITING = "waiting", "未执行"
    PASSED = "passed", "通过"
    REFUSED = "refused", "按预期拒绝"
    FAILED = "failed", "未通过"
    SKIPPED = "skipped", "未执行（有说明）"


class AcceptanceRun(TenantModel):
    """One run. `numbers` is the enabled set; `given` what was typed for it (certificate, items, doctor) and `facts`
    what was learned on the way, both sealed; `channel` and `edition` say what it was run against.

    Only in the test environment: no run of production can ever get a job (a check constraint).
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    number = models.CharField("验收编号", max_length=30)
    families: "models.JSONField[Any, Any]" = models.JSONField("业务", default=list)
    numbers: "models.JSONField[Any, Any]" = models.JSONField("启用的交易", default=list)
    channel: "models.JSONField[Any, Any]" = models.JSONField("接口通道", default=dict)
    edition = models.CharField("接口版本", max_length=64, blank=True)
    edition_title = models.CharField("接口版本名称", max_length=100, blank=True)
    person_masked = models.CharField("测试人员（遮盖）", max_length=60, blank=True)
    given: "SealedJson[Any, Any]" = SealedJson("填写的内容")
    facts: "SealedJson[Any, Any]" = SealedJson("过程数据", null=True)
    state = models.CharField("状态", max_length=8, choices=RunState, default=RunState.RUNNING)
    stop_asked = models.BooleanField("已请求停止", default=False)
    balance_before = models.DecimalField("开始时账户余额", max_digits=16, decimal_places=2, null=True)
    balance_after = models.DecimalField("结束时账户余额", max_digits=16, decimal_places=2, null=True)
    note = models.CharField("说明", max_length=400, blank=True)
    job = models.UUIDField("后台任务", null=True, editable=False)
    created_by = models.ForeignKey(
        "access.User", verbose_name="发起人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_as = models.CharField("发起人（显示）", max_length=100, blank=True)
    started_at = models.DateTimeField("开始时间", auto_now_add=True)
    ended_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "接入验收"
        ordering = ["-started_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "environment", "number"], name="one_acceptance_run_a_number"
            ),
            models.CheckConstraint(
                condition=Q(environment=Environment.TEST.value) | Q(job__isnull=True), name="acceptance_only_tests"
            ),
            models.UniqueConstraint(
                fields=["institution", "environment"], condition=Q(state="running"), name="one_acceptance_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}（{self.get_state_display()}）"

    @property
    def tone(self) -> str:
        return {"running": "brand", "stopped": "warn"}.get(self.state, "")

    @property
    def is_running(self) -> bool:
        return self.state == RunState.RUNNING

    @property
    def is_restored(self) -> bool | None:
        """Whether the test person's balance ended where it began; None while nobody knows."""
        if self.balance_before is None or self.balance_after is None:
            return None
        return self.balance_before == self.balance_after


class AcceptanceCase(TenantModel):
    """One call of a run, in its order. `support`: only there because another one needs it, or to take it back.

    Request and reply are kept by the attempt.
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    run = models.ForeignKey(AcceptanceRun, verbose_name="验收", on_delete=models.CASCADE, related_name="cases")
    order = models.PositiveSmallIntegerField("次序")
    key = models.CharField("用例", max_length=40)
    family = models.CharField("业务", max_length=12)
    number = models.CharField("交易编号", max_length=6)
    name = models.CharField("交易名称", max_length=100)
    purpose = models.CharField("验证内容", max_length=200)
    expects = models.CharField("预期", max_length=8)
    support = models.BooleanField("配套", default=False)
    state = models.CharField("结果", max_length=8, choices=CaseState, default=CaseState.WAITING)
    reason = models.CharField("说明", max_length=500, blank=True)
    operation = models.ForeignKey(
        "gateway.Operation", verbose_name="接口业务", on_delete=models.PROTECT, null=True, related_name="+"
    )
    attempt = models.ForeignKey(
        "gateway.Attempt", verbose_name="接口报文", on_delete=models.PROTECT, null=True, related_name="+"
    )
    msgid = models.CharField("发送方报文ID", max_length=64, blank=True)
    refmsgid = models.CharField("接收方报文ID", max_length=40, blank=True)
    called_at = models.DateTimeField("调用时间", null=True)
    took_ms = models.PositiveIntegerField("用时（毫秒）", null=True)
    ended_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "验收用例"
        ordering = ["run", "order"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "run", "order"], name="one_acceptance_case_a_place"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.purpose}（{self.get_state_display()}）"

    @property
    def tone(self) -> str:
        return {"passed": "good", "refused": "good", "failed": "bad", "skipped": "warn"}.get(self.state, "")
