"""What was ordered and what was charged for one admission (4.10, 4.24)."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from portal.access.models.institution import Environment
from portal.access.rows import LargeTenantModel, TenantModel
from portal.codes import code_list

#: The number of advices that nothing can be linked to (4.10).
NO_ADVICE = "999"
#: The kind of drugs (ALC404).
DRUG = "0"
#: What is outside the catalogue goes by kind: drug, treatment, material (3.2).
OUTSIDE = {"0": "SZFYP999", "1": "SZFZL999", "9": "SZFCL999"}


class Source(models.TextChoices):
    """How a fee item came here."""

    API = "api", "接口"
    EXCEL = "excel", "Excel 导入"
    PAGE = "page", "页面录入"


class HeldKind(models.TextChoices):
    """Why a fee item cannot go now, in kinds that a list is filtered by."""

    MAPPING = "mapping", "目录对照"
    TRACE = "trace", "缺追溯码"
    OUTSIDE = "outside", "目录外信息不全"
    FLAG = "flag", "标识与目录不符"
    CHARGE = "charge", "等待被冲减的收费"
    #: Stays until a person corrects or releases it.
    REFUSED = "refused", "中心拒绝"


class FeeState(models.TextChoices):
    WAITING = "waiting", "待上传"
    HELD = "held", "暂不能上传"
    FROZEN = "frozen", "上传中"
    UPLOADED = "uploaded", "已上传"
    DOUBTFUL = "doubtful", "结果待确认"
    DROPPED = "dropped", "不上传"

    @classmethod
    def here(cls) -> list[str]:
        """States in which nothing of it is at the centre: it may still be corrected or dropped."""
        return [cls.WAITING, cls.HELD]

    @classmethod
    def gone_out(cls) -> list[str]:
        """States in which the centre has it, or may have it."""
        return [cls.FROZEN, cls.UPLOADED, cls.DOUBTFUL]


def exact_yuan(label: str, digits: int = 30, places: int = 4) -> "models.DecimalField[Decimal, Decimal]":
    """As wide as the interface declares it: quantity and amount (30,4), a price of another province (16,6)."""
    return models.DecimalField(label, max_digits=digits, decimal_places=places)


class Advice(TenantModel):
    """A doctor's advice; the same number again replaces it at the centre (4.10)."""

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    admission = models.ForeignKey(
        "injury.Admission", verbose_name="就诊", on_delete=models.PROTECT, related_name="advices"
    )
    number = models.CharField("医嘱流水号", max_length=50)
    started_on = models.DateField("开始日期")
    ended_on = models.DateField("结束日期", null=True, blank=True)
    text = models.CharField("医嘱信息", max_length=2000)
    nursing = models.CharField("护理级别", max_length=12, blank=True)
    posture = models.CharField("体位", max_length=8, blank=True)
    dose = models.CharField("药物剂量", max_length=8, blank=True)
    usage = models.CharField("药物用法", max_length=2000, blank=True)
    caution = models.CharField("注意事项", max_length=2000, blank=True)
    doctor = models.CharField("医师签名", max_length=20)
    nurse = models.CharField("护士签名", max_length=20, blank=True)
    executor = models.CharField("执行者签名", max_length=20, blank=True)
    #: 1 long-term, 2 temporary (ALK022).
    kind = models.CharField("医嘱类型", max_length=20, blank=True)
    department = models.CharField("住院科室", max_length=60, blank=True)
    bed = models.CharField("床位号", max_length=30, blank=True)
    #: Goes up with every change; what was uploaded says which version.
    version = models.PositiveIntegerField("版本", default=1)
    uploaded_version = models.PositiveIntegerField("已上传版本", default=0)
    source = models.CharField("来源", max_length=5, choices=Source, default=Source.PAGE)
    arrived_at = models.DateTimeField("到达时间", auto_now_add=True)
    changed_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "医嘱"
        ordering = ["started_on", "number"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "admission", "number"], name="one_advice_a_number"),
        ]

    def __str__(self) -> str:
        return f"医嘱 {self.number}"

    @property
    def is_uploaded(self) -> bool:
        """Whether the centre has it as it is now."""
        return self.uploaded_version == self.version

    @property
    def kind_label(self) -> str:
        return code_list("injury.alk022").label(self.kind) if self.kind else ""


