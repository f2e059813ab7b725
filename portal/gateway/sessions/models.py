"""Who is signed in at a gateway on the institution's behalf."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models.functions import Now

from portal.access.models.institution import Environment
from portal.access.rows import TenantModel
from portal.vault import SealedField

#: Before a session runs out for certain, somebody signs in anew.
MARGIN = timedelta(minutes=5)


class SessionState(models.TextChoices):
    OUT = "out", "未登录"
    IN = "in", "已登录"
    LEAVING = "leaving", "正在退出"
    TAKEN = "taken", "被其他程序占用"
    REFUSED = "refused", "登录被拒绝"
    UNSURE = "unsure", "登录结果未知"


#: Nobody tries again before `not_before`.
BLOCKED = (SessionState.TAKEN, SessionState.REFUSED, SessionState.UNSURE)


class GatewaySession(TenantModel):
    """One user's session at one gateway in one environment; changed under the lease of its signing in.

    `session` is there while the centre may still know it. `last_used_at` is when the last call began. `not_before`:
    after a sign-in that failed, nobody tries earlier; `failures` in a row make it later. `settings_version` is the
    channel's version that failed: changed settings are tried at once.
    """

    reached_anywhere = True

    gateway = models.CharField("接口", max_length=40)
    environment = models.CharField("运行环境", max_length=10, choices=Environment)
    user_name = models.CharField("接口用户名", max_length=100)
    session = SealedField("会话编号", null=True)
    state = models.CharField("状态", max_length=8, choices=SessionState, default=SessionState.OUT)
    signed_in_at = models.DateTimeField("登录时间", null=True)
    last_used_at = models.DateTimeField("最近使用时间", null=True)
    not_before = models.DateTimeField("不早于", null=True)
    failures = models.PositiveSmallIntegerField("连续失败次数", default=0)
    settings_version = models.PositiveIntegerField("配置版本", default=0)
    message = models.CharField("说明", max_length=300, blank=True)
    changed_at = models.DateTimeField("状态时间", db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = "接口登录"
        ordering = ["gateway", "environment", "user_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "gateway", "environment", "user_name"], name="gateway_session_one"
            ),
            models.CheckConstraint(condition=models.Q(state__in=SessionState.values), name="gateway_session_state"),
            models.CheckConstraint(
                condition=~models.Q(state__in=["in", "leaving"]) | models.Q(session__isnull=False),
                name="gateway_session_is_there",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.user_name}"

    def lasts(self, now: datetime, span: timedelta) -> bool:
        """Whether calls may go out under it: signed in, and used so lately that it cannot have run out."""
        return (
            self.state == SessionState.IN and self.last_used_at is not None and now < self.last_used_at + span - MARGIN
        )

    def is_blocked(self, now: datetime, settings_version: int) -> bool:
        """Whether the last sign-in failed so lately that nobody tries again yet."""
        if self.state not in BLOCKED or self.not_before is None or self.not_before <= now:
            return False
        return self.state != SessionState.REFUSED or self.settings_version == settings_version
