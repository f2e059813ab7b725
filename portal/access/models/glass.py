from datetime import timedelta

from django.db import models
from django.utils import timezone

from portal.access.models.people import User
from portal.access.rows import TenantModel

MINUTES = 30


def half_an_hour_from_now() -> object:
    return timezone.now() + timedelta(minutes=MINUTES)


class BreakGlass(TenantModel):
    """A platform administrator reads one institution's data in an emergency (design 4.1)."""

    platform_rows = True

    user = models.ForeignKey(User, verbose_name="平台管理员", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField("理由", max_length=200)
    opened_at = models.DateTimeField("开始时间", auto_now_add=True)
    ends_at = models.DateTimeField("结束时间", default=half_an_hour_from_now)
    closed_at = models.DateTimeField("提前结束时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "应急查看"
        ordering = ["-opened_at"]

    def __str__(self) -> str:
        return f"{self.user} 应急查看 {self.institution}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None and timezone.now() < self.ends_at
