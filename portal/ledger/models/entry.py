"""The book of settled money: one row for each reading of a settlement or a refund that differs from the one before."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from portal.access.models.institution import Environment
from portal.access.rows import LargeTenantModel
from portal.ledger.facts import Source, Standing
from portal.vault import BlindIndex, SealedField


def yuan(label: str) -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(label, max_digits=16, decimal_places=2, default=Decimal("0.00"))


class Entry(LargeTenantModel):
    """One settlement, or one refund with negative amounts, as `source` told of it (portal.ledger.facts.EntryFacts).

    Never edited: when its source tells something else, that is a new revision; only the latest counts (`is_latest`).
    `settled_at` is the platform's time, `day` its day in Shanghai. `digest` is what two readings are compared by.
    """

    app_may = ("SELECT", "INSERT", "UPDATE")

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    source = models.CharField("来源", max_length=10, choices=Source)
    #: The gateway's code: national, injury, clearing, onetrans.
    family = models.CharField("接口", max_length=20)
    number = models.CharField("结算单号", max_length=60)
    is_refund = models.BooleanField("退费", default=False)
    revision = models.PositiveIntegerField("版次", default=1)
    is_latest = models.BooleanField("现行", default=True)
    standing = models.CharField("状态", max_length=8, choices=Standing, default=Standing.SETTLED)

    setl_id = models.CharField("结算ID", max_length=40, blank=True)
    mdtrt_id = models.CharField("就诊ID", max_length=40, blank=True)
    msgid = models.CharField("报文编号", max_length=64, blank=True)
    #: psn_no: what the detail account (3202) lists.
    person_no: "SealedField[str | None, Any]" = SealedField("人员编号", null=True)
    person_no_index = BlindIndex("人员编号索引", source="person_no")
    person_no_masked = models.CharField("人员编号（遮盖）", max_length=40, blank=True)
    person = models.CharField("姓名（遮盖）", max_length=60, blank=True)
    insutype = models.CharField("险种", max_length=6, blank=True)
    clr_type = models.CharField("清算类别", max_length=6, blank=True)
    clr_optins = models.CharField("清算经办机构", max_length=20, blank=True)

    settled_at = models.DateTimeField("结算时间")
    day = models.DateField("结算日期")
    total = yuan("医疗费总额")
    fund = yuan("基金支付")
    account = yuan("个人账户")
    cash = yuan("现金支付")

    #: The number of the visit or admission, and the page that shows it.
    about = models.CharField("就诊号", max_length=60, blank=True)
    page = models.CharField("页面", max_length=60, blank=True, editable=False)
    page_key = models.CharField("页面参数", max_length=64, blank=True, editable=False)
    #: The operation of the journal that settled it.
    operation = models.UUIDField("接口业务", null=True, editable=False)
    digest = models.CharField("摘要", max_length=64, editable=False)
    #: The file or call that brought it; empty for our own businesses.
    arrival = models.UUIDField("导入批次", null=True, editable=False)
    written_at = models.DateTimeField("入账时间", default=timezone.now, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "结算账"
        ordering = ["-settled_at", "-id"]
        indexes = [
            models.Index(
                fields=["institution", "environment", "-settled_at", "-id"],
                condition=Q(is_latest=True),
                name="entry_newest",
            ),
            models.Index(
                fields=["institution", "environment", "family", "day"], condition=Q(is_latest=True), name="entry_by_day"
            ),
            models.Index(
                fields=["institution", "setl_id"], condition=Q(is_latest=True) & ~Q(setl_id=""), name="entry_by_setl_id"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "environment", "source", "family", "number", "is_refund"],
                condition=Q(is_latest=True),
                name="one_latest_entry_a_number",
            ),
            models.CheckConstraint(
                condition=Q(is_refund=True, total__lte=0) | Q(is_refund=False, total__gte=0), name="entry_has_its_sign"
            ),
            models.CheckConstraint(condition=Q(revision__gte=1), name="entry_counts_revisions"),
        ]

    def __str__(self) -> str:
        return f"{'退费' if self.is_refund else '结算'} {self.number}"

    @property
    def counts(self) -> bool:
        """Whether its amounts enter sums."""
        return bool(self.is_latest and self.standing == Standing.SETTLED)
