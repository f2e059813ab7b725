from decimal import Decimal
from typing import Any

from django.db import models

from clearing.models.scope import Scoped
from portal.codes import code_list


class RowState(models.TextChoices):
    """Order of states, design 2.1. A revoked row is kept for its history and enters no sum."""

    GENERATED = "generated", "未核对"
    VERIFIED = "verified", "已核对"
    APPLIED = "applied", "已申请"
    APPROVED = "approved", "审核通过"
    REVOKED = "revoked", "已撤销"


def yuan(label: str) -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(label, max_digits=16, decimal_places=2)


class ClearingRow(Scoped):
    """One line of the yearly clearing: a provider, a visit type and a clearing type (clearing manual ch. 5).

    Amounts are yuan. `findings` lists the identities that do not hold: name, field, both values, difference.
    """

    row_id = models.CharField("数据编号", max_length=40)
    provider_code = models.CharField("医疗机构编号", max_length=30)
    provider_name = models.CharField("医疗机构名称", max_length=200)
    provider_type = models.CharField("机构类型", max_length=20)
    region = models.CharField("统筹区", max_length=6)
    visit_type = models.CharField("就诊类型", max_length=3)
    clearing_type = models.CharField("清算类别", max_length=6)
    visit_count = models.IntegerField("人次")
    medical_fee = yuan("医疗费总额")
    fund_due = yuan("基金应付金额")
    monthly_paid = yuan("月结已付金额")
    deposit = yuan("保证金")
    deduction = yuan("扣款金额")
    score = models.DecimalField("考核得分", max_digits=5, decimal_places=2, null=True)
    deposit_refund = yuan("保证金返还")
    disburse = yuan("拨付金额")
    #: Σ of the months' amounts due as the centre's monthly settlement tells it; None while not known.
    monthly_due = models.DecimalField("各月应付合计", max_digits=16, decimal_places=2, null=True)

    state = models.CharField("状态", max_length=10, choices=RowState, default=RowState.GENERATED)
    generation = models.ForeignKey("clearing.Generation", verbose_name="批次", on_delete=models.PROTECT)
    application = models.ForeignKey(
        "clearing.Application", verbose_name="清算申请", on_delete=models.PROTECT, null=True, related_name="rows"
    )
    #: The unfinished operation that this row is part of: a row is never in two at once.
    operation = models.ForeignKey(
        "gateway.Operation", verbose_name="进行中的操作", on_delete=models.PROTECT, null=True, related_name="+"
    )
    fetched_at = models.DateTimeField("获取时间")
    #: When an operation of ours last changed the state: an older answer of the centre may not undo it.
    state_at = models.DateTimeField("状态变更时间", null=True)

    findings = models.JSONField("差异", default=list)
    finding_count = models.PositiveSmallIntegerField("差异数", default=0)
    accepted_by = models.ForeignKey(
        "access.User", verbose_name="差异接受人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    accepted_reason = models.CharField("接受理由", max_length=200, blank=True)
    accepted_at = models.DateTimeField("接受时间", null=True)
    #: Whether four eyes applied when the difference was accepted; the constraint below then keeps the two apart.
    accepted_four_eyes = models.BooleanField("接受时双人复核", default=False)
    verified_by = models.ForeignKey(
        "access.User", verbose_name="核对人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    #: The person or interface key, or that the centre already had it so.
    verified_as = models.CharField("核对人（显示）", max_length=100, blank=True)
    verified_at = models.DateTimeField("核对时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "清算数据"
        ordering = ["region", "provider_code", "visit_type", "clearing_type", "row_id"]
        indexes = [
            models.Index(
                fields=["institution", "environment", "year", "insurance", "agency", "state"], name="row_by_scope"
            ),
            models.Index(
                fields=["institution", "environment", "provider_code", "id"],
                name="row_by_provider",
            ),
            models.Index(fields=["institution", "environment", "id"], name="row_newest"),
            models.Index(fields=["institution", "generation"], name="row_by_generation"),
            models.Index(
                fields=["institution", "environment", "state"],
                condition=models.Q(finding_count__gt=0, accepted_at__isnull=True),
                name="row_with_open_finding",
            ),
            models.Index(
                fields=["institution", "operation"],
                condition=models.Q(operation__isnull=False),
                name="row_in_operation",
            ),
            models.Index(
                fields=["institution", "application"],
                condition=models.Q(application__isnull=False),
                name="row_in_application",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["institution", "environment", "row_id"], name="one_row_an_id"),
            models.CheckConstraint(
                condition=~models.Q(accepted_four_eyes=True)
                | models.Q(verified_by__isnull=True)
                | ~models.Q(verified_by=models.F("accepted_by")),
                name="row_accepted_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider_name} {self.visit_type_label}（{self.row_id}）"

    @property
    def region_label(self) -> str:
        return code_list("clearing.insu_admdvs").label(self.region)

    @property
    def visit_type_label(self) -> str:
        return code_list("clearing.akc191").label(self.visit_type)

    @property
    def clearing_type_label(self) -> str:
        return code_list("clearing.clr_type").label(self.clearing_type)

    @property
    def provider_type_label(self) -> str:
        return code_list("clearing.medins_type").label(self.provider_type)

    @property
    def is_live(self) -> bool:
        return self.state != RowState.REVOKED

    @property
    def needs_acceptance(self) -> bool:
        """Whether a broken identity keeps the row from being verified."""
        return self.finding_count > 0 and self.accepted_at is None

    def amounts(self) -> dict[str, Any]:
        """What two fetches of the row are compared by."""
        return {name: getattr(self, name) for name in COMPARED}


#: Fields that the centre decides; a change in one of them is a change of the row.
COMPARED = (
    "provider_code",
    "provider_name",
    "provider_type",
    "region",
    "visit_type",
    "clearing_type",
    "visit_count",
    "medical_fee",
    "fund_due",
    "monthly_paid",
    "deposit",
    "deduction",
    "score",
    "deposit_refund",
    "disburse",
)
