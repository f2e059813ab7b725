"""What is filed for an insured person: referrals, chronic diseases, designated institutions (2501 to 2506, Z1101)."""

from typing import Any

from django.db import models
from django.db.models import Q

from portal.access.models.institution import Environment
from portal.access.rows import TenantModel
from portal.vault import BlindIndex, SealedField, SealedJson


class FilingKind(models.TextChoices):
    TRANSFER = "transfer", "转院备案"
    CHRONIC = "chronic", "慢特病备案"
    DESIGNATED = "designated", "定点备案"
    TWO = "two", "城乡两病备案"


class FilingState(models.TextChoices):
    SENDING = "sending", "申报中"
    REFUSED = "refused", "未受理"
    SUBMITTED = "submitted", "已申报"
    CONFIRMED = "confirmed", "中心已确认"
    WITHDRAWING = "withdrawing", "撤销中"
    WITHDRAWN = "withdrawn", "已撤销"


class Filing(TenantModel):
    """One filing. `content` has the table's names; `number` is trt_dcla_detl_sn, which only the reply tells.

    `code` and `name` are the disease or the institution it is about. `seen_at`: when the centre was last asked for it.
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    kind = models.CharField("备案类型", max_length=10, choices=FilingKind)
    state = models.CharField("状态", max_length=11, choices=FilingState, default=FilingState.SENDING)
    transaction = models.CharField("交易编号", max_length=6)
    number = models.CharField("待遇申报明细流水号", max_length=30, blank=True)
    identification = models.UUIDField("身份识别", null=True, editable=False)
    person_no: "SealedField[str, Any]" = SealedField("人员编号")
    person_no_index = BlindIndex("人员编号索引", source="person_no")
    name_masked = models.CharField("姓名（遮盖）", max_length=60, blank=True)
    document_masked = models.CharField("证件号码（遮盖）", max_length=50, blank=True)
    insured_at = models.CharField("参保地医保区划", max_length=6)
    content: "SealedJson[Any, Any]" = SealedJson("备案内容", editable=False)
    code = models.CharField("病种或机构编码", max_length=50, blank=True)
    name = models.CharField("病种或机构", max_length=300, blank=True)
    begins = models.DateField("开始日期", null=True)
    ends = models.DateField("结束日期", null=True)
    operation = models.ForeignKey(
        "gateway.Operation", verbose_name="进行中的操作", on_delete=models.PROTECT, null=True, related_name="+"
    )
    seen_at = models.DateTimeField("查询时间", null=True)
    confirmed_at = models.DateTimeField("确认时间", null=True)
    filed_at = models.DateTimeField("受理时间", null=True)
    withdrawn_at = models.DateTimeField("撤销时间", null=True)
    created_at = models.DateTimeField("申报时间", auto_now_add=True)
    created_by = models.ForeignKey(
        "access.User", verbose_name="申报人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_as = models.CharField("申报人（显示）", max_length=100, blank=True)
    note = models.CharField("说明", max_length=400, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "备案"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["institution", "environment", "-created_at", "-id"], name="filing_newest"),
            models.Index(fields=["institution", "environment", "kind", "state", "-created_at"], name="filing_by_state"),
            models.Index(fields=["institution", "person_no_index"], name="filing_by_person"),
            models.Index(fields=["operation"], condition=Q(operation__isnull=False), name="filing_moving"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "environment", "kind", "person_no_index", "code"],
                condition=Q(state__in=["sending", "withdrawing"]),
                name="one_filing_moves",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name or self.code}"

    @property
    def is_moving(self) -> bool:
        return self.operation is not None and self.operation.is_live

    @property
    def shown_state(self) -> str:
        """The state in a clerk's words: what is under way shows how far its operation is."""
        label = str(self.get_state_display())
        return f"{label}·{self.operation.sentence}" if self.operation and self.operation.is_live else label
