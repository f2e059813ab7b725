"""Records that the centre collects (4101 to 4701, stock, departments, matchings): kept one by one, uploaded by runs."""

from typing import Any

from django.db import models
from django.db.models import Q

from portal.access.models.institution import Environment
from portal.access.rows import TenantModel
from portal.vault import SealedJson


class UploadState(models.TextChoices):
    WAITING = "waiting", "待上传"
    BLOCKED = "blocked", "内容有误"
    SENDING = "sending", "上传中"
    SENT = "sent", "已上传"
    REFUSED = "refused", "被中心拒绝"
    DOUBTFUL = "doubtful", "结果待确认"
    SUPERSEDED = "superseded", "已被替换"
    WITHDRAWN = "withdrawn", "已撤销"

    @classmethod
    def open(cls) -> list[str]:
        """States that still want something: a run, a person, or a proof."""
        return [cls.WAITING, cls.BLOCKED, cls.SENDING, cls.REFUSED, cls.DOUBTFUL]

    @classmethod
    def moving(cls) -> list[str]:
        """States in which a message about it has left, or may have."""
        return [cls.SENDING, cls.DOUBTFUL]


class Source(models.TextChoices):
    API = "api", "接口"
    FILE = "file", "文件导入"
    PAGE = "page", "页面录入"
    MADE = "made", "由门户数据生成"


