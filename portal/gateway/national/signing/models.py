"""Which operators are signed in for a shift, and as what."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from portal.access.models.institution import Environment
from portal.access.rows import TenantModel
from portal.vault import SealedField

#: Before a number runs out for certain, its operator signs in anew.
MARGIN = timedelta(minutes=5)


class SignState(models.TextChoices):
    OUT = "out", "未签到"
    IN = "in", "已签到"
    REFUSED = "refused", "签到被拒绝"
    UNSURE = "unsure", "签到结果未知"


#: Nobody tries again before `not_before`.
BLOCKED = (SignState.REFUSED, SignState.UNSURE)


class NationalSignIn(TenantModel):
    """One operator's shift at one gateway in one environment; changed under the lease of its signing in.

    `operator` is the code that messages carry: the user's name, or the channel's own operator for work that nobody in
    particular asked for (`user` is empty then). `sign_no` is there while the centre may still know it. `ends_at` is the
    end of the shift. `not_before`: after a sign-in that failed, nobody tries earlier; `settings_version` is the
    channel's version that failed: changed settings are tried at once.
    """

    reached_anywhere = True

    gateway = models.CharField("接口", max_length=40)
    environment = models.CharField("运行环境", max_length=10, choices=Environment)
    operator = models.CharField("操作员编号", max_length=20)
    operator_name = models.CharField("操作员", max_length=50, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="人员", null=True, on_delete=models.PROTECT, related_name="+"
    )
    sign_no = SealedField("签到编号", null=True)
    state = models.CharField("状态", max_length=8, choices=SignState, default=SignState.OUT)
    signed_in_at = models.DateTimeField("签到时间", null=True)
    last_used_at = models.DateTimeField("最近使用时间", null=True)
    ends_at = models.DateTimeField("班次结束", null=True)
    not_before = models.DateTimeField("不早于", null=True)
    failures = models.PositiveSmallIntegerField("连续失败次数", default=0)
    settings_version = models.PositiveIntegerField("配置版本", default=0)
    message = models.CharField("说明", max_length=300, blank=True)
    changed_at = models.DateTimeField("状态时间", db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = "医保签到"
        ordering = ["gateway", "environment", "operator"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "gateway", "environment", "operator"], name="national_sign_in_one"
            ),
            models.CheckConstraint(condition=models.Q(state__in=SignState.values), name="national_sign_in_state"),
            models.CheckConstraint(
                condition=~models.Q(state="in") | models.Q(sign_no__isnull=False, ends_at__isnull=False),
                name="national_sign_in_is_there",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operator_name or self.operator}（{self.get_state_display()}）"

    def lasts(self, now: datetime, span: timedelta) -> bool:
        """Whether calls may go out under it: signed in, the shift goes on, and the centre still knows the number."""
        if self.state != SignState.IN or self.signed_in_at is None or self.ends_at is None:
            return False
        return now < self.ends_at and now < self.signed_in_at + span - MARGIN

    def is_blocked(self, now: datetime, settings_version: int) -> bool:
        """Whether the last sign-in failed so lately that nobody tries again yet."""
        if self.state not in BLOCKED or self.not_before is None or self.not_before <= now:
            return False
        return self.state != SignState.REFUSED or self.settings_version == settings_version
