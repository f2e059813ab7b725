from django.db import models

from clearing.models.scope import Scoped


class GenerationState(models.TextChoices):
    REQUESTED = "requested", "生成中"
    FETCHING = "fetching", "获取中"
    READY = "ready", "已生成"
    REVOKING = "revoking", "撤销中"
    REVOKED = "revoked", "已撤销"
    REFUSED = "refused", "未生成"

    @classmethod
    def live(cls) -> list[str]:
        """States in which the scope is taken: a second generation of it would be a duplicate."""
        return [cls.REQUESTED, cls.FETCHING, cls.READY, cls.REVOKING]

    @classmethod
    def moving(cls) -> list[str]:
        """States in which the scope's rows are being made, read or taken back: nothing else may begin."""
        return [cls.REQUESTED, cls.FETCHING, cls.REVOKING]


class Generation(Scoped):
    """One batch of rows that the centre made for a scope, and what fetching it brought."""

    state = models.CharField("状态", max_length=10, choices=GenerationState, default=GenerationState.REQUESTED)
    operation = models.ForeignKey(
        "gateway.Operation", verbose_name="生成操作", on_delete=models.PROTECT, null=True, related_name="+"
    )
    revocation = models.ForeignKey(
        "gateway.Operation", verbose_name="撤销操作", on_delete=models.PROTECT, null=True, related_name="+"
    )
    batch_no = models.CharField("批次号", max_length=40, blank=True)
    announced = models.PositiveIntegerField("中心生成条数", null=True)
    count = models.PositiveIntegerField("获取条数", default=0)
    fund_due = models.DecimalField("基金应付合计", max_digits=18, decimal_places=2, default=0)
    disburse = models.DecimalField("拨付金额合计", max_digits=18, decimal_places=2, default=0)
    requested_by = models.ForeignKey(
        "access.User", verbose_name="生成人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    requested_at = models.DateTimeField("生成时间", auto_now_add=True)
    fetched_at = models.DateTimeField("获取时间", null=True)
    #: What kept the rows from arriving or the generation from happening; shown as it is.
    note = models.CharField("说明", max_length=400, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "清算批次"
        ordering = ["-requested_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "environment", "year", "insurance", "agency"],
                condition=models.Q(state__in=GenerationState.live()),
                name="one_live_generation_a_scope",
            )
        ]

    def __str__(self) -> str:
        return f"{self.scope}批次 {self.batch_no or '（待定）'}"

    @property
    def shown_state(self) -> str:
        """The state in a clerk's words: what is being generated or revoked shows how far its operation is."""
        operation = self.revocation if self.state == GenerationState.REVOKING else self.operation
        if self.state not in (GenerationState.REQUESTED, GenerationState.REVOKING) or operation is None:
            return str(self.get_state_display())
        return (
            f"{self.get_state_display()}·{operation.sentence}" if operation.is_live else str(self.get_state_display())
        )

    @property
    def is_doubtful(self) -> bool:
        """结果待确认: whether it was generated, or revoked, is being found out."""
        moving = {GenerationState.REQUESTED: self.operation, GenerationState.REVOKING: self.revocation}
        operation = moving.get(GenerationState(self.state))
        return operation is not None and operation.is_doubtful

    @property
    def is_live(self) -> bool:
        return self.state in GenerationState.live()