class UploadRecord(TenantModel):
    """One version of one record under its business key; what was sent is never changed, another content is a new row.

    `content` holds the record under the names of the transaction's table: all nodes of a message, or one row where a
    message carries many. `is_current`: the newest version of its key. `is_at_centre`: the centre holds some version of
    it. `operation` is the last message that carried it, `operations` the ids of all.
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    number = models.CharField("交易编号", max_length=6)
    key = models.CharField("业务主键", max_length=200)
    version = models.PositiveIntegerField("版次", default=1)
    is_current = models.BooleanField("最新版次", default=True)
    is_at_centre = models.BooleanField("中心已有", default=False)
    #: mdtrt_sn, batch number, department code or own code: what people look for.
    reference = models.CharField("业务编号", max_length=100, blank=True)
    label = models.CharField("内容", max_length=200, blank=True)
    mdtrt_id = models.CharField("就诊ID", max_length=30, blank=True)
    setl_id = models.CharField("结算ID", max_length=30, blank=True)
    insured_at = models.CharField("参保地医保区划", max_length=6, blank=True)
    content: "SealedJson[Any, Any]" = SealedJson("内容")
    content_hash = models.CharField("内容摘要", max_length=64)
    size = models.PositiveIntegerField("大小（字节）", default=0)
    state = models.CharField("状态", max_length=10, choices=UploadState, default=UploadState.WAITING)
    #: [[where, label, sentence], …] of a blocked one.
    faults = models.JSONField("问题", default=list)
    fault_count = models.PositiveSmallIntegerField("问题数", default=0)
    #: It goes by itself: a message with others was refused, and nobody knows because of which.
    alone = models.BooleanField("单独上传", default=False)
    #: What a query said when only a part of a message was found: False goes again.
    proven = models.BooleanField("查询所见", null=True)
    operation = models.ForeignKey(
        "gateway.Operation", verbose_name="上传操作", on_delete=models.PROTECT, null=True, related_name="+"
    )
    operations = models.JSONField("历次操作", default=list)
    run = models.ForeignKey(
        "settlement.UploadRun", verbose_name="上传任务", on_delete=models.SET_NULL, null=True, related_name="records"
    )
    code = models.CharField("结果代码", max_length=40, blank=True)
    note = models.CharField("说明", max_length=400, blank=True)
    #: setl_list_id of 4101.
    centre_no = models.CharField("中心流水号", max_length=40, blank=True)
    source = models.CharField("来源", max_length=5, choices=Source)
    arrived_as = models.CharField("录入人", max_length=100, blank=True)
    arrived_at = models.DateTimeField("到达时间", auto_now_add=True)
    changed_as = models.CharField("更正人", max_length=100, blank=True)
    sent_at = models.DateTimeField("上传时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "采集记录"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "environment", "number", "key"],
                condition=Q(is_current=True),
                name="one_current_upload_a_key",
            ),
            models.UniqueConstraint(
                fields=["institution", "environment", "number", "key", "version"], name="one_upload_a_version"
            ),
        ]
        indexes = [
            models.Index(
                fields=["institution", "environment", "number", "id"],
                condition=Q(state="waiting", is_current=True),
                name="upload_waiting",
            ),
            models.Index(
                fields=["institution", "environment", "number", "state"],
                condition=Q(state__in=["waiting", "blocked", "sending", "refused", "doubtful"]),
                name="upload_open",
            ),
            models.Index(
                fields=["institution", "environment", "number", "key"],
                condition=Q(state__in=["sending", "doubtful"]),
                name="upload_moving",
            ),
            models.Index(fields=["institution", "environment", "number", "-id"], name="upload_newest"),
            models.Index(
                fields=["institution", "environment", "sent_at"], condition=Q(state="sent"), name="upload_sent_on"
            ),
            models.Index(fields=["institution", "environment", "reference", "number"], name="upload_by_reference"),
            models.Index(fields=["institution", "setl_id"], condition=~Q(setl_id=""), name="upload_by_setl_id"),
            models.Index(fields=["operation"], condition=Q(operation__isnull=False), name="upload_by_operation"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.reference or self.key}"

    @property
    def is_moving(self) -> bool:
        return self.state in UploadState.moving()

    @property
    def may_change(self) -> bool:
        """Whether its content may be mended where it is: nothing of it has left, or the centre refused it."""
        return self.is_current and self.state in (UploadState.WAITING, UploadState.BLOCKED, UploadState.REFUSED)


class UploadPlan(TenantModel):
    """Whether and when one number's records go by themselves; also what arrivals of that number wait for in turn.

    `every`: minutes, 0 = once a day at `at`.
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    number = models.CharField("交易编号", max_length=6)
    is_on = models.BooleanField("自动上传", default=False)
    at = models.TimeField("时刻")
    every = models.PositiveSmallIntegerField("间隔（分钟）", default=0)
    #: Messages in the journal's queue at once: what a desk has to wait for at most.
    at_once = models.PositiveSmallIntegerField("同时排队（条）", default=5)
    next_at = models.DateTimeField("下次上传", null=True)
    changed_as = models.CharField("设置人", max_length=100, blank=True)
    changed_at = models.DateTimeField("设置时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "采集上传设置"
        constraints = [
            models.UniqueConstraint(fields=["institution", "environment", "number"], name="one_upload_plan_a_number"),
        ]
        indexes = [
            models.Index(fields=["institution", "next_at"], condition=Q(is_on=True), name="upload_plan_due"),
        ]

    def __str__(self) -> str:
        if not self.is_on:
            return "手动"
        return f"每 {self.every} 分钟" if self.every else f"每天 {self.at:%H:%M}"


class UploadRunState(models.TextChoices):
    RUNNING = "running", "上传中"
    DONE = "done", "已完成"
    STOPPED = "stopped", "已暂停"


class UploadRun(TenantModel):
    """One run over a number's waiting records. `opened` went into messages; what is neither sent nor refused of them is
    under way or in doubt."""

    #: Set by `start_run` and `take_back` when what was asked for was under way already.
    joined = False

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    number = models.CharField("交易编号", max_length=6)
    state = models.CharField("状态", max_length=8, choices=UploadRunState, default=UploadRunState.RUNNING)
    job = models.UUIDField("后台任务", null=True, editable=False)
    is_scheduled = models.BooleanField("自动", default=False)
    total = models.PositiveIntegerField("开始时待上传", default=0)
    opened = models.IntegerField("已发出", default=0)
    sent = models.IntegerField("已上传", default=0)
    refused = models.IntegerField("被拒绝", default=0)
    note = models.CharField("说明", max_length=300, blank=True)
    started_as = models.CharField("发起人", max_length=100, blank=True)
    started_at = models.DateTimeField("开始时间", auto_now_add=True)
    finished_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "采集上传任务"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["institution", "environment", "number", "-id"], name="upload_run_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "environment", "number"],
                condition=Q(state="running"),
                name="one_upload_run_a_number",
            ),
        ]

    def __str__(self) -> str:
        return f"上传 {self.number}"


class UploadFile(TenantModel):
    """A file as it was read: records wait here sealed until somebody has looked at the preview and takes them."""

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    number = models.CharField("交易编号", max_length=6)
    name = models.CharField("文件名", max_length=200)
    content: "SealedJson[Any, Any]" = SealedJson("各条记录", null=True)
    #: Where each record stands in the file: "第 3 行".
    places = models.JSONField("位置", default=list)
    count = models.PositiveIntegerField("条数")
    uploaded_as = models.CharField("导入人", max_length=100, blank=True)
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    taken_at = models.DateTimeField("导入时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "采集文件"
        ordering = ["-uploaded_at"]
        indexes = [
            models.Index(fields=["institution", "environment", "number", "-uploaded_at"], name="upload_file_newest"),
        ]

    def __str__(self) -> str:
        return self.name
