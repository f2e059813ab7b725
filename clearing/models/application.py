from django.db import models

from clearing.models.scope import Scoped


class ApplicationState(models.TextChoices):
    SUBMITTING = "submitting", "提交中"
    APPLIED = "applied", "已申请"
    APPROVED = "approved", "审核通过"
    CANCELLING = "cancelling", "撤销中"
    CANCELLED = "cancelled", "已撤销"
    REFUSED = "refused", "未提交"

    @classmethod
    def live(cls) -> list[str]:
        """States in which the rows of the scope are bound to this application."""
        return [cls.SUBMITTING, cls.APPLIED, cls.APPROVED, cls.CANCELLING]

    @classmethod
    def held(cls) -> list[str]:
        """States in which the centre holds it: its number is known."""
        return [cls.APPLIED, cls.APPROVED, cls.CANCELLING]


class Application(Scoped):
    """The claim for a scope's verified rows; count and totals are frozen when it is prepared."""

    state = models.CharField("状态", max_length=10, choices=ApplicationState, default=ApplicationState.SUBMITTING)
    application_no = models.CharField("申请编号", max_length=40, blank=True)
    operation = models.ForeignKey(
        "gateway.Operation", verbose_name="提交操作", on_delete=models.PROTECT, null=True, related_name="+"
    )
    cancellation = models.ForeignKey(
        "gateway.Operation", verbose_name="撤销操作", on_delete=models.PROTECT, null=True, related_name="+"
    )
    count = models.PositiveIntegerField("条数")
    left_out = models.PositiveIntegerField("未纳入条数", default=0)
    medical_fee = models.DecimalField("医疗费总额", max_digits=18, decimal_places=2)
    fund_due = models.DecimalField("基金应付", max_digits=18, decimal_places=2)
    disburse = models.DecimalField("拨付金额", max_digits=18, decimal_places=2)
    #: What the centre says it holds; None until it was asked.
    centre_count = models.PositiveIntegerField("中心条数", null=True)
    centre_disburse = models.DecimalField("中心拨付金额", max_digits=18, decimal_places=2, null=True)
    audit_state = models.CharField("审核状态", max_length=20, blank=True)
    submitted_by = models.ForeignKey(
        "access.User", verbose_name="提交人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    submitted_at = models.DateTimeField("提交时间", auto_now_add=True)
    approved_by = models.ForeignKey(
        "access.User", verbose_name="复核人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    applied_at = models.DateTimeField("受理时间", null=True)
    #: When the centre was first seen to have approved it; None again once it is no longer approved.
    audited_at = models.DateTimeField("审核通过时间", null=True)
    cancelled_at = models.DateTimeField("撤销时间", null=True)
    asked_at = models.DateTimeField("最近查询时间", null=True)
    note = models.CharField("说明", max_length=400, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "清算申请"
        ordering = ["-submitted_at"]
        indexes = [models.Index(fields=["institution", "environment", "-submitted_at"], name="application_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "environment", "year", "insurance", "agency"],
                condition=models.Q(state__in=ApplicationState.live()),
                name="one_live_application_a_scope",
            ),
            models.UniqueConstraint(
                fields=["institution", "environment", "application_no"],
                condition=~models.Q(application_no=""),
                name="one_application_a_number",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=ApplicationState.held()) | ~models.Q(application_no=""),
                name="held_application_has_a_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope}清算申请 {self.application_no or '（待编号）'}"

    @property
    def is_live(self) -> bool:
        return self.state in ApplicationState.live()

    @property
    def shown_state(self) -> str:
        """The state in a clerk's words: what is being submitted or cancelled shows how far its operation is."""
        moving = {ApplicationState.SUBMITTING: self.operation, ApplicationState.CANCELLING: self.cancellation}
        operation = moving.get(ApplicationState(self.state))
        if operation is None or not operation.is_live:
            return str(self.get_state_display())
        return f"{self.get_state_display()}·{operation.sentence}"

    @property
    def is_doubtful(self) -> bool:
        """结果待确认: whether the centre holds it, or still holds it, is being found out."""
        moving = {ApplicationState.SUBMITTING: self.operation, ApplicationState.CANCELLING: self.cancellation}
        operation = moving.get(ApplicationState(self.state))
        return operation is not None and operation.is_doubtful

    @property
    def differs_at_centre(self) -> bool:
        """Whether the centre holds other figures than were frozen here."""
        return (self.centre_count is not None and self.centre_count != self.count) or (
            self.centre_disburse is not None and self.centre_disburse != self.disburse
        )
