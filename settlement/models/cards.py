"""Cards read at a desk through the library (OneTrans, card reader), and codes that a health card's owner grants."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from portal.access.models.institution import Environment
from portal.access.rows import TenantModel
from portal.codes import code_list
from portal.vault import BlindIndex, SealedField, SealedJson

#: Days that readings and grants are kept.
KEPT = 180


class ReadingWay(models.TextChoices):
    """What the library is asked for; the wire's code of each stands in settlement.rules.reading."""

    CHOOSE = "choose", "由读卡窗口选择"
    CARD = "card", "社会保障卡"
    IDENTITY = "identity", "身份证"
    CODE = "code", "医保电子凭证或电子健康卡"
    UNIFIED = "unified", "统一解码（电子健康卡平台）"
    READER_CARD = "reader", "读卡器：社会保障卡"
    READER_IDENTITY = "reader-id", "读卡器：身份证"
    READER_CODE = "reader-qr", "读卡器：医保电子凭证"


class ReadingState(models.TextChoices):
    ASKING = "asking", "读卡中"
    KNOWN = "known", "已读取"
    REFUSED = "refused", "没有读出"
    DOUBTFUL = "doubtful", "没有得到答复"


class CardReading(TenantModel):
    """One card or code read at a desk: asked by a job, everything about the person sealed.

    `answer` has the library's names (baseinfo, insuinfo, idetinfo, ehcinfo, cardinfo); `identification` is the person
    as the settlement business took it over, once somebody handed it on.
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    desk = models.UUIDField("终端")
    desk_name = models.CharField("终端名称", max_length=60, blank=True)
    way = models.CharField("读取方式", max_length=10, choices=ReadingWay)
    business_type = models.CharField("用码业务类型", max_length=5, blank=True)
    state = models.CharField("状态", max_length=8, choices=ReadingState, default=ReadingState.ASKING)
    #: mdtrt_cert_type of the answer: what was really shown.
    certificate_type = models.CharField("就诊凭证类型", max_length=3, blank=True)
    card_type = models.CharField("卡类型", max_length=6, blank=True)
    card_no: "SealedField[Any, Any]" = SealedField("卡号", null=True)
    card_masked = models.CharField("卡号（遮盖）", max_length=40, blank=True)
    person_no: "SealedField[Any, Any]" = SealedField("人员编号", null=True)
    person_no_index = BlindIndex("人员编号索引", source="person_no")
    name_masked = models.CharField("姓名（遮盖）", max_length=60, blank=True)
    document_masked = models.CharField("证件号码（遮盖）", max_length=50, blank=True)
    insurance = models.CharField("险种类型", max_length=6, blank=True)
    insured_at = models.CharField("参保地医保区划", max_length=6, blank=True)
    answer: "SealedJson[Any, Any]" = SealedJson("读取内容", null=True)
    sentence = models.CharField("说明", max_length=500, blank=True)
    code = models.CharField("结果代码", max_length=40, blank=True)
    #: Used up by whoever takes the reading over: an e-voucher's token serves once.
    identification = models.UUIDField("身份识别", null=True, editable=False)
    job = models.UUIDField("后台任务", null=True, editable=False)
    asked_by = models.ForeignKey(
        "access.User", verbose_name="读卡人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    asked_as = models.CharField("读卡人（显示）", max_length=100, blank=True)
    asked_at = models.DateTimeField("读卡时间", default=timezone.now)
    answered_at = models.DateTimeField("答复时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "读卡记录"
        ordering = ["-asked_at", "-id"]
        indexes = [
            models.Index(fields=["institution", "environment", "-asked_at", "-id"], name="cardreading_newest"),
            models.Index(fields=["institution", "person_no_index"], name="cardreading_by_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "environment", "desk"],
                condition=Q(state="asking"),
                name="one_reading_at_a_desk",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name_masked or '读卡'}（{self.get_state_display()}）"

    @property
    def is_asking(self) -> bool:
        return self.state == ReadingState.ASKING

    @property
    def is_known(self) -> bool:
        return self.state == ReadingState.KNOWN

    @property
    def certificate_label(self) -> str:
        found = code_list("onetrans.mdtrt_cert_type")
        return found.label(self.certificate_type) if self.certificate_type else ""


class AuthState(models.TextChoices):
    ASKING = "asking", "生成中"
    WAITING = "waiting", "等待病人扫码"
    GRANTED = "granted", "已授权"
    FAILED = "failed", "授权失败"
    CANCELLED = "cancelled", "病人取消"
    EXPIRED = "expired", "已过期"
    REFUSED = "refused", "没有生成"


class HealthCardAuth(TenantModel):
    """A code that the owner of an electronic health card scans to let us use it (ehc.ehealthcard.*).

    `number` is out_authorize_no: committed before the code is asked for, and what its result is asked by. The address
    in the code is sealed: who has it can answer for the patient.
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    desk = models.UUIDField("终端")
    desk_name = models.CharField("终端名称", max_length=60, blank=True)
    number = models.CharField("授权流水号", max_length=32)
    treatment_code = models.CharField("诊疗环节编码", max_length=32)
    office_code = models.CharField("科室代码", max_length=10, blank=True)
    state = models.CharField("状态", max_length=9, choices=AuthState, default=AuthState.ASKING)
    address: "SealedField[Any, Any]" = SealedField("授权码值", null=True)
    answer: "SealedJson[Any, Any]" = SealedJson("授权内容", null=True)
    name_masked = models.CharField("姓名（遮盖）", max_length=60, blank=True)
    document_masked = models.CharField("证件号码（遮盖）", max_length=50, blank=True)
    sentence = models.CharField("说明", max_length=500, blank=True)
    looks = models.PositiveSmallIntegerField("查询次数", default=0)
    looked_at = models.DateTimeField("查询时间", null=True)
    expires_at = models.DateTimeField("有效期至")
    job = models.UUIDField("后台任务", null=True, editable=False)
    asked_by = models.ForeignKey(
        "access.User", verbose_name="申请人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    asked_as = models.CharField("申请人（显示）", max_length=100, blank=True)
    asked_at = models.DateTimeField("申请时间", default=timezone.now)
    ended_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "电子健康卡授权"
        ordering = ["-asked_at", "-id"]
        indexes = [models.Index(fields=["institution", "environment", "-asked_at", "-id"], name="cardauth_newest")]
        constraints = [
            models.UniqueConstraint(fields=["institution", "environment", "number"], name="one_grant_a_number")
        ]

    def __str__(self) -> str:
        return f"授权 {self.number}（{self.get_state_display()}）"

    @property
    def is_waiting(self) -> bool:
        return self.state in (AuthState.ASKING, AuthState.WAITING)
