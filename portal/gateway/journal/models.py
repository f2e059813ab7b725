"""The journal: what we asked for, each time it left, and what proves how it ended."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from portal.access.models.institution import Environment
from portal.access.rows import TenantModel
from portal.gateway.journal.states import DOUBTFUL, LIVE, MOVING, Finding, Method, Outcome, State, Task
from portal.vault import SealedField


class Operation(TenantModel):
    """One changing call that somebody wants done once, from the wish to the proof; never deleted.

    `request` is the Request as JSON under its wire names, `request_hash` the SM3 of that JSON, `expected` the totals
    (yuan, as text) the effect must show. The trigger `gateway_operation_guard` holds the legal transitions.
    """

    app_may = ("SELECT", "INSERT", "UPDATE")
    #: A doubt that a switch left behind is settled on its own page.
    reached_anywhere = True

    gateway = models.CharField("接口", max_length=40)
    #: The session at the gateway that carries it out, one call at a time: a desk's id, "" where there is only one.
    lane = models.CharField("通道", max_length=36, blank=True, default="")
    environment = models.CharField("环境", max_length=10, choices=Environment)
    kind = models.CharField("交易", max_length=60)
    #: Under which edition of the gateway's tables the request was made, "" for the base.
    edition = models.CharField("接口版本", max_length=64, blank=True, default="")
    business_key = models.CharField("业务主键", max_length=200)
    subject = models.CharField("业务对象", max_length=120, blank=True)
    title = models.CharField("事项", max_length=200)
    request = SealedField("请求内容")
    request_hash = models.CharField("请求摘要", max_length=64)
    expected = models.JSONField("预期合计", default=dict)

    state = models.CharField("状态", max_length=10, choices=State, default=State.QUEUED)
    version = models.PositiveIntegerField("版本", default=1)
    attempts = models.PositiveSmallIntegerField("发送次数", default=0)
    four_eyes = models.BooleanField("须双人复核", default=False)
    recovered = models.BooleanField("恢复后发现", default=False)
    task = models.CharField("待办", max_length=20, choices=Task, blank=True, default="")
    #: Sent by hand from the test console: it belongs to no business, and none hears of its end.
    by_console = models.BooleanField("接口测试", default=False)

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="申请人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_label = models.CharField("申请人名称", max_length=100, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="复核人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField("复核时间", null=True)

    code = models.CharField("结果代码", max_length=40, blank=True)
    message = models.CharField("结果说明", max_length=500, blank=True)
    reply = SealedField("答复内容", null=True)

    created_at = models.DateTimeField("提交时间", db_default=Now())
    state_since = models.DateTimeField("状态时间", db_default=Now())
    queued_at = models.DateTimeField("排队时间", null=True)
    not_before = models.DateTimeField("最早发送时间", null=True)
    deadline = models.DateTimeField("答复期限", null=True)
    quiet_until = models.DateTimeField("静默期至", null=True)
    next_look_at = models.DateTimeField("下次核实时间", null=True)
    looks = models.PositiveSmallIntegerField("核实次数", default=0)
    finished_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "接口业务"
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "environment", "kind", "business_key"],
                condition=Q(state__in=[str(state) for state in LIVE]),
                name="gateway_operation_one_live",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | Q(created_by__isnull=True) | ~Q(approved_by=F("created_by")),
                name="gateway_operation_second_person",
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="gateway_operation_state"),
            models.CheckConstraint(
                condition=Q(by_console=False) | Q(environment=Environment.TEST.value),
                name="gateway_operation_console_only_tests",
            ),
        ]
        indexes = [
            models.Index(
                fields=["institution", "gateway", "queued_at"],
                condition=Q(state=State.QUEUED.value),
                name="gateway_operation_queue",
            ),
            models.Index(
                fields=["institution", "state"],
                condition=Q(state__in=[str(state) for state in LIVE]),
                name="gateway_operation_open",
            ),
            models.Index(fields=["institution", "-created_at"], name="gateway_operation_recent"),
            models.Index(fields=["institution", "subject"], condition=~Q(subject=""), name="gateway_operation_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.sentence}）"

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def is_moving(self) -> bool:
        """Whether it will change without anybody's help."""
        return self.state in MOVING

    @property
    def is_doubtful(self) -> bool:
        return self.state in DOUBTFUL

    @property
    def sentence(self) -> str:
        """The state in the words a clerk reads; doubt is never called a failure (I4)."""
        return str(State(self.state).label)


