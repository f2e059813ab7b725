"""What was charged: one line of a purchase, a bill or a stay (drugdetail of 2102A, feedetail of 2204 and 2301)."""

from decimal import Decimal
from typing import Any

from django.db import models

from portal.access.models.institution import Environment
from portal.access.rows import TenantModel
from portal.codes import code_list


class LineState(models.TextChoices):
    DRAFT = "draft", "未上传"
    SENDING = "sending", "上传中"
    SENT = "sent", "已上传"
    SETTLED = "settled", "已结算"
    REMOVING = "removing", "撤销中"
    REMOVED = "removed", "已撤销"

    @classmethod
    def gone_out(cls) -> list[str]:
        """States in which the centre has it, or may have it."""
        return [cls.SENDING, cls.SENT, cls.SETTLED, cls.REMOVING]


def plain(number: Decimal) -> str:
    """Digits without zeros at the end."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def yuan(label: str, digits: int = 16, places: int = 2, **more: Any) -> "models.DecimalField[Decimal, Decimal]":
    """As wide as the interface declares it: an amount (16,2), a price (16,6), a quantity (16,4)."""
    return models.DecimalField(label, max_digits=digits, decimal_places=places, **more)


def yuan_or_none(
    label: str, digits: int = 16, places: int = 2, **more: Any
) -> "models.DecimalField[Decimal | None, Decimal | None]":
    """The same for what is not always known."""
    return models.DecimalField(label, max_digits=digits, decimal_places=places, null=True, **more)


class FeeLine(TenantModel):
    """One line of charge; a refund has negative quantity and amount and names the line it takes back.

    `number` (feedetl_sn) is the institution's own and unique in its visit. What the centre made of the line stands in
    the columns from `grade` on; they are empty until it answered.
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    visit = models.ForeignKey("settlement.Visit", verbose_name="就诊", on_delete=models.PROTECT, related_name="lines")
    bill = models.ForeignKey(
        "settlement.Bill", verbose_name="收费批次", on_delete=models.PROTECT, null=True, related_name="lines"
    )
    state = models.CharField("状态", max_length=8, choices=LineState, default=LineState.DRAFT)
    number = models.CharField("费用明细流水号", max_length=30)
    #: init_feedetl_sn: the line a refund takes back.
    initial_number = models.CharField("原费用流水号", max_length=30, blank=True)
    #: rxno / rx_drord_no
    prescription = models.CharField("处方/医嘱号", max_length=40, blank=True)
    #: rx_circ_flag
    outside_prescription = models.BooleanField("外购处方", default=False)
    occurred_at = models.DateTimeField("费用发生时间")

    #: medins_list_codg, medins_list_name, med_list_codg, med_chrgitm_type
    own_code = models.CharField("机构项目编码", max_length=150)
    own_name = models.CharField("项目名称", max_length=200, blank=True)
    item_code = models.CharField("医疗目录编码", max_length=50)
    category = models.CharField("收费项目类别", max_length=6, blank=True)
    spec = models.CharField("规格", max_length=200, blank=True)
    unit = models.CharField("单位", max_length=20, blank=True)
    quantity = yuan("数量", 16, 4)
    price = yuan("单价", 16, 6)
    amount = yuan("金额")

    #: sin_dos_dscr, used_frqu_dscr, prd_days, medc_way_dscr, tcmdrug_used_way
    single_dose = models.CharField("单次剂量", max_length=200, blank=True)
    frequency = models.CharField("使用频次", max_length=200, blank=True)
    period_days = yuan_or_none("周期天数", 6, 2, blank=True)
    route = models.CharField("用药途径", max_length=200, blank=True)
    tcm_use = models.CharField("中药使用方式", max_length=6, blank=True)
    #: bilg_dept_*, bilg_dr_*, acord_dept_*, orders_dr_*
    department_code = models.CharField("开单科室编码", max_length=30, blank=True)
    department_name = models.CharField("开单科室", max_length=100, blank=True)
    doctor_code = models.CharField("开单医师编码", max_length=30, blank=True)
    doctor_name = models.CharField("开单医师", max_length=50, blank=True)
    executing_department_code = models.CharField("受单科室编码", max_length=30, blank=True)
    executing_department_name = models.CharField("受单科室", max_length=100, blank=True)
    executing_doctor_code = models.CharField("受单医师编码", max_length=30, blank=True)
    executing_doctor_name = models.CharField("受单医师", max_length=50, blank=True)
    #: dscg_tkdrug_flag
    take_home = models.BooleanField("出院带药", default=False)
    #: [{"code": drug_trac_codg, "split": trdn_flag}]
    trace_codes = models.JSONField("追溯码", default=list, blank=True)
    #: Whatever else the message of a flow wants, by wire name (hosp_appr_flag, matn_fee_flag …).
    more = models.JSONField("其他项目", default=dict, blank=True)

    #: chrgitm_lv, pric_uplmt_amt, selfpay_prop, fulamt_ownpay_amt, overlmt_amt, preselfpay_amt, inscp_scp_amt
    grade = models.CharField("收费项目等级", max_length=3, blank=True)
    price_limit = yuan_or_none("定价上限", 16, 6, blank=True)
    selfpay_share = yuan_or_none("自付比例", 5, 4, blank=True)
    fully_own = yuan_or_none("全自费金额", blank=True)
    over_limit = yuan_or_none("超限价金额", blank=True)
    prepaid_own = yuan_or_none("先行自付金额", blank=True)
    in_scope = yuan_or_none("符合政策范围金额", blank=True)
    remark = models.CharField("中心备注", max_length=500, blank=True)

    sent_at = models.DateTimeField("上传时间", null=True)
    #: The upload that carried it (2204, 2301); a purchase's lines travel with their settlement.
    sent_by = models.UUIDField("上传操作", null=True, editable=False)
    #: The settlement that a stay's line takes part in: a stay may be settled in several parts.
    settled_by = models.UUIDField("结算", null=True, editable=False)
    created_at = models.DateTimeField("到达时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "费用明细"
        ordering = ["occurred_at", "id"]
        indexes = [
            models.Index(fields=["institution", "environment", "-occurred_at", "-id"], name="feeline_newest"),
            models.Index(fields=["institution", "visit", "state"], name="feeline_of_visit"),
            models.Index(fields=["institution", "bill"], name="feeline_of_bill"),
            models.Index(fields=["institution", "environment", "own_code"], name="feeline_by_own_code"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["institution", "visit", "number"], name="one_line_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.own_name or self.own_code} × {self.quantity:f}"

    @property
    def shown_quantity(self) -> str:
        """Without zeros at the end: 2, 1.5."""
        return plain(self.quantity)

    @property
    def shown_price(self) -> str:
        """At least two places: 44.00, 3.333333."""
        whole, _, rest = plain(self.price).partition(".")
        return f"{whole}.{rest.ljust(2, '0')}"

    @property
    def category_label(self) -> str:
        return code_list("national.med_chrgitm_type").label(self.category) if self.category else ""

    @property
    def grade_label(self) -> str:
        return code_list("national.chrgitm_lv").label(self.grade) if self.grade else ""
