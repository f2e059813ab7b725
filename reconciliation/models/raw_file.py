"""Files of the detail account as they went and came, byte for byte."""

import base64
from typing import Any

from django.db import models

from portal.access.models.institution import Environment
from portal.access.rows import TenantModel
from portal.vault import SealedField
from reconciliation.models.run import Run


class Purpose(models.TextChoices):
    DETAILS = "details", "上传的明细"
    RESULT = "result", "对账结果"


class RawFile(TenantModel):
    """One zip that was uploaded (9101) or downloaded (9102) for a run, sealed; never changed.

    It covers one clearing category and office from `begin` to before `end`, all insurances (3202 knows none).
    `lines` is how many records were written or read. `problem`: why it could not be read to its end, in a sentence.
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    run = models.ForeignKey(Run, verbose_name="对账", on_delete=models.PROTECT, related_name="files")
    round = models.PositiveSmallIntegerField("次数")
    begin = models.DateField("开始日期")
    end = models.DateField("结束日期（不含）")
    clr_type = models.CharField("清算类别", max_length=6)
    clr_optins = models.CharField("结算经办机构", max_length=20)
    purpose = models.CharField("用途", max_length=8, choices=Purpose)
    name = models.CharField("文件名", max_length=200)
    query_no = models.CharField("文件查询号", max_length=60, blank=True)
    content: "SealedField[str, Any]" = SealedField("文件内容")
    size = models.PositiveIntegerField("大小（字节）", default=0)
    digest = models.CharField("SM3", max_length=64)
    lines = models.PositiveIntegerField("记录数", default=0)
    problem = models.CharField("问题", max_length=500, blank=True)
    made_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "对账文件"
        ordering = ["run", "-round", "id"]
        indexes = [models.Index(fields=["institution", "run", "-round"], name="rawfile_of_run")]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.name}"

    @property
    def bytes(self) -> bytes:
        """The file itself; opening it is recorded by whoever asks."""
        return base64.b64decode(self.content.reveal())
