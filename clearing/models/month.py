"""Months as the centre settled them (clearing manual ch. 6): sums, single settlements, and their readings."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q, QuerySet

from clearing.models.row import yuan
from clearing.models.scope import Scoped
from portal.codes import code_list
from portal.vault import BlindIndex, SealedField

MONTHS = range(1, 13)


class MonthKind(models.TextChoices):
    SUMMARY = "summary", "月结汇总"
    DETAIL = "detail", "月结明细"


class ReadState(models.TextChoices):
    """Only rows of a current reading are shown: a broken or running one changes nothing that anybody sees."""

    READING = "reading", "获取中"
    CURRENT = "current", "现用"
    OVER = "over", "已替换"


class MonthCell(Scoped):
    """What one reading replaces at once: a scope's visit type in one month."""

    visit_type = models.CharField("就诊类型", max_length=3)
    month = models.PositiveSmallIntegerField("月份", validators=[MinValueValidator(1), MaxValueValidator(12)])

    class Meta:
        abstract = True

    @property
    def month_label(self) -> str:
        return f"{self.month} 月"

    @property
    def visit_type_label(self) -> str:
        return code_list("clearing.akc191").label(self.visit_type)


class MonthRead(MonthCell):
    """One reading of a cell from the centre: when, for whom, and how many rows it brought."""

    kind = models.CharField("种类", max_length=7, choices=MonthKind)
    state = models.CharField("状态", max_length=7, choices=ReadState, default=ReadState.READING)
    count = models.PositiveIntegerField("条数", default=0)
    #: The job that reads, while it reads: what a dead one left behind is cleared away.
    job = models.UUIDField("后台任务", null=True)
    fetched_at = models.DateTimeField("获取时间")
    fetched_by = models.ForeignKey(
        "access.User", verbose_name="获取人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    fetched_label = models.CharField("获取人（显示）", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "月结获取记录"
        ordering = ["-fetched_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "environment", "kind", "year", "insurance", "agency", "visit_type", "month"],
                condition=Q(state="current"),
                name="one_current_month_read",
            ),
        ]
        indexes = [
            models.Index(
                fields=["institution", "environment", "kind", "year", "insurance", "agency", "visit_type", "month"],
                name="month_read_by_cell",
            )
        ]

    def __str__(self) -> str:
        return f"{self.scope}{self.visit_type_label} {self.month_label}"


class Settled(MonthCell):
    """What a month's sum and a single settlement have in common. Amounts are yuan."""

    read = models.ForeignKey(MonthRead, verbose_name="获取记录", on_delete=models.PROTECT, related_name="+")
    provider_code = models.CharField("医疗机构编号", max_length=30)
    provider_name = models.CharField("医疗机构名称", max_length=200)
    region = models.CharField("统筹区", max_length=6)
    clearing_type = models.CharField("清算类别", max_length=6)
    medical_fee = yuan("医疗费总额")
    fund_due = yuan("基金应付金额")
    monthly_paid = yuan("月结已付金额")

    class Meta:
        abstract = True

    @classmethod
    def shown(cls, environment: str) -> QuerySet[Any]:
        """The rows of the readings that count, in one environment."""
        rows: QuerySet[Any] = cls._default_manager.filter(environment=environment, read__state=ReadState.CURRENT)
        return rows

    @property
    def region_label(self) -> str:
        return code_list("clearing.insu_admdvs").label(self.region)

    @property
    def clearing_type_label(self) -> str:
        return code_list("clearing.clr_type").label(self.clearing_type)


class Month(Settled):
    """One month of one provider, region, visit type and clearing type (6.2)."""

    visit_count = models.IntegerField("人次")
    fetched_at = models.DateTimeField("获取时间")

    class Meta:
        verbose_name = verbose_name_plural = "月结汇总"
        ordering = ["provider_code", "month"]
        indexes = [
            models.Index(
                fields=["institution", "environment", "year", "insurance", "agency", "provider_code", "visit_type"],
                name="month_by_row",
            ),
            models.Index(fields=["institution", "environment", "provider_code", "id"], name="month_by_provider"),
        ]

    def __str__(self) -> str:
        return f"{self.provider_name} {self.year} 年 {self.month_label}"


class MonthTotal(Scoped):
    """The year of one provider, region, visit type and clearing type, as its shown months add up; made with them."""

    visit_type = models.CharField("就诊类型", max_length=3)
    provider_code = models.CharField("医疗机构编号", max_length=30)
    provider_name = models.CharField("医疗机构名称", max_length=200)
    region = models.CharField("统筹区", max_length=6)
    clearing_type = models.CharField("清算类别", max_length=6)
    visit_count = models.IntegerField("各月人次")
    medical_fee = yuan("各月医疗费")
    fund_due = yuan("各月应付")
    monthly_paid = yuan("各月已付")
    #: Which months there are: bit 0 is January.
    months = models.PositiveSmallIntegerField("有月结的月份")

    class Meta:
        verbose_name = verbose_name_plural = "各月合计"
        ordering = ["provider_code"]
        constraints = [
            models.UniqueConstraint(
                fields=[
                    *("institution", "environment", "year", "insurance", "agency", "provider_code", "visit_type"),
                    *("region", "clearing_type"),
                ],
                name="one_month_total_a_row",
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider_name} {self.year} 年"


class MonthlyDetail(Settled):
    """One settlement as the monthly settlement counted it (6.1).

    Name and certificate number are sealed; the masked forms are what lists, Excel and the API show.
    """

    detail_id = models.CharField("月结明细编号", max_length=40)
    settlement_no = models.CharField("结算编号", max_length=40)
    settled_on = models.DateField("结算日期", null=True)
    person_name = SealedField("人员姓名", null=True)
    person_name_masked = models.CharField("人员姓名", max_length=50, blank=True)
    certno = SealedField("证件号码", null=True)
    certno_index = BlindIndex("证件号码索引", source="certno")
    certno_masked = models.CharField("证件号码", max_length=50, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "月结明细"
        ordering = ["id"]
        indexes = [
            models.Index(fields=["institution", "environment", "id"], name="detail_newest"),
            models.Index(
                fields=["institution", "environment", "year", "insurance", "agency", "month", "visit_type", "id"],
                name="detail_by_scope",
            ),
            models.Index(fields=["institution", "environment", "provider_code", "id"], name="detail_by_provider"),
            models.Index(
                fields=["institution", "environment", "certno_index"],
                condition=Q(certno_index__isnull=False),
                name="detail_by_person",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["institution", "read", "detail_id"], name="one_detail_a_read"),
        ]

    def __str__(self) -> str:
        return f"{self.settlement_no} {self.provider_name}"
