"""The editions of the national interface that an institution has, one of which it uses."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from portal.access.models.institution import Environment
from portal.access.rows import TenantModel


class NationalEdition(TenantModel):
    """One version of a province's tables; its content never changes, messages of years ago are read with it.

    `digest` names the content (`portal.gateway.national.editions.digest_of`). At most one is current in each
    environment; while none is, the base tables hold.
    """

    app_may = ("SELECT", "INSERT", "UPDATE", "DELETE")

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    province = models.CharField("省份", max_length=20)
    version = models.CharField("版本", max_length=40)
    content = models.JSONField("内容")
    digest = models.CharField("摘要", max_length=64)
    note = models.CharField("说明", max_length=500, blank=True)
    is_current = models.BooleanField("启用", default=False)
    #: Once used, messages may refer to it: it stays.
    was_used = models.BooleanField("启用过", default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="导入人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_as = models.CharField("导入人（显示）", max_length=100, blank=True)
    created_at = models.DateTimeField("导入时间", db_default=Now())
    used_as = models.CharField("启用人（显示）", max_length=100, blank=True)
    used_at = models.DateTimeField("启用时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "省级接口版本"
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "environment", "digest"], name="gateway_edition_once"),
            models.UniqueConstraint(
                fields=["institution", "environment"],
                condition=Q(is_current=True),
                name="gateway_edition_one_current",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.province} {self.version}"
