"""Where our book and the centre's do not agree: the centre's row, the difference, and every run that saw it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from portal.access.models.institution import Environment
from portal.access.rows import LargeTenantModel, TenantModel
from portal.codes import code_list
from portal.vault import SealedField
from reconciliation.models.run import Run, yuan


class DifferenceKind(models.TextChoices):
    """What does not agree. A difference has one kind; the rules decide in this order of certainty."""

    ONLY_OURS = "only_ours", "本机构有、中心无"
    ONLY_THEIRS = "only_theirs", "中心有、本机构无"
    AMOUNT = "amount", "金额不一致"
    REFUND_ONE_SIDE = "refund_one_side", "单边退费"
    TWICE = "twice", "重复"
    PENDING = "pending", "办理中"
    DOUBTFUL = "doubtful", "结果待确认"
    OVER_MIDNIGHT = "over_midnight", "日期不同"
    OTHER_SCOPE = "other_scope", "险种或清算类别不同"
    UNREADABLE = "unreadable", "中心记录无法对应"

    @classmethod
    def exceptions(cls) -> list[str]:
        """All kinds but what is only under way."""
        return [kind for kind in cls.values if kind != cls.PENDING]


class Proposal(models.TextChoices):
    """What usually puts it right; a person decides."""

    ADOPT = "adopt", "以中心为准"
    REVERSE = "reverse", "撤销（冲正）"
    RESEND = "resend", "重新发送"
    WAIT = "wait", "等待"
    ACCEPT = "accept", "说明原因后认可"


class DifferenceState(models.TextChoices):
    OPEN = "open", "待处理"
    PROPOSED = "proposed", "待复核"
    DECIDED = "decided", "处理中"
    DONE = "done", "已处理"

    @classmethod
    def live(cls) -> list[str]:
        return [cls.OPEN, cls.PROPOSED, cls.DECIDED]


class Outcome(models.TextChoices):
    """How a difference ended."""

    ADOPTED = "adopt", "以中心为准"
    REVERSED = "reverse", "已撤销"
    RESENT = "resend", "已重新发送"
    ACCEPTED = "accept", "已认可"
    GONE = "gone", "再次对账已一致"
    BALANCED = "balanced", "总账已平"


TONES = {
    DifferenceKind.PENDING: "brand",
    DifferenceKind.DOUBTFUL: "doubt",
    DifferenceKind.OVER_MIDNIGHT: "warn",
    DifferenceKind.OTHER_SCOPE: "warn",
}


class TheirRow(LargeTenantModel):
    """A row of the centre that does not agree with ours, as it came. Rows that agree stay in the raw file.

    `line` is its place in the file of the round, from 1; `raw` the row as it was written. Amounts that the centre
    does not tell are None.
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    run = models.ForeignKey(
        Run,
        verbose_name="对账",
        on_delete=models.PROTECT,
        related_name="their_rows",
        db_index=False,
        db_constraint=False,
    )
    round = models.PositiveSmallIntegerField("次数", default=1)
    line = models.PositiveIntegerField("行号", default=0)
    setl_id = models.CharField("结算ID", max_length=40, blank=True)
    mdtrt_id = models.CharField("就诊ID", max_length=40, blank=True)
    number = models.CharField("结算单号", max_length=60, blank=True)
    msgid = models.CharField("报文编号", max_length=64, blank=True)
    person_no: SealedField[str | None, Any] = SealedField("人员编号", null=True)
    person = models.CharField("人员（遮盖）", max_length=60, blank=True)
    insutype = models.CharField("险种", max_length=6, blank=True)
    clr_type = models.CharField("清算类别", max_length=6, blank=True)
    clr_optins = models.CharField("结算经办机构", max_length=20, blank=True)
    is_refund = models.BooleanField("退费", default=False)
    settled_at = models.DateTimeField("结算时间", null=True)
    total = models.DecimalField("医疗费总额", max_digits=16, decimal_places=2, null=True)
    fund = models.DecimalField("基金支付", max_digits=16, decimal_places=2, null=True)
    account = models.DecimalField("个人账户", max_digits=16, decimal_places=2, null=True)
    cash = models.DecimalField("现金支付", max_digits=16, decimal_places=2, null=True)
    #: stmt_rslt and memo: what the centre itself says of the row.
    verdict = models.CharField("对账结果", max_length=20, blank=True)
    memo = models.CharField("备注", max_length=500, blank=True)
    raw: SealedField[str | None, Any] = SealedField("原始记录", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "中心记录"
        ordering = ["run", "line"]
        indexes = [models.Index(fields=["institution", "run", "line"], name="their_row_of_run")]

    def __str__(self) -> str:
        return f"中心记录 {self.setl_id or self.number or self.msgid or self.line}"


class Difference(TenantModel):
    """One settlement that the two books do not agree on. `difference` and the gaps are ours minus theirs, in yuan.

    There is one open row for a settlement, however many runs see it (`sightings`). Its gaps are those of the settlement
    on all days together, what it does to the sums of one run stands in that run's sighting. `field` is the first field
    that differs, `fields` all of them: [{"field", "label", "ours", "theirs", "difference"}].
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    family = models.CharField("接口", max_length=20)
    #: The run that found it first, and the one that saw it last.
    run = models.ForeignKey(Run, verbose_name="对账", on_delete=models.PROTECT, related_name="differences_found")
    last_run = models.ForeignKey(Run, verbose_name="最近对账", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("差异类型", max_length=15, choices=DifferenceKind)
    entry = models.ForeignKey(
        "ledger.Entry",
        verbose_name="本机构记录",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    their_row = models.ForeignKey(
        TheirRow,
        verbose_name="中心记录",
        on_delete=models.PROTECT,
        null=True,
        related_name="differences",
        db_constraint=False,
    )
    #: What it is found again by: the settlement and its sign.
    fingerprint = models.CharField("标识", max_length=80, editable=False)
    number = models.CharField("结算单号", max_length=60, blank=True)
    setl_id = models.CharField("结算ID", max_length=40, blank=True)
    mdtrt_id = models.CharField("就诊ID", max_length=40, blank=True)
    msgid = models.CharField("报文编号", max_length=64, blank=True)
    about = models.CharField("就诊号", max_length=60, blank=True)
    person = models.CharField("人员（遮盖）", max_length=60, blank=True)
    insutype = models.CharField("险种", max_length=6, blank=True)
    clr_type = models.CharField("清算类别", max_length=6, blank=True)
    clr_optins = models.CharField("结算经办机构", max_length=20, blank=True)
    #: Of our entry; where we have none, the first day of the run.
    day = models.DateField("结算日期")
    settled_at = models.DateTimeField("结算时间", null=True)
    is_refund = models.BooleanField("退费", default=False)
    ours_total = models.DecimalField("本机构总额", max_digits=16, decimal_places=2, null=True)
    theirs_total = models.DecimalField("中心总额", max_digits=16, decimal_places=2, null=True)

    field = models.CharField("不一致的项目", max_length=20, blank=True)
    ours = models.CharField("本机构", max_length=200, blank=True)
    theirs = models.CharField("中心", max_length=200, blank=True)
    difference = models.DecimalField("差额", max_digits=16, decimal_places=2, null=True)
    fields: models.JSONField[Any, Any] = models.JSONField("不一致的全部项目", default=list)
    total_gap = yuan("总额差")
    fund_gap = yuan("基金差")
    account_gap = yuan("个人账户差")

    proposal = models.CharField("建议", max_length=8, choices=Proposal)
    note = models.CharField("说明", max_length=500, blank=True)
    state = models.CharField("状态", max_length=8, choices=DifferenceState, default=DifferenceState.OPEN)
    outcome = models.CharField("处理结果", max_length=8, choices=Outcome, blank=True)
    found_at = models.DateTimeField("发现时间")
    seen_at = models.DateTimeField("最近发现时间")
    done_at = models.DateTimeField("处理完成时间", null=True)
    assigned_to = models.ForeignKey(
        "access.User", verbose_name="负责人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    assigned_at = models.DateTimeField("指派时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "差异"
        ordering = ["-found_at", "-id"]
        indexes = [
            models.Index(fields=["institution", "environment", "-found_at", "-id"], name="difference_newest"),
            models.Index(
                fields=["institution", "environment", "state", "-found_at", "-id"], name="difference_by_state"
            ),
            models.Index(fields=["institution", "environment", "family", "day"], name="difference_by_day"),
            models.Index(fields=["institution", "environment", "fingerprint"], name="difference_by_fingerprint"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "environment", "family", "fingerprint"],
                condition=Q(state__in=["open", "proposed", "decided"]),
                name="one_live_difference",
            ),
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False) | (~Q(state="done") & Q(done_at__isnull=True)),
                name="done_difference_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number or self.setl_id or self.msgid}"

    @property
    def is_exception(self) -> bool:
        """Whether somebody has to see to it; what is only under way ends by itself."""
        return self.kind != DifferenceKind.PENDING

    @property
    def is_live(self) -> bool:
        return self.state in DifferenceState.live()

    @property
    def tone(self) -> str:
        if not self.is_live:
            return "good"
        return TONES.get(DifferenceKind(self.kind), "bad")

    @property
    def insutype_label(self) -> str:
        return code_list("national.insutype").label(self.insutype) if self.insutype else ""

    @property
    def clr_type_label(self) -> str:
        return code_list("national.clr_type").label(self.clr_type) if self.clr_type else ""


class Sighting(TenantModel):
    """One run saw one difference: what it took it for, and what each book's sums of its days have of it.

    An amount is None where that book has nothing of it on these days, or does not tell it. The gaps (ours minus theirs,
    yuan) of all that a round of a run saw, of what is only under way, too, add up to the difference of the two sums.
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    run = models.ForeignKey(Run, verbose_name="对账", on_delete=models.PROTECT, related_name="sightings")
    difference = models.ForeignKey(Difference, verbose_name="差异", on_delete=models.PROTECT, related_name="sightings")
    round = models.PositiveSmallIntegerField("次数", default=1)
    kind = models.CharField("差异类型", max_length=15, choices=DifferenceKind)
    ours_total = models.DecimalField("本机构总额", max_digits=16, decimal_places=2, null=True)
    theirs_total = models.DecimalField("中心总额", max_digits=16, decimal_places=2, null=True)
    total_gap = yuan("总额差")
    fund_gap = yuan("基金差")
    account_gap = yuan("个人账户差")
    seen_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "差异出现记录"
        ordering = ["-seen_at"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "run", "difference"], name="one_sighting_a_run"),
        ]

    def __str__(self) -> str:
        return f"{self.run} {self.difference}"