class FeeItem(LargeTenantModel):
    """One line of charge, or of refund (negative quantity and amount). Amounts are yuan, exact.

    `line_id` is the hospital's own number of the line: the same line again is the same row, never a second one.
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    admission = models.ForeignKey(
        "injury.Admission",
        verbose_name="就诊",
        on_delete=models.PROTECT,
        related_name="fee_items",
        db_index=False,
        db_constraint=False,
    )
    line_id = models.CharField("费用流水号", max_length=50)
    prescription = models.CharField("处方号", max_length=20)
    prescribed_on = models.DateField("处方日期")
    days = models.PositiveSmallIntegerField("处方执行天数", default=1)

    own_code = models.CharField("医院内码", max_length=30)
    own_name = models.CharField("项目名称", max_length=100)
    common_name = models.CharField("通用名", max_length=30)
    #: 0 drug, 1 treatment, 9 material (ALC404).
    kind = models.CharField("种类", max_length=3)
    #: What the hospital says about an item outside of the catalogue (AKA063, AKA065).
    own_category = models.CharField("医院收费类别", max_length=5, blank=True)
    own_grade = models.CharField("医院项目等级", max_length=3, blank=True)
    #: As mapped on arrival, looked at again until the item is frozen; then as it went.
    centre_code = models.CharField("中心编码", max_length=20, blank=True)
    centre_name = models.CharField("中心名称", max_length=100, blank=True)
    category = models.CharField("收费类别", max_length=5, blank=True)
    grade = models.CharField("收费项目等级", max_length=3, blank=True)
    version = models.CharField("目录版本号", max_length=30, blank=True)

    price = exact_yuan("单价", 18, 6)
    quantity = exact_yuan("数量")
    amount = exact_yuan("金额")
    dosage_form = models.CharField("剂型", max_length=20, blank=True)
    specification = models.CharField("规格", max_length=50, blank=True)
    maker = models.CharField("厂家", max_length=30, blank=True)
    advice_no = models.CharField("医嘱流水号", max_length=50, default=NO_ADVICE)
    #: Of drugs, separated by half-width commas.
    trace_codes = models.TextField("药品追溯码", blank=True)
    is_unrelated = models.BooleanField("非工伤治疗", default=False)
    is_rescue = models.BooleanField("特殊伤情抢救", default=False)
    remark = models.CharField("备注", max_length=200, blank=True)
    #: Why an item that the centre struck out comes again (`reason`).
    explanation = models.CharField("继续上传的情况说明", max_length=200, blank=True)
    refunds = models.ForeignKey(
        "self",
        verbose_name="冲减",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="refunded_by",
        db_index=False,
        db_constraint=False,
    )

    source = models.CharField("来源", max_length=5, choices=Source)
    arrived_at = models.DateTimeField("到达时间", auto_now_add=True)
    arrived_as = models.CharField("录入人", max_length=100, blank=True)
    #: Of what the hospital said (injury.rules.fee_lines.digest): the same line again has the same.
    digest = models.CharField("内容摘要", max_length=32, editable=False)
    corrected_at = models.DateTimeField("更正时间", null=True)
    state = models.CharField("状态", max_length=8, choices=FeeState, default=FeeState.WAITING)
    #: Why it cannot be uploaded now, in a sentence.
    held_kind = models.CharField("暂不能上传的类型", max_length=8, choices=HeldKind, blank=True)
    held_because = models.CharField("不能上传的原因", max_length=300, blank=True)
    uploaded_at = models.DateTimeField("上传时间", null=True)

    #: What the settlement sheet says about it (4.16); None while unknown.
    rejected = models.DecimalField("剔除金额", max_digits=18, decimal_places=4, null=True)
    rejected_because = models.CharField("剔除原因", max_length=3, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "费用明细"
        ordering = ["prescribed_on", "line_id"]
        indexes = [
            # The state stands in no index: an item goes through four of them, and each would be written anew in all.
            models.Index(fields=["institution", "admission", "prescribed_on", "id"], name="fee_by_admission"),
            models.Index(fields=["institution", "environment", "id"], condition=~Q(held_kind=""), name="fee_held"),
            models.Index(fields=["institution", "environment", "own_code"], name="fee_by_own_code"),
            models.Index(fields=["institution", "environment", "-arrived_at", "-id"], name="fee_newest"),
            models.Index(fields=["refunds"], condition=Q(refunds__isnull=False), name="fee_refunds"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["institution", "admission", "line_id"], name="one_fee_item_a_line"),
            models.CheckConstraint(condition=~Q(amount=0), name="fee_amount_not_zero"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, quantity__gt=0) | Q(amount__lt=0, quantity__lt=0), name="fee_signs_agree"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.own_name}（{self.line_id}）"

    @property
    def kind_label(self) -> str:
        return code_list("injury.alc404").label(self.kind)

    @property
    def category_label(self) -> str:
        return code_list("injury.aka063").label(self.category) if self.category else ""

    @property
    def is_refund(self) -> bool:
        return self.amount < 0

    @property
    def is_outside(self) -> bool:
        """Whether it goes as an item outside of the catalogue."""
        return self.centre_code in OUTSIDE.values()

    @property
    def grade_label(self) -> str:
        return code_list("injury.aka065").label(self.grade) if self.grade else ""

    @property
    def may_change(self) -> bool:
        """Whether a person may still correct or drop it: nothing of it is at the centre."""
        return self.state in FeeState.here()
