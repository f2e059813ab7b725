"""Switches of an institution's environment, and proofs that saved settings work."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from portal.access.models.institution import Environment
from portal.access.rows import TenantModel
from portal.gateway.channels.models import Channel, ChannelTrial


def person() -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")


class SwitchState(models.TextChoices):
    PROPOSED = "proposed", "等待复核"
    DRAINING = "draining", "等待在途业务结束"
    DONE = "done", "已切换"
    REFUSED = "refused", "未通过"
    WITHDRAWN = "withdrawn", "已撤回"
    ABANDONED = "abandoned", "已放弃"


OPEN = (SwitchState.PROPOSED, SwitchState.DRAINING)


class Switch(TenantModel):
    """One wish to work in the other environment, from the wish to its end; never deleted.

    While it drains (`deadline` still to come) nothing new begins in the institution; the flip of
    `Institution.environment` and `state = done` are one transaction.
    """

    app_may = ("SELECT", "INSERT", "UPDATE")

    before = models.CharField("原环境", max_length=10, choices=Environment)
    after = models.CharField("新环境", max_length=10, choices=Environment)
    state = models.CharField("状态", max_length=10, choices=SwitchState, default=SwitchState.PROPOSED)
    reason = models.CharField("切换理由", max_length=200)
    note = models.CharField("结果说明", max_length=500, blank=True)
    proposed_by = person()
    proposed_label = models.CharField("申请人", max_length=100)
    proposed_at = models.DateTimeField("申请时间", default=timezone.now)
    decided_by = person()
    decided_label = models.CharField("复核人", max_length=100, blank=True)
    decided_at = models.DateTimeField("复核时间", null=True)
    deadline = models.DateTimeField("等待期限", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "运行环境切换"
        ordering: ClassVar[list[str]] = ["-proposed_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["institution"], condition=Q(state__in=[str(one) for one in OPEN]), name="one_open_switch"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["draining", "done"]) | Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                name="switch_two_people",
            ),
            models.CheckConstraint(condition=~Q(before=F("after")), name="switch_to_the_other"),
            models.CheckConstraint(condition=Q(state__in=SwitchState.values), name="switch_state"),
        ]

    def __str__(self) -> str:
        return f"由{self.get_before_display()}切换到{self.get_after_display()}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_draining(self) -> bool:
        return self.state == SwitchState.DRAINING


class ChannelCheck(TenantModel):
    """A trial of a channel exactly as it was saved: proof for this `version` of it, once the trial was good."""

    app_may = ("SELECT", "INSERT")

    channel = models.ForeignKey(Channel, verbose_name="接口通道", on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField("通道版本")
    trial = models.ForeignKey(ChannelTrial, verbose_name="连接测试", on_delete=models.PROTECT, related_name="+")
    by_label = models.CharField("测试人", max_length=100)
    started_at = models.DateTimeField("开始时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "已保存配置的测试"
        ordering: ClassVar[list[str]] = ["-started_at", "-id"]

    def __str__(self) -> str:
        return f"{self.channel}（版本 {self.version}）"


__all__ = ["ChannelCheck", "Switch", "SwitchState"]
