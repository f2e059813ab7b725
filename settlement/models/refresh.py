"""Whether and when an institution keeps the region's catalogues new by itself."""

from django.db import models

from portal.access.models.institution import Environment
from portal.access.rows import TenantModel


class CatalogueRefresh(TenantModel):
    """Whether this institution's channel keeps the region's catalogues new by itself, and at what time of the night."""

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    is_on = models.BooleanField("每天自动更新", default=False)
    at = models.TimeField("更新时刻")
    next_at = models.DateTimeField("下次更新", null=True)
    last_at = models.DateTimeField("上次更新", null=True)
    changed_as = models.CharField("设置人", max_length=100, blank=True)
    changed_at = models.DateTimeField("设置时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "目录自动更新"
        constraints = [
            models.UniqueConstraint(fields=["institution", "environment"], name="one_catalogue_refresh"),
        ]

    def __str__(self) -> str:
        return f"每天 {self.at:%H:%M}" if self.is_on else "已停用"
