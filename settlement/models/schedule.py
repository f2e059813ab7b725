"""When charges of stays go to the centre by themselves."""

from django.db import models

from portal.access.models.institution import Environment
from portal.access.rows import TenantModel


class ChargeSchedule(TenantModel):
    """Whether this institution sends what waits of all stays every day, and at what time (2301: 每日)."""

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    is_on = models.BooleanField("每天自动上传", default=False)
    at = models.TimeField("上传时刻")
    next_at = models.DateTimeField("下次上传", null=True)
    last_at = models.DateTimeField("上次上传", null=True)
    last_count = models.PositiveIntegerField("上次上传的就诊数", default=0)
    changed_as = models.CharField("设置人", max_length=100, blank=True)
    changed_at = models.DateTimeField("设置时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "住院费用自动上传"
        constraints = [
            models.UniqueConstraint(fields=["institution", "environment"], name="one_charge_schedule"),
        ]

    def __str__(self) -> str:
        return f"每天 {self.at:%H:%M}" if self.is_on else "已停用"
