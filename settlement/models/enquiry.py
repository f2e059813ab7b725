"""What was asked of the centre and what it answered; conditions and answers are sealed, because most are of people."""

from typing import Any

from django.db import models

from portal.access.models.institution import Environment
from portal.access.rows import TenantModel
from portal.vault import BlindIndex, SealedJson

#: Days a query is kept.
KEPT = 180


class EnquiryState(models.TextChoices):
    ASKING = "asking", "查询中"
    ANSWERED = "answered", "已答复"
    REFUSED = "refused", "被接口拒绝"
    DOUBTFUL = "doubtful", "没有得到答复"


class Enquiry(TenantModel):
    """One question of the query page, asked by a job. `label` is what lists may show of its conditions: masked."""

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    number = models.CharField("交易编号", max_length=6)
    title = models.CharField("查询", max_length=100)
    label = models.CharField("条件（遮盖）", max_length=300, blank=True)
    params: "SealedJson[Any, Any]" = SealedJson("查询条件")
    params_index = BlindIndex("查询条件索引", source="params")
    answer: "SealedJson[Any, Any]" = SealedJson("答复", null=True)
    state = models.CharField("状态", max_length=8, choices=EnquiryState, default=EnquiryState.ASKING)
    sentence = models.CharField("说明", max_length=500, blank=True)
    code = models.CharField("结果代码", max_length=40, blank=True)
    count = models.PositiveIntegerField("条数", default=0)
    job = models.UUIDField("后台任务", null=True, editable=False)
    asked_by = models.ForeignKey(
        "access.User", verbose_name="查询人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    asked_as = models.CharField("查询人（显示）", max_length=100, blank=True)
    asked_at = models.DateTimeField("查询时间", auto_now_add=True)
    answered_at = models.DateTimeField("答复时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "医保查询"
        ordering = ["-asked_at", "-id"]
        indexes = [
            models.Index(fields=["institution", "environment", "-asked_at"], name="settlement_enquiry_recent"),
            models.Index(fields=["institution", "environment", "number", "-asked_at"], name="settlement_enquiry_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}（{self.get_state_display()}）"

    @property
    def is_asking(self) -> bool:
        return self.state == EnquiryState.ASKING

    @property
    def is_answered(self) -> bool:
        return self.state == EnquiryState.ANSWERED
