"""What people did about differences: decisions, what they changed in our book, words, sheets; and what was raised."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from portal.access.models.institution import Environment
from portal.access.rows import TenantModel
from reconciliation.models.difference import Difference, DifferenceKind
from reconciliation.models.run import yuan


class Action(models.TextChoices):
    """What can be decided. The first three are done by the business the settlement belongs to (portal.ledger)."""

    ADOPT = "adopt", "以中心为准"
    REVERSE = "reverse", "在中心撤销或冲正"
    RESEND = "resend", "重新发送"
    ACCEPT = "accept", "说明原因后认可"


class DecisionState(models.TextChoices):
    PROPOSED = "proposed", "待复核"
    RUNNING = "running", "办理中"
    DONE = "done", "已完成"
    FAILED = "failed", "没有办成"
    REFUSED = "refused", "已退回"
    WITHDRAWN = "withdrawn", "已撤回"

    @classmethod
    def live(cls) -> list[str]:
        return [cls.PROPOSED, cls.RUNNING]


DECISION_TONES = {
    DecisionState.PROPOSED: "warn",
    DecisionState.RUNNING: "brand",
    DecisionState.DONE: "good",
    DecisionState.FAILED: "bad",
}


class Decision(TenantModel):
    """One person's word on a difference, a second person's on it, and what came of it. Never edited.

    `needs_second`: money moves, so a reviewer who did not propose it lets it go. `operation` does it, where a gateway
    is called. `kind` and `gap` (ours minus theirs, yuan) are the difference's when it was proposed. Decisions that were
    taken together have the same `batch`.
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    difference = models.ForeignKey(Difference, verbose_name="差异", on_delete=models.PROTECT, related_name="decisions")
    batch = models.UUIDField("批次", null=True, editable=False)
    action = models.CharField("处理方式", max_length=8, choices=Action)
    reason = models.CharField("理由", max_length=300)
    kind = models.CharField("差异类型", max_length=15, choices=DifferenceKind)
    gap = yuan("总额差")
    needs_second = models.BooleanField("须双人复核", default=True)
    state = models.CharField("状态", max_length=9, choices=DecisionState, default=DecisionState.PROPOSED)
    said = models.CharField("结果", max_length=500, blank=True)
    operation = models.ForeignKey(
        "gateway.Operation", verbose_name="接口业务", on_delete=models.PROTECT, null=True, related_name="+"
    )
    proposed_by = models.ForeignKey(
        "access.User", verbose_name="提出人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    proposed_as = models.CharField("提出人（显示）", max_length=100)
    proposed_at = models.DateTimeField("提出时间", auto_now_add=True)
    approved_by = models.ForeignKey(
        "access.User", verbose_name="复核人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    approved_as = models.CharField("复核人（显示）", max_length=100, blank=True)
    approved_at = models.DateTimeField("复核时间", null=True)
    ended_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "差异处理"
        ordering = ["-proposed_at", "-id"]
        indexes = [
            models.Index(fields=["institution", "environment", "state"], name="decision_by_state"),
            models.Index(fields=["operation"], condition=Q(operation__isnull=False), name="decision_by_operation"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "difference"],
                condition=Q(state__in=["proposed", "running"]),
                name="one_live_decision",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")), name="decision_by_two_people"
            ),
            models.CheckConstraint(
                condition=Q(needs_second=False)
                | Q(state__in=["proposed", "refused", "withdrawn"])
                | Q(approved_by__isnull=False),
                name="decision_waits_for_the_second",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()}：{self.difference}"

    @property
    def is_live(self) -> bool:
        return self.state in DecisionState.live()

    @property
    def tone(self) -> str:
        return DECISION_TONES.get(DecisionState(self.state), "")


class Adjustment(TenantModel):
    """What a decision changed, or let stand, in yuan. Nothing in the book is edited: an entry gets a new revision.

    `is_booked`: the book was brought to the centre's figures by these amounts; otherwise both sides stay as they are
    and the gap (ours minus theirs) is accepted.
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    decision = models.ForeignKey(
        Decision, verbose_name="差异处理", on_delete=models.PROTECT, related_name="adjustments"
    )
    difference = models.ForeignKey(
        Difference, verbose_name="差异", on_delete=models.PROTECT, related_name="adjustments"
    )
    entry = models.ForeignKey(
        "ledger.Entry",
        verbose_name="调整后的记录",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    is_booked = models.BooleanField("已调账")
    day = models.DateField("结算日期")
    total = yuan("医疗费总额")
    fund = yuan("基金支付")
    account = yuan("个人账户")
    reason = models.CharField("理由", max_length=300)
    made_as = models.CharField("经办人与复核人", max_length=210)
    made_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "调整"
        ordering = ["-made_at", "-id"]
        indexes = [models.Index(fields=["institution", "environment", "-made_at", "-id"], name="adjustment_newest")]
        constraints = [models.UniqueConstraint(fields=["institution", "decision"], name="one_adjustment_a_decision")]

    def __str__(self) -> str:
        return f"{'调账' if self.is_booked else '认可'} {self.total:,.2f} 元"


class Comment(TenantModel):
    """A remark on a difference, for colleagues."""

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    difference = models.ForeignKey(Difference, verbose_name="差异", on_delete=models.PROTECT, related_name="comments")
    text = models.CharField("备注", max_length=1000)
    written_by = models.ForeignKey(
        "access.User", verbose_name="备注人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    written_as = models.CharField("备注人（显示）", max_length=100)
    written_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "差异备注"
        ordering = ["written_at", "id"]

    def __str__(self) -> str:
        return self.text[:40]


class DecisionSheet(TenantModel):
    """A spreadsheet with decisions that somebody uploaded, as it was read; taken over once, as a whole.

    `rows`: [{"line", "difference", "shown", "action", "reason", "fault"}].
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    name = models.CharField("文件名", max_length=200)
    rows: models.JSONField[Any, Any] = models.JSONField("内容", default=list)
    good = models.PositiveIntegerField("可以提交", default=0)
    bad = models.PositiveIntegerField("有问题", default=0)
    batch = models.UUIDField("批次", null=True, editable=False)
    uploaded_by = models.ForeignKey(
        "access.User", verbose_name="上传人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    uploaded_as = models.CharField("上传人（显示）", max_length=100)
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    taken_at = models.DateTimeField("提交时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "处理表"
        ordering = ["-uploaded_at", "-id"]

    def __str__(self) -> str:
        return self.name


class AlarmKind(models.TextChoices):
    MISSED = "missed", "没有对账"
    DOUBT = "doubt", "结果待确认过久"


class Alarm(TenantModel):
    """Something that people and other systems were told of once; it ends by itself when its cause is gone."""

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    kind = models.CharField("类型", max_length=6, choices=AlarmKind)
    about = models.CharField("对象", max_length=80)
    sentence = models.CharField("说明", max_length=300)
    raised_at = models.DateTimeField("发生时间", auto_now_add=True)
    ended_at = models.DateTimeField("解除时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "对账提醒"
        ordering = ["-raised_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "environment", "kind", "about"],
                condition=Q(ended_at__isnull=True),
                name="one_open_alarm",
            ),
        ]

    def __str__(self) -> str:
        return self.sentence
