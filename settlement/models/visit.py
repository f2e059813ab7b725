"""One insured person's purchase, outpatient visit or stay, and what was diagnosed (2101A to 2405)."""

from typing import Any

from django.db import models

from portal.access.models.institution import Environment
from portal.access.rows import TenantModel
from portal.codes import code_list
from portal.vault import BlindIndex, SealedField, SealedJson


class VisitKind(models.TextChoices):
    PHARMACY = "pharmacy", "药店购药"
    OUTPATIENT = "outpatient", "门诊"
    INPATIENT = "inpatient", "住院"


class VisitState(models.TextChoices):
    """Where a visit is; while `Visit.operation` lives, the operation says what is happening to it."""

    DRAFT = "draft", "未登记"
    OPENING = "opening", "登记中"
    OPEN = "open", "就诊中"
    LEAVING = "leaving", "出院办理中"
    LEFT = "left", "已出院"
    SETTLED = "settled", "已结算"
    UNDOING = "undoing", "撤销中"
    UNDONE = "undone", "已撤销"

    @classmethod
    def at_centre(cls) -> list[str]:
        """States in which the centre holds the visit, or may hold it."""
        return [cls.OPENING, cls.OPEN, cls.LEAVING, cls.LEFT, cls.SETTLED, cls.UNDOING]


class Visit(TenantModel):
    """One visit. Names follow the glossary; the wire's names stand in brackets and stay in the services.

    `number` is the institution's own (ipt_otp_no), `mdtrt_id` the centre's; a purchase gets the centre's only with its
    settlement. Whatever names the person is sealed: lists, Excel and the API show the masked forms, the keyed indexes
    find it. `operation` is the one live operation that moves the visit; services lock the visit before they look at it.
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    number = models.CharField("住院/门诊号", max_length=30)
    kind = models.CharField("就诊类型", max_length=10, choices=VisitKind)
    state = models.CharField("状态", max_length=8, choices=VisitState, default=VisitState.DRAFT)
    version = models.PositiveIntegerField("版本", default=1)
    #: The `Identification` it began with; the visit stands alone without it.
    identification = models.UUIDField("身份识别", null=True, editable=False)

    #: psn_no
    person_no: "SealedField[str, Any]" = SealedField("人员编号")
    person_no_index = BlindIndex("人员编号索引", source="person_no")
    #: psn_name
    name: "SealedField[str, Any]" = SealedField("姓名")
    name_index = BlindIndex("姓名索引", source="name")
    name_masked = models.CharField("姓名（遮盖）", max_length=60)
    #: psn_cert_type, certno
    document_type = models.CharField("证件类型", max_length=6, default="01")
    document: "SealedField[str, Any]" = SealedField("证件号码")
    document_index = BlindIndex("证件号码索引", source="document")
    document_masked = models.CharField("证件号码（遮盖）", max_length=50)
    gender = models.CharField("性别", max_length=6, blank=True)
    born_on = models.DateField("出生日期", null=True, blank=True)
    #: psn_type, insutype, insuplc_admdvs
    person_type = models.CharField("人员类别", max_length=6, blank=True)
    insurance = models.CharField("险种类型", max_length=6)
    insured_at = models.CharField("参保地医保区划", max_length=6)

    #: mdtrt_cert_type; the numbers are those the visit was registered with.
    certificate_type = models.CharField("就诊凭证类型", max_length=3)
    certificate_no: "SealedField[str | None, Any]" = SealedField("就诊凭证编号", null=True, blank=True)
    card_sn: "SealedField[str | None, Any]" = SealedField("卡识别码", null=True, blank=True)

    #: med_type, mdtrt_id, dise_codg, dise_name
    med_type = models.CharField("医疗类别", max_length=6)
    mdtrt_id = models.CharField("就诊ID", max_length=30, blank=True)
    disease_code = models.CharField("病种编码", max_length=30, blank=True)
    disease_name = models.CharField("病种名称", max_length=500, blank=True)
    department_code = models.CharField("科室编码", max_length=30, blank=True)
    department_name = models.CharField("科室", max_length=100, blank=True)
    ward = models.CharField("病区", max_length=100, blank=True)
    bed = models.CharField("床位", max_length=30, blank=True)
    doctor_code = models.CharField("医师编码", max_length=30, blank=True)
    doctor_name = models.CharField("医师", max_length=50, blank=True)
    started_at = models.DateTimeField("开始时间")
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    #: acct_used_flag, psn_setlway
    use_account = models.CharField("个人账户使用", max_length=1, default="1")
    settle_by = models.CharField("个人结算方式", max_length=6, default="01")
    #: What only messages need, by wire name; whatever a flow asks for beyond the columns above.
    details: "SealedJson[Any, Any]" = SealedJson("其他就诊信息", null=True, editable=False)

    #: The unfinished operation that moves the visit, if any.
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
    #: Why the last step did not happen, in a sentence.
    note = models.CharField("说明", max_length=400, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "就诊"
        ordering = ["-started_at", "-id"]
        indexes = [
            models.Index(fields=["institution", "environment", "-started_at", "-id"], name="visit_newest"),
            models.Index(fields=["institution", "environment", "kind", "state", "-started_at"], name="visit_by_state"),
            models.Index(fields=["institution", "person_no_index"], name="visit_by_person"),
            models.Index(fields=["institution", "document_index"], name="visit_by_document"),
            models.Index(fields=["institution", "name_index"], name="visit_by_name"),
            models.Index(
                fields=["institution", "mdtrt_id"], condition=~models.Q(mdtrt_id=""), name="visit_by_mdtrt_id"
            ),
            models.Index(fields=["operation"], condition=models.Q(operation__isnull=False), name="visit_moving"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["institution", "environment", "number"], name="one_visit_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    @property
    def shown_state(self) -> str:
        """The state in a clerk's words: what is under way shows how far its operation is."""
        label = "开单中" if self.is_purchase and self.state == VisitState.DRAFT else str(self.get_state_display())
        if self.operation is None or not self.operation.is_live:
            return label
        return f"{label}·{self.operation.sentence}"

    @property
    def is_purchase(self) -> bool:
        return self.kind == VisitKind.PHARMACY

    @property
    def is_moving(self) -> bool:
        """Whether an operation about it is under way or in doubt: nothing else begins meanwhile."""
        return self.operation is not None and self.operation.is_live

    @property
    def is_doubtful(self) -> bool:
        """结果待确认: whether the centre did it is being found out."""
        return self.operation is not None and self.operation.is_doubtful

    @property
    def med_type_label(self) -> str:
        return code_list("national.med_type").label(self.med_type)

    @property
    def insurance_label(self) -> str:
        return code_list("national.insutype").label(self.insurance)


