"""What happened to a row, one line a change, and what each fetch brought; written once, never changed."""

from django.db import models
from django.utils import timezone

from clearing.models.scope import Scoped
from portal.access.rows import TenantModel


class ChangeKind(models.TextChoices):
    FETCHED = "fetched", "首次获取"
    RETURNED = "returned", "重新出现"
    FIGURE = "figure", "数据变动"
    GONE = "gone", "中心已无"
    FOUND = "found", "发现差异"
    CLEARED = "cleared", "差异消失"
    ACCEPTED = "accepted", "接受差异"
    LAPSED = "lapsed", "接受失效"
    VERIFIED = "verified", "核对"
    UNVERIFIED = "unverified", "撤销核对"
    APPLIED = "applied", "申请"
    APPROVED = "approved", "审核通过"
    CANCELLED = "cancelled", "撤销申请"
    REVOKED = "revoked", "撤销生成"
    UNDONE = "undone", "未生效"

    @classmethod
    def presence(cls) -> list[str]:
        """Kinds after which the centre has the row, or has it no more."""
        return [cls.FETCHED, cls.RETURNED, cls.GONE, cls.REVOKED]


class RowChange(TenantModel):
    """One change of one row: by whom or by which operation, which field, and its value before and after.

    Amounts are text with two places (yuan), as they were.
    """

    app_may = ("SELECT", "INSERT")

    row = models.ForeignKey(
        "clearing.ClearingRow", verbose_name="清算数据", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField("时间", default=timezone.now)
    kind = models.CharField("变动", max_length=10, choices=ChangeKind)
    #: Name of the model's field for a changed figure, of the rule for a finding; otherwise empty.
    field = models.CharField("字段", max_length=40, blank=True)
    before = models.CharField("原值", max_length=200, blank=True)
    after = models.CharField("新值", max_length=200, blank=True)
    who = models.CharField("办理人", max_length=200, blank=True)
    operation = models.ForeignKey(
        "gateway.Operation", verbose_name="操作", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    reason = models.CharField("说明", max_length=400, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "清算数据变动"
        ordering = ["at", "id"]
        indexes = [
            models.Index(fields=["institution", "row", "at"], name="change_of_row"),
            models.Index(
                fields=["institution", "at"],
                condition=models.Q(kind__in=["figure", "fetched", "returned", "gone", "revoked"]),
                name="change_between_fetches",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.field}"


class FetchSnapshot(Scoped):
    """The end of one fetch: when, how much there was in each agency, and how much was new, changed and gone.

    The figures themselves are not copied: rows and their changes since tell what they were at `finished_at`.
    """

    app_may = ("SELECT", "INSERT")

    generation = models.ForeignKey("clearing.Generation", verbose_name="批次", on_delete=models.PROTECT)
    started_at = models.DateTimeField("开始时间")
    finished_at = models.DateTimeField("完成时间", default=timezone.now)
    complete = models.BooleanField("完整", default=True)
    count = models.PositiveIntegerField("条数")
    added = models.PositiveIntegerField("新增")
    changed = models.PositiveIntegerField("变动")
    gone = models.PositiveIntegerField("消失")
    #: {agency: {"count": 12, "medical_fee": "1.00", "fund_due": "1.00", "disburse": "1.00"}}
    agencies = models.JSONField("各清算机构合计", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "获取记录"
        ordering = ["-finished_at", "-id"]
        indexes = [
            models.Index(
                fields=["institution", "environment", "year", "insurance", "-finished_at"], name="snapshot_by_scope"
            )
        ]

    def __str__(self) -> str:
        return f"{self.scope} {timezone.localtime(self.finished_at):%Y-%m-%d %H:%M:%S}"
