"""Who was identified with what (1101, 2001), which e-voucher codes have served, and check media of the control."""

from typing import Any

from django.db import models
from django.utils import timezone

from portal.access.models.institution import Environment
from portal.access.rows import TenantModel
from portal.vault import BlindIndex, SealedField, SealedJson

#: Days that identifications, codes and media are kept.
KEPT = 180


class IdentificationState(models.TextChoices):
    ASKING = "asking", "查询中"
    KNOWN = "known", "已识别"
    REFUSED = "refused", "被拒绝"
    DOUBTFUL = "doubtful", "没有得到答复"


class Identification(TenantModel):
    """One person's certificate as the centre answered it: asked by a job, everything about the person sealed.

    `certificate` has the names of 1101; `answer` its output, `entitlements` what 2001 said by insurance. `insurance`
    and `insured_at` are the insurance that is chosen. `about` is the number of the visit that a fresh certificate was
    shown for; empty when it begins one.
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    way = models.CharField("识别方式", max_length=12)
    certificate: "SealedJson[Any, Any]" = SealedJson("就诊凭证")
    certificate_type = models.CharField("就诊凭证类型", max_length=3)
    med_type = models.CharField("医疗类别", max_length=6, blank=True)
    about = models.CharField("就诊号", max_length=30, blank=True)
    state = models.CharField("状态", max_length=8, choices=IdentificationState, default=IdentificationState.ASKING)
    person_no: "SealedField[Any, Any]" = SealedField("人员编号", null=True)
    person_no_index = BlindIndex("人员编号索引", source="person_no")
    name_masked = models.CharField("姓名（遮盖）", max_length=60, blank=True)
    document_masked = models.CharField("证件号码（遮盖）", max_length=50, blank=True)
    insurance = models.CharField("险种类型", max_length=6, blank=True)
    insured_at = models.CharField("参保地医保区划", max_length=6, blank=True)
    answer: "SealedJson[Any, Any]" = SealedJson("人员信息", null=True)
    entitlements: "SealedJson[Any, Any]" = SealedJson("待遇检查", null=True)
    sentence = models.CharField("说明", max_length=500, blank=True)
    code = models.CharField("结果代码", max_length=40, blank=True)
    job = models.UUIDField("后台任务", null=True, editable=False)
    asked_by = models.ForeignKey(
        "access.User", verbose_name="查询人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    asked_as = models.CharField("查询人（显示）", max_length=100, blank=True)
    asked_at = models.DateTimeField("查询时间", default=timezone.now)
    answered_at = models.DateTimeField("答复时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "身份识别"
        ordering = ["-asked_at", "-id"]
        indexes = [
            models.Index(fields=["institution", "environment", "-asked_at"], name="identification_newest"),
            models.Index(fields=["institution", "person_no_index"], name="identification_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.name_masked or '识别参保人'}（{self.get_state_display()}）"

    @property
    def is_asking(self) -> bool:
        return self.state == IdentificationState.ASKING

    @property
    def is_known(self) -> bool:
        return self.state == IdentificationState.KNOWN


class UsedVoucher(TenantModel):
    """An e-voucher's code that was read (1101): it is read once, and one registration or settlement may go with it.

    The code itself is not kept: `mark` is its keyed digest. `spent_on` and `spent_for` say what it went with. Without
    an identification the code was read elsewhere, by the hospital's own system.
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    mark = models.BinaryField("摘要", max_length=40, editable=False)
    identification = models.ForeignKey(
        Identification, verbose_name="身份识别", null=True, on_delete=models.SET_NULL, related_name="vouchers"
    )
    spent_on = models.CharField("用于", max_length=12, blank=True)
    spent_for = models.CharField("业务编号", max_length=60, blank=True)
    read_at = models.DateTimeField("读取时间", default=timezone.now)
    spent_at = models.DateTimeField("使用时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "已用电子凭证"
        ordering = ["-read_at"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "environment", "mark"], name="one_use_of_a_voucher")
        ]

    def __str__(self) -> str:
        return f"{self.read_at:%Y-%m-%d %H:%M} {self.spent_on or '未使用'}"


class CheckMedium(TenantModel):
    """A check medium of the security control: for which transaction it was obtained, until when, and its uses."""

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    obtained_for = models.CharField("取得时的交易", max_length=10)
    kind = models.CharField("就诊类型", max_length=10)
    medium: "SealedField[Any, Any]" = SealedField("校验介质")
    about = models.CharField("就诊号", max_length=40, blank=True)
    used = models.JSONField("已用于", default=list)
    obtained_at = models.DateTimeField("取得时间", default=timezone.now)
    expires_at = models.DateTimeField("失效时间")
    obtained_as = models.CharField("取得人", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "校验介质"
        ordering = ["-obtained_at"]
        indexes = [models.Index(fields=["institution", "environment", "about", "-obtained_at"], name="medium_of_visit")]

    def __str__(self) -> str:
        return f"{self.obtained_for}（{'、'.join(self.used) or '未使用'}）"