class Attempt(TenantModel):
    """One message that left, or may have left. A query is an attempt without an operation.

    `subject` is the number of the business object it is about (an admission's), never one of a person.

    Committed before the first byte leaves (I3); immutable once it has an outcome. `sent_at` and `deadline` are the
    database's clock.
    """

    app_may = ("SELECT", "INSERT", "UPDATE")
    reached_anywhere = True

    operation = models.ForeignKey(
        Operation, verbose_name="接口业务", null=True, on_delete=models.PROTECT, related_name="attempt_rows"
    )
    gateway = models.CharField("接口", max_length=40)
    environment = models.CharField("环境", max_length=10, choices=Environment)
    kind = models.CharField("交易", max_length=60)
    n = models.PositiveSmallIntegerField("次序", default=1)
    msgid = models.CharField("报文编号", max_length=64)
    fence = models.BigIntegerField("租约号", default=0)
    sent_at = models.DateTimeField("发送时间", db_default=Now())
    deadline = models.DateTimeField("答复期限", null=True)
    outcome = models.CharField("结果", max_length=12, choices=Outcome, blank=True, default="")
    finished_at = models.DateTimeField("结束时间", null=True)
    took_ms = models.PositiveIntegerField("耗时（毫秒）", null=True)
    http_status = models.PositiveSmallIntegerField("HTTP 状态", null=True)
    code = models.CharField("结果代码", max_length=40, blank=True)
    message = models.CharField("结果说明", max_length=500, blank=True)
    subject = models.CharField("业务编号", max_length=60, blank=True, default="")
    asked_by = models.CharField("发起人", max_length=100, blank=True, default="")
    by_console = models.BooleanField("接口测试", default=False)
    raw_request = SealedField("请求原文", null=True)
    raw_reply = SealedField("答复原文", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "接口报文"
        ordering = ["-sent_at"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "msgid"], name="gateway_attempt_msgid"),
            models.UniqueConstraint(
                fields=["institution", "operation", "n"],
                condition=Q(operation__isnull=False),
                name="gateway_attempt_number",
            ),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="gateway_attempt_outcome"),
        ]
        indexes = [
            models.Index(fields=["institution", "-sent_at"], name="gateway_attempt_recent"),
            models.Index(
                fields=["institution", "subject", "-sent_at"], condition=~Q(subject=""), name="gateway_attempt_subject"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.msgid}"


class Evidence(TenantModel):
    """What was asked and answered about a doubtful attempt, and what follows from it (I5). Never changed.

    `version` is the operation's version it was gathered at: a transition accepts only evidence of its own version.
    """

    #: UPDATE only for rotate_keys; the trigger refuses every other change.
    app_may = ("SELECT", "INSERT", "UPDATE")

    operation = models.ForeignKey(
        Operation, verbose_name="接口业务", on_delete=models.PROTECT, related_name="evidence_rows"
    )
    attempt = models.ForeignKey(
        Attempt, verbose_name="接口报文", null=True, on_delete=models.PROTECT, related_name="evidence_rows"
    )
    version = models.PositiveIntegerField("业务版本")
    method = models.CharField("方式", max_length=12, choices=Method)
    verdict = models.CharField("结论", max_length=12, choices=Finding)
    note = models.CharField("说明", max_length=500)
    asked = models.JSONField("询问", default=list)
    answered = SealedField("回答", null=True)
    again = models.BooleanField("重新发送", default=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="认定人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="第二认定人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField("时间", db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = "核实证据"
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=Finding.values), name="gateway_evidence_verdict"),
            models.CheckConstraint(condition=Q(method__in=Method.values), name="gateway_evidence_method"),
            models.CheckConstraint(
                condition=~Q(method=Method.PEOPLE.value)
                | Q(decided_by__isnull=False) & Q(confirmed_by__isnull=False) & ~Q(decided_by=F("confirmed_by")),
                name="gateway_evidence_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{Method(self.method).label}：{Finding(self.verdict).label}"


class Lease(TenantModel):
    """Who may send to one lane of a gateway for this institution now. `fence` grows with every new holder (I6).

    A row, not an advisory lock: those vanish with a connection. Times are the database's clock.
    """

    gateway = models.CharField("接口", max_length=40)
    lane = models.CharField("通道", max_length=36, blank=True, default="")
    environment = models.CharField("环境", max_length=10, choices=Environment)
    holder = models.CharField("持有者", max_length=120)
    fence = models.BigIntegerField("租约号", default=0)
    expires_at = models.DateTimeField("到期时间")

    class Meta:
        verbose_name = verbose_name_plural = "发送租约"
        constraints = [
            models.UniqueConstraint(fields=["institution", "gateway", "lane", "environment"], name="gateway_lease_one")
        ]


class SpoolMark(models.Model):
    """How far a spool file has been compared with the journal. A restore takes the mark back with everything else."""

    spool = models.CharField("登记簿", max_length=40)
    day = models.DateField("日期")
    offset = models.BigIntegerField("已核对字节数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "登记簿核对位置"
        constraints = [models.UniqueConstraint(fields=["spool", "day"], name="gateway_spool_mark")]
