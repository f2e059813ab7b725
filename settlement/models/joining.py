"""Steps of joining a province, each time they were taken: what was found, with figures."""

from typing import Any

from django.db import models

from portal.access.models.institution import Environment
from portal.access.rows import TenantModel
from portal.vault import SealedJson


class JoiningState(models.TextChoices):
    WAITING = "waiting", "等待检查"
    GOOD = "good", "通过"
    WARN = "warn", "需要注意"
    BAD = "bad", "未通过"
    SKIPPED = "skipped", "没有检查"


class JoiningCheck(TenantModel):
    """One step, taken once. `figures` are [label, value] pairs; `certificate` is a test person's and goes with the
    answer; `channel_version` says which settings were checked."""

    app_may = ("SELECT", "INSERT", "UPDATE")

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    step = models.CharField("步骤", max_length=20)
    state = models.CharField("结果", max_length=8, choices=JoiningState, default=JoiningState.WAITING)
    sentence = models.CharField("说明", max_length=500, blank=True)
    next_step = models.CharField("怎么办", max_length=500, blank=True)
    figures: "models.JSONField[Any, Any]" = models.JSONField("数据", default=list)
    field = models.CharField("有关的配置项", max_length=30, blank=True)
    msgids: "models.JSONField[Any, Any]" = models.JSONField("报文编号", default=list)
    took_ms = models.PositiveIntegerField("用时（毫秒）", null=True)
    channel_version = models.PositiveIntegerField("配置版本", default=0)
    certificate: "SealedJson[Any, Any]" = SealedJson("测试人员证件", null=True)
    job = models.UUIDField("后台任务", null=True, editable=False)
    asked_by = models.ForeignKey(
        "access.User", verbose_name="检查人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    asked_as = models.CharField("检查人（显示）", max_length=100, blank=True)
    asked_at = models.DateTimeField("提交时间", auto_now_add=True)
    checked_at = models.DateTimeField("检查时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "接入检查"
        ordering = ["-asked_at", "-id"]
        indexes = [
            models.Index(fields=["institution", "environment", "step", "-asked_at"], name="settlement_joining_step"),
        ]

    def __str__(self) -> str:
        return f"{self.step}（{self.get_state_display()}）"

    @property
    def tone(self) -> str:
        return {"good": "good", "warn": "warn", "bad": "bad", "waiting": "brand"}.get(self.state, "")

    @property
    def is_waiting(self) -> bool:
        return self.state == JoiningState.WAITING
