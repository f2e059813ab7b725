"""A stay or an outpatient visit of an injured worker, as the work-injury gateway knows it."""

from typing import Any

from django.db import models
from django.db.models import Q

from portal.access.models.institution import Environment
from portal.access.rows import TenantModel
from portal.codes import code_list
from portal.vault import BlindIndex, SealedField, SealedJson


class Flow(models.TextChoices):
    """The three ways in (interface 4.2, 4.22)."""

    OLD = "old", "老工伤"
    NEW = "new", "新发工伤"
    CROSS = "cross", "跨省异地"


class AdmissionState(models.TextChoices):
    DRAFT = "draft", "未登记"
    REGISTERING = "registering", "登记中"
    ADMITTED = "admitted", "在院"
    LEAVING = "leaving", "出院办理中"
    DISCHARGED = "discharged", "已出院"
    RETURNING = "returning", "撤销出院中"
    UNDOING = "undoing", "撤销登记中"
    UNDONE = "undone", "已撤销"

    @classmethod
    def at_centre(cls) -> list[str]:
        """States in which the centre holds the admission, or may hold it."""
        return [cls.REGISTERING, cls.ADMITTED, cls.LEAVING, cls.DISCHARGED, cls.RETURNING, cls.UNDOING]

    @classmethod
    def moving(cls) -> list[str]:
        """States that an operation under way will end."""
        return [cls.REGISTERING, cls.LEAVING, cls.RETURNING, cls.UNDOING]


class Admission(TenantModel):
    """One admission (4.8, 4.22). Names follow the glossary; the wire's names stay in the services.

    `number` is the hospital's own (住院号/门诊号): the gateway's only name for it. Identity, name and card are sealed;
    the masked forms are what lists, Excel and the API show, the indexes what they are found by.
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    number = models.CharField("住院号/门诊号", max_length=30)
    flow = models.CharField("业务类型", max_length=5, choices=Flow)
    state = models.CharField("状态", max_length=11, choices=AdmissionState, default=AdmissionState.DRAFT)
    #: 11 outpatient, 21 inpatient (AKA130); of other provinces 71 and 72 (AKA1300).
    visit_kind = models.CharField("医疗类别", max_length=3)
    #: 4 rehabilitation, 7 treatment (AKC191).
    treatment = models.CharField("治疗类别", max_length=3)

    identity: "SealedField[str, Any]" = SealedField("身份证号")
    identity_index = BlindIndex("身份证号索引", source="identity")
    identity_masked = models.CharField("身份证号（遮盖）", max_length=20)
    name: "SealedField[str, Any]" = SealedField("姓名")
    name_index = BlindIndex("姓名索引", source="name")
    name_masked = models.CharField("姓名（遮盖）", max_length=60)
    card: "SealedField[str, Any]" = SealedField("社保卡卡号", null=True, blank=True)
    gender = models.CharField("性别", max_length=3, blank=True)
    person_no = models.CharField("个人编号", max_length=30, blank=True)
    employer_no = models.CharField("单位编号", max_length=30, blank=True)
    region = models.CharField("行政区划", max_length=6, blank=True)

    #: 认定书号 (alca02, of other provinces alc011); empty for a new injury.
    injury_no = models.CharField("认定书号", max_length=100, blank=True)
    #: 继续治疗申请编号 (aae073); empty for a new injury and for other provinces.
    treatment_no = models.CharField("继续治疗申请编号", max_length=20, blank=True)
    injured_on = models.DateField("工伤发生日期", null=True, blank=True)
    injured_part = models.CharField("伤害部位", max_length=500, blank=True)

    admitted_on = models.DateField("入院日期")
    #: ICD-10 codes, separated by a half-width comma.
    diseases = models.CharField("病种编码", max_length=200)
    diagnosis_code = models.CharField("入院诊断编码", max_length=30, blank=True)
    diagnosis = models.CharField("入院诊断说明", max_length=200, blank=True)
    department = models.CharField("科室", max_length=30)
    ward = models.CharField("病房", max_length=30, blank=True)
    bed = models.CharField("床位号", max_length=30, blank=True)
    doctor = models.CharField("主治医师", max_length=20)
    #: Who pays what the insurer does not (AKC666).
    self_pay_by = models.CharField("自付部分支付方式", max_length=3, blank=True)
    remark = models.CharField("备注", max_length=200, blank=True)

    discharged_on = models.DateField("出院日期", null=True, blank=True)
    #: The unfinished operation that moves the admission, if any.
    operation = models.ForeignKey(
        "gateway.Operation", verbose_name="进行中的操作", on_delete=models.PROTECT, null=True, related_name="+"
    )
    registered_at = models.DateTimeField("登记时间", null=True)
    undone_at = models.DateTimeField("撤销时间", null=True)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    created_by = models.ForeignKey(
        "access.User", verbose_name="建立人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_as = models.CharField("建立人（显示）", max_length=100, blank=True)
    note = models.CharField("说明", max_length=400, blank=True)
    #: What was typed while some of it is still wrong or missing (DRAFT only): nothing that was typed is lost.
    typed: "SealedJson[Any, Any]" = SealedJson("录入内容", null=True, editable=False)
    #: The enquiry that the person, the injury and the treatment come from, and what it proved about them.
    enquiry = models.ForeignKey(
        "injury.Enquiry", verbose_name="人员查询", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    #: Of the continuing treatment or, of other provinces, the filing: the first and the last day it covers.
    covered_from = models.DateField("有效期起", null=True, blank=True)
    covered_until = models.DateField("有效期止", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "工伤就诊"
        ordering = ["-admitted_on", "-id"]
        indexes = [
            models.Index(fields=["institution", "environment", "state", "-admitted_on"], name="admission_by_state"),
            models.Index(fields=["institution", "environment", "-admitted_on", "-id"], name="admission_newest"),
            models.Index(fields=["institution", "identity_index"], name="admission_by_identity"),
            models.Index(fields=["institution", "name_index"], name="admission_by_name"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "environment", "number"],
                condition=~Q(state="undone") & ~Q(number=""),
                name="one_live_admission_a_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_flow_display()}就诊 {self.number}"

    @property
    def is_elsewhere(self) -> bool:
        """Whether the worker is insured in another province (4.21 to 4.27)."""
        return self.flow == Flow.CROSS

    @property
    def is_inpatient(self) -> bool:
        return self.visit_kind in ("21", "72")

    @property
    def roll(self) -> str:
        """就医类型 of 4.12, 4.16 and 4.18: 0 here, 1 another province."""
        return "1" if self.is_elsewhere else "0"

    @property
    def visit_kind_label(self) -> str:
        return code_list("injury.aka1300" if self.is_elsewhere else "injury.aka130").label(self.visit_kind)

    @property
    def treatment_label(self) -> str:
        return code_list("injury.akc191").label(self.treatment)

    @property
    def shown_state(self) -> str:
        """The state in a clerk's words: what is under way shows how far its operation is."""
        if self.operation is None or not self.operation.is_live:
            return str(self.get_state_display())
        return f"{self.get_state_display()}·{self.operation.sentence}"

    @property
    def is_doubtful(self) -> bool:
        """结果待确认: whether the centre did it is being found out."""
        return self.operation is not None and self.operation.is_doubtful
