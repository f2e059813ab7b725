"""A batch of charges that is settled together (chrg_bchno of 2204, 2206A, 2207A)."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from portal.access.models.institution import Environment
from portal.access.rows import TenantModel


class BillState(models.TextChoices):
    DRAFT = "draft", "未上传"
    SENDING = "sending", "上传中"
    SENT = "sent", "已上传"
    SETTLED = "settled", "已结算"
    REMOVING = "removing", "撤销中"
    REMOVED = "removed", "已撤销"


class Bill(TenantModel):
    """One batch of an outpatient visit: its lines go in one 2204, with one disease, and are settled by one 2207A."""

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    visit = models.ForeignKey("settlement.Visit", verbose_name="就诊", on_delete=models.PROTECT, related_name="bills")
    #: chrg_bchno, the same number never twice.
    number = models.CharField("收费批次号", max_length=30)
    disease_code = models.CharField("病种编码", max_length=30, blank=True)
    disease_name = models.CharField("病种名称", max_length=500, blank=True)
    state = models.CharField("状态", max_length=8, choices=BillState, default=BillState.DRAFT)
    lines_count = models.PositiveIntegerField("明细（条）", default=0)
    total = models.DecimalField("金额", max_digits=16, decimal_places=2, default=Decimal(0))
    sent_at = models.DateTimeField("上传时间", null=True)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    created_as = models.CharField("建立人（显示）", max_length=100, blank=True)
    note = models.CharField("说明", max_length=400, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "收费批次"
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["institution", "visit", "state"], name="bill_of_visit")]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "environment", "number"], condition=~Q(number=""), name="one_bill_a_number"
            ),
        ]

    def __str__(self) -> str:
        return f"收费批次 {self.number}"
