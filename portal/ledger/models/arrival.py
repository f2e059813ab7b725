"""Entries that a hospital's system brings: the file or call, and its rows until they are taken."""

from typing import Any

from django.db import models

from portal.access.models.institution import Environment
from portal.access.rows import LargeTenantModel, TenantModel
from portal.vault import SealedJson


class ArrivalState(models.TextChoices):
    READING = "reading", "读取中"
    PREVIEW = "preview", "待确认"
    TAKING = "taking", "入账中"
    TAKEN = "taken", "已入账"
    FAILED = "failed", "未能读取"
    DROPPED = "dropped", "已放弃"


class Way(models.TextChoices):
    API = "api", "接口"
    EXCEL = "excel", "Excel"
    TXT = "txt", "文本文件"


class EntryArrival(TenantModel):
    """One file, read in pieces by a job, looked at by a person and then taken as a whole; or one call.

    Counts are of rows: new, with other content than the book's, already there, and wrong ones, of which `faults` names
    the first: [line, column, sentence].
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    way = models.CharField("方式", max_length=5, choices=Way)
    state = models.CharField("状态", max_length=8, choices=ArrivalState, default=ArrivalState.READING)
    name = models.CharField("文件名", max_length=200, blank=True)
    size = models.PositiveBigIntegerField("字节", default=0)
    #: SM3 of the file: the same one twice is said so.
    digest = models.CharField("文件摘要", max_length=64, blank=True)
    job = models.UUIDField("后台任务", null=True, editable=False)
    count = models.PositiveIntegerField("行数", default=0)
    fresh = models.PositiveIntegerField("新增", default=0)
    changed = models.PositiveIntegerField("变更", default=0)
    same = models.PositiveIntegerField("已有", default=0)
    wrong = models.PositiveIntegerField("有问题", default=0)
    total = models.DecimalField("医疗费总额", max_digits=18, decimal_places=2, default=0)
    fund = models.DecimalField("基金支付", max_digits=18, decimal_places=2, default=0)
    faults: "SealedJson[Any, Any]" = SealedJson("问题", null=True, editable=False)
    note = models.CharField("说明", max_length=400, blank=True)
    brought_by = models.ForeignKey(
        "access.User", verbose_name="导入人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    brought_as = models.CharField("导入人（显示）", max_length=100, blank=True)
    brought_at = models.DateTimeField("导入时间", auto_now_add=True)
    taken_at = models.DateTimeField("入账时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "结算账导入"
        ordering = ["-brought_at"]
        indexes = [models.Index(fields=["institution", "environment", "-brought_at"], name="entry_arrival_newest")]

    def __str__(self) -> str:
        return self.name or f"{self.get_way_display()}导入"


class ArrivingEntry(LargeTenantModel):
    """A row of a file that waits for being taken; its id becomes the entry's.

    `person_no` is ciphertext made for the entry's place: rows are taken over without being opened.
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    arrival = models.ForeignKey(
        EntryArrival,
        verbose_name="导入",
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    place = models.PositiveIntegerField("行号")
    family = models.CharField(max_length=20)
    number = models.CharField(max_length=60)
    is_refund = models.BooleanField()
    standing = models.CharField(max_length=8)
    #: Of the entry that it becomes; above 1 where it replaces another reading.
    revision = models.PositiveIntegerField(default=1)
    setl_id = models.CharField(max_length=40)
    mdtrt_id = models.CharField(max_length=40)
    msgid = models.CharField(max_length=64)
    person_no = models.BinaryField(null=True)
    person_no_index = models.BinaryField(null=True)
    person_no_masked = models.CharField(max_length=40)
    person = models.CharField(max_length=60)
    insutype = models.CharField(max_length=6)
    clr_type = models.CharField(max_length=6)
    clr_optins = models.CharField(max_length=20)
    settled_at = models.DateTimeField()
    day = models.DateField()
    total = models.DecimalField(max_digits=16, decimal_places=2)
    fund = models.DecimalField(max_digits=16, decimal_places=2)
    account = models.DecimalField(max_digits=16, decimal_places=2)
    cash = models.DecimalField(max_digits=16, decimal_places=2)
    about = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "待入账的结算"
        indexes = [models.Index(fields=["institution", "arrival", "family", "number"], name="arriving_by_number")]
        constraints = [models.UniqueConstraint(fields=["institution", "arrival", "place"], name="one_arriving_a_place")]
