"""Our own settlements of a month, as a file says them: what the centre's list is compared with.

Until the settlement business publishes its own, a person brings the file from the hospital's system.
"""

from django.db import models

from clearing.models.cross_region import CrossRegionMonth, total
from clearing.models.row import yuan
from portal.access.rows import TenantModel


class UploadState(models.TextChoices):
    PREVIEW = "preview", "预览"
    USED = "used", "用于比对"
    REPLACED = "replaced", "已被替换"


class CrossRegionUpload(TenantModel):
    """A file of our own settlements of a month. Only the one in use counts; a preview may be thrown away."""

    month = models.ForeignKey(CrossRegionMonth, verbose_name="结算月份", on_delete=models.PROTECT)
    name = models.CharField("文件名", max_length=200)
    state = models.CharField("状态", max_length=10, choices=UploadState, default=UploadState.PREVIEW)
    count = models.PositiveIntegerField("条数")
    medical_fee = total("总费用")
    agency_paid = total("经办机构支付总额")
    uploaded_by = models.ForeignKey(
        "access.User", verbose_name="导入人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    uploaded_at = models.DateTimeField("导入时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "本机构结算文件"
        ordering = ["-uploaded_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "month"],
                condition=models.Q(state=UploadState.USED.value),
                name="one_upload_in_use_a_month",
            )
        ]

    def __str__(self) -> str:
        return self.name


class UploadedSettlement(TenantModel):
    """One settlement of ours, as a file says it; `is_listed` is whether the centre lists it in that month."""

    upload = models.ForeignKey(
        CrossRegionUpload, verbose_name="文件", on_delete=models.PROTECT, related_name="settlements"
    )
    settlement_no = models.CharField("结算流水号", max_length=60)
    medical_fee = yuan("总费用")
    agency_paid = yuan("经办机构支付总额")
    is_listed = models.BooleanField("中心已列出", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "本机构结算"
        ordering = ["settlement_no"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "upload", "settlement_no"], name="one_uploaded_settlement")
        ]

    def __str__(self) -> str:
        return self.settlement_no
