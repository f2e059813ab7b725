"""What somebody sent from the test console."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from portal.access.models.institution import Environment
from portal.access.rows import TenantModel
from portal.gateway.journal.models import Attempt, Operation
from portal.gateway.journal.states import Outcome
from portal.vault import SealedField


class ConsoleCall(TenantModel):
    """One call. `content` is what was typed, as JSON; a query ends in `attempt`, a changing call is an `operation`.

    `form` is the id of the form it was sent from: pressing twice sends once. The row of a query gets its outcome from
    the job that asked; what became of a changing call says its operation.
    """

    app_may = ("SELECT", "INSERT", "UPDATE")

    environment = models.CharField("环境", max_length=10, choices=Environment)
    gateway = models.CharField("接口", max_length=40)
    kind = models.CharField("交易", max_length=60)
    form = models.UUIDField("表单编号")
    content = SealedField("请求内容")
    operation = models.ForeignKey(
        Operation, verbose_name="接口业务", null=True, on_delete=models.PROTECT, related_name="+"
    )
    attempt = models.ForeignKey(Attempt, verbose_name="接口报文", null=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField("结果", max_length=12, choices=Outcome, blank=True, default="")
    code = models.CharField("结果代码", max_length=40, blank=True)
    message = models.CharField("结果说明", max_length=500, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="发送人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_label = models.CharField("发送人名称", max_length=100, blank=True)
    created_at = models.DateTimeField("提交时间", db_default=Now())
    finished_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "接口测试记录"
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "environment", "form"], name="gateway_console_form"),
            models.CheckConstraint(condition=models.Q(outcome__in=Outcome.values), name="gateway_console_outcome"),
        ]
        indexes = [models.Index(fields=["institution", "-created_at"], name="gateway_console_recent")]

    def __str__(self) -> str:
        return f"{self.kind} {self.created_label}"
