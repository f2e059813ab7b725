"""The end of a month: every scope applied for, nothing open, and who said so."""

from django.db import models

from portal.access.models.institution import Environment
from portal.access.rows import TenantModel
from reconciliation.models.run import yuan


class MonthClose(TenantModel):
    """One closed month of one gateway; there is none while a difference is open or a scope not applied for."""

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    family = models.CharField("接口", max_length=20)
    month = models.DateField("月份")
    count = models.PositiveIntegerField("笔数", default=0)
    total = yuan("医疗费总额")
    fund = yuan("基金支付总额")
    account = yuan("个人账户支付")
    note = models.CharField("说明", max_length=300, blank=True)
    closed_by = models.ForeignKey(
        "access.User", verbose_name="结账人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    closed_as = models.CharField("结账人（显示）", max_length=100, blank=True)
    closed_at = models.DateTimeField("结账时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "月末结账"
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "environment", "family", "month"], name="one_close_a_month"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} 结账"
