"""One question for the total account (3201): our sums of a scope, and what the centre says to them."""

from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import Q

from portal.access.models.institution import Environment
from portal.access.rows import TenantModel
from portal.codes import code_list
from reconciliation.models.run import Run, yuan


class TotalState(models.TextChoices):
    ASKING = "asking", "对账中"
    BALANCED = "balanced", "平"
    DIFFERENT = "different", "不平"
    DOUBTFUL = "doubtful", "结果待确认"
    REFUSED = "refused", "中心拒绝"
    UNANSWERED = "unanswered", "没有答复"
    UNASKABLE = "unaskable", "清算信息不全"


TONES = {
    TotalState.BALANCED: "good",
    TotalState.DIFFERENT: "bad",
    TotalState.DOUBTFUL: "doubt",
    TotalState.REFUSED: "bad",
    TotalState.UNANSWERED: "warn",
    TotalState.UNASKABLE: "bad",
}


class Total(TenantModel):
    """Our sums of one insurance, clearing category and settlement office from `begin` to before `end`, and the answer.

    Never edited once answered: every question is a row. `step` counts the questions about one scope in a round (2 is
    the one after the detail account). `is_application`: the question about a whole past month that lets the platform
    apply for clearing; it is an operation of the journal, and at most one of a scope and month is under way, in doubt
    or balanced (a unique constraint). `code` is stmt_rslt; which codes mean balanced is the province's data.
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    run = models.ForeignKey(Run, verbose_name="对账", on_delete=models.PROTECT, related_name="totals")
    round = models.PositiveSmallIntegerField("次数")
    step = models.PositiveSmallIntegerField("步骤", default=1)
    begin = models.DateField("开始日期")
    end = models.DateField("结束日期（不含）")
    insutype = models.CharField("险种", max_length=6, blank=True)
    clr_type = models.CharField("清算类别", max_length=6, blank=True)
    clr_optins = models.CharField("结算经办机构", max_length=20, blank=True)
    is_application = models.BooleanField("视同清算申请", default=False)
    count = models.PositiveIntegerField("笔数", default=0)
    refunds = models.PositiveIntegerField("其中退费", default=0)
    total = yuan("医疗费总额")
    fund = yuan("基金支付总额")
    account = yuan("个人账户支付")
    cash = yuan("现金支付")
    state = models.CharField("结果", max_length=10, choices=TotalState, default=TotalState.ASKING)
    code = models.CharField("对账结果代码", max_length=20, blank=True)
    said = models.CharField("对账结果说明", max_length=500, blank=True)
    operation = models.ForeignKey(
        "gateway.Operation", verbose_name="接口业务", on_delete=models.PROTECT, null=True, related_name="+"
    )
    refmsgid = models.CharField("接收方报文ID", max_length=60, blank=True)
    asked_at = models.DateTimeField("对账时间", auto_now_add=True)
    answered_at = models.DateTimeField("答复时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "总账"
        ordering = ["run", "-round", "begin", "clr_type", "insutype", "clr_optins", "step"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "environment", "insutype", "clr_type", "clr_optins", "begin", "end"],
                condition=Q(is_application=True, state__in=["asking", "doubtful", "balanced"]),
                name="one_application_a_month",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "run", "-round"], name="total_of_run"),
            models.Index(fields=["institution", "environment", "-begin"], name="total_newest"),
            models.Index(fields=["operation"], condition=Q(operation__isnull=False), name="total_by_operation"),
        ]

    def __str__(self) -> str:
        return f"{self.scope_label} {self.get_state_display()}"

    @property
    def scope_label(self) -> str:
        return f"{self.insutype_label} · {self.clr_type_label} · {self.clr_optins or '—'}"

    @property
    def span_label(self) -> str:
        last = self.end - timedelta(days=1)
        return f"{self.begin:%m-%d}" if last == self.begin else f"{self.begin:%m-%d} 至 {last:%m-%d}"

    @property
    def insutype_label(self) -> str:
        return code_list("national.insutype").label(self.insutype) if self.insutype else "险种不详"

    @property
    def clr_type_label(self) -> str:
        return code_list("national.clr_type").label(self.clr_type) if self.clr_type else "清算类别不详"

    @property
    def tone(self) -> str:
        return TONES.get(TotalState(self.state), "")

    @property
    def is_balanced(self) -> bool | None:
        """What the centre says; None while it has not said it."""
        return {TotalState.BALANCED: True, TotalState.DIFFERENT: False}.get(TotalState(self.state))

    @property
    def sums(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("count", "total", "fund", "account", "cash")}