class Diagnosis(TenantModel):
    """One diagnosis of a visit, in its order (diseinfo of 2203A, 2401, 2402)."""

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    visit = models.ForeignKey(
        "settlement.Visit", verbose_name="就诊", on_delete=models.CASCADE, related_name="diagnoses"
    )
    order = models.PositiveSmallIntegerField("诊断排序号", default=1)
    #: diag_type: 1 Western, 2 Chinese main disease, 3 Chinese syndrome …
    type = models.CharField("诊断类别", max_length=3, default="1")
    #: maindiag_flag
    is_main = models.BooleanField("主诊断", default=False)
    #: "in" for 2401, "out" for 2402, empty for outpatients.
    moment = models.CharField("入出院", max_length=3, blank=True)
    code = models.CharField("诊断编码", max_length=20)
    name = models.CharField("诊断名称", max_length=100)
    department = models.CharField("诊断科室", max_length=50, blank=True)
    doctor_code = models.CharField("诊断医生编码", max_length=30, blank=True)
    doctor_name = models.CharField("诊断医生", max_length=50, blank=True)
    diagnosed_at = models.DateTimeField("诊断时间")
    #: adm_cond
    condition = models.CharField("入院病情", max_length=500, blank=True)
    is_valid = models.BooleanField("有效", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "诊断"
        ordering = ["moment", "order", "id"]
        indexes = [models.Index(fields=["institution", "visit", "moment", "order"], name="diagnosis_of_visit")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
