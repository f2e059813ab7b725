from django.db import models

from clearing.identities import factor_of
from clearing.models.row import yuan
from clearing.models.scope import Scoped
from portal.codes import code_list


class RefundKind(models.TextChoices):
    """The three deposit-refund tables; a deposit stands on one of them at most (clearing manual 9.2 to 9.4)."""

    CROSS_REGION = "cross_region", "异地"
    MATERNITY = "maternity", "生育"
    PRIMARY = "primary", "药店/村卫"


class RefundFetch(Scoped):
    """When one table of a year and insurance was last fetched, and what came; `agency` is always empty: all of them."""

    kind = models.CharField("返还类别", max_length=12, choices=RefundKind)
    fetched_at = models.DateTimeField("获取时间")
    fetched_by = models.CharField("获取人", max_length=100, blank=True)
    count = models.PositiveIntegerField("条数", default=0)
    deposit = models.DecimalField("保证金合计", max_digits=18, decimal_places=2, default=0)
    refund = models.DecimalField("返还金额合计", max_digits=18, decimal_places=2, default=0)
    finding_count = models.PositiveIntegerField("有差异的条数", default=0)
    #: When the clearing rows that it was compared with were last fetched; None when there were none.
    compared_at = models.DateTimeField("所比对清算数据的获取时间", null=True)
    note = models.CharField("说明", max_length=400, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "保证金返还数据获取"
        ordering = ["-fetched_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "environment", "year", "insurance", "kind"], name="one_refund_fetch_a_table"
            )
        ]

    def __str__(self) -> str:
        return f"{self.scope}{self.get_kind_display()}保证金返还"


class DepositRefund(Scoped):
    """What one institution gets back of its deposit at one agency; the centre's figures, replaced by every fetch.

    Amounts are yuan. `findings` lists what does not hold: the refund is not deposit × factor(score), or deposit and
    refund are not those of the year's rows.
    """

    kind = models.CharField("返还类别", max_length=12, choices=RefundKind)
    fetch = models.ForeignKey(RefundFetch, verbose_name="获取", on_delete=models.CASCADE, related_name="rows")
    provider_code = models.CharField("医疗机构编号", max_length=30)
    provider_name = models.CharField("医疗机构名称", max_length=200)
    provider_type = models.CharField("机构类型", max_length=20)
    region = models.CharField("统筹区", max_length=6)
    deposit = yuan("保证金")
    score = models.DecimalField("考核得分", max_digits=5, decimal_places=2, null=True)
    refund = yuan("返还金额")
    fetched_at = models.DateTimeField("获取时间")
    findings = models.JSONField("差异", default=list)
    finding_count = models.PositiveSmallIntegerField("差异数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "保证金返还数据"
        ordering = ["region", "provider_code", "agency", "id"]
        indexes = [
            models.Index(
                fields=["institution", "environment", "year", "insurance", "kind", "agency"], name="refund_by_scope"
            ),
            models.Index(fields=["institution", "environment", "provider_code", "id"], name="refund_by_provider"),
            models.Index(fields=["institution", "fetch"], name="refund_by_fetch"),
        ]

    def __str__(self) -> str:
        return f"{self.provider_name}{self.get_kind_display()}保证金返还"

    @property
    def factor(self) -> str:
        """The share that is paid back at this score, in percent; nothing before the assessment."""
        return "" if self.score is None else f"{factor_of(self.score, region=self.region):.0%}"

    @property
    def region_label(self) -> str:
        return code_list("clearing.insu_admdvs").label(self.region)

    @property
    def provider_type_label(self) -> str:
        return code_list("clearing.medins_type").label(self.provider_type)
