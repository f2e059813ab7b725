"""Background work as its users see it. The queue only says "look at job 42"; this row is the truth (design 3.3)."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from portal.access.rows import TenantModel


class JobState(models.TextChoices):
    QUEUED = "queued", "排队中"
    RUNNING = "running", "进行中"
    WAITING = "waiting", "等待接口答复"
    DONE = "done", "已完成"
    FAILED = "failed", "未完成"
    CANCELLED = "cancelled", "已取消"
    DOUBTFUL = "doubtful", "结果待确认"


LIVE = (JobState.QUEUED, JobState.RUNNING, JobState.WAITING, JobState.DOUBTFUL)


class Job(TenantModel):
    """One piece of long work. `params` holds ids only; `operation` is the journal's id when the job follows one.

    `run` grows with every start: a runner whose number is no longer the row's has been replaced and must stop.
    """

    app_may = ("SELECT", "INSERT", "UPDATE")

    kind = models.CharField("种类", max_length=60)
    key = models.CharField("业务主键", max_length=200)
    title = models.CharField("事项", max_length=200)
    state = models.CharField("状态", max_length=10, choices=JobState, default=JobState.QUEUED)
    done = models.PositiveIntegerField("已处理", default=0)
    total = models.PositiveIntegerField("总数", null=True)
    note = models.CharField("进展", max_length=300, blank=True)
    params = models.JSONField("参数", default=dict)
    error = models.CharField("原因", max_length=500, blank=True)
    result_path = models.CharField("结果文件位置", max_length=300, blank=True)
    result_name = models.CharField("结果文件", max_length=200, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="发起人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    started_label = models.CharField("发起人名称", max_length=100, blank=True)
    operation = models.UUIDField("接口业务", null=True)
    run = models.PositiveIntegerField("启动次数", default=0)
    cancel_asked = models.BooleanField("已请求取消", default=False)
    beat_at = models.DateTimeField("最近活动", null=True)
    created_at = models.DateTimeField("提交时间", db_default=Now())
    started_at = models.DateTimeField("开始时间", null=True)
    finished_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "后台任务"
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "kind", "key"],
                condition=Q(state__in=[str(state) for state in LIVE]),
                name="jobs_job_one_live",
            ),
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="jobs_job_state"),
        ]
        indexes = [
            models.Index(
                fields=["institution", "state"],
                condition=Q(state__in=[str(state) for state in LIVE]),
                name="jobs_job_open",
            ),
            models.Index(fields=["institution", "-created_at"], name="jobs_job_recent"),
            models.Index(fields=["institution", "operation"], condition=Q(operation__isnull=False), name="jobs_job_op"),
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: Set by `start` when the job was already running and this start joined it.
        self.joined = False

    def __str__(self) -> str:
        return f"{self.title}（{JobState(self.state).label}）"

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def percent(self) -> int | None:
        """0–100, or None while the total is not known."""
        return min(100, self.done * 100 // self.total) if self.total else None


class Pulse(models.Model):
    """When something last showed that it is alive; read by the watchdog and by the sweep. No institution's data."""

    name = models.CharField("名称", max_length=120, primary_key=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "心跳"
