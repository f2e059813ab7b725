"""What was asked of the centre and what it answered; everything about people is sealed (interface 4.3 to 4.7, 4.15)."""

from typing import Any

from django.db import models

from portal.access.models.institution import Environment
from portal.access.rows import TenantModel
from portal.vault import BlindIndex, SealedJson

#: Days an enquiry and its rows are kept.
KEPT = 180


class EnquiryState(models.TextChoices):
    ASKING = "asking", "查询中"
    ANSWERED = "answered", "已答复"
    REFUSED = "refused", "被接口拒绝"
    DOUBTFUL = "doubtful", "没有得到答复"


class Enquiry(TenantModel):
    """One question, or a chain of questions about one person; asked by a job, shown by whoever asked.

    `kind` is the transaction's code, or the name of a chain (`services.people`). `about` names the row it is about as
    the journal names subjects. `label` is what lists may show: masked.
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    kind = models.CharField("查询", max_length=40)
    title = models.CharField("事项", max_length=100)
    about = models.CharField("对象", max_length=100, blank=True)
    label = models.CharField("查询对象（遮盖）", max_length=200, blank=True)
    params: "SealedJson[Any, Any]" = SealedJson("查询条件")
    params_index = BlindIndex("查询条件索引", source="params")
    answer: "SealedJson[Any, Any]" = SealedJson("答复", null=True)
    state = models.CharField("状态", max_length=8, choices=EnquiryState, default=EnquiryState.ASKING)
    sentence = models.CharField("说明", max_length=500, blank=True)
    code = models.CharField("结果代码", max_length=40, blank=True)
    next_step = models.CharField("下一步", max_length=300, blank=True)
    count = models.PositiveIntegerField("条数", default=0)
    job = models.UUIDField("后台任务", null=True, editable=False)
    asked_by = models.ForeignKey(
        "access.User", verbose_name="查询人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    asked_as = models.CharField("查询人（显示）", max_length=100, blank=True)
    asked_at = models.DateTimeField("查询时间", auto_now_add=True)
    answered_at = models.DateTimeField("答复时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "工伤查询"
        ordering = ["-asked_at", "-id"]
        indexes = [
            models.Index(fields=["institution", "environment", "kind", "-asked_at"], name="enquiry_by_kind"),
            models.Index(fields=["institution", "about", "kind", "-asked_at"], name="enquiry_by_subject"),
            models.Index(fields=["institution", "asked_at"], name="enquiry_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.get_state_display()}）"

    @property
    def is_asking(self) -> bool:
        return self.state == EnquiryState.ASKING

    @property
    def is_answered(self) -> bool:
        return self.state == EnquiryState.ANSWERED
