"""An Excel file with fee items or advices of one admission: looked at first, then taken."""

from django.db import models

from portal.access.models.institution import Environment
from portal.access.rows import TenantModel


class Content(models.TextChoices):
    FEES = "fees", "费用明细"
    ADVICES = "advices", "医嘱"


class ArrivalState(models.TextChoices):
    PREVIEW = "preview", "待确认"
    TAKEN = "taken", "已导入"


class ArrivalFile(TenantModel):
    """A file as it was read. `rows` are its lines by our names until they are taken, `numbers` their rows in Excel."""

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    admission = models.ForeignKey(
        "injury.Admission", verbose_name="就诊", on_delete=models.PROTECT, related_name="arrival_files"
    )
    content = models.CharField("内容", max_length=8, choices=Content)
    name = models.CharField("文件名", max_length=200)
    state = models.CharField("状态", max_length=8, choices=ArrivalState, default=ArrivalState.PREVIEW)
    rows = models.JSONField("各行", default=list)
    numbers = models.JSONField("行号", default=list)
    count = models.PositiveIntegerField("条数")
    uploaded_as = models.CharField("导入人（显示）", max_length=100, blank=True)
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    taken_at = models.DateTimeField("导入时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "费用文件"
        ordering = ["-uploaded_at"]
        indexes = [models.Index(fields=["institution", "admission", "-uploaded_at"], name="arrival_file_newest")]

    def __str__(self) -> str:
        return self.name
