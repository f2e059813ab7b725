"""Excel files that a person brought: the centre's catalogue, or the hospital's mappings. Looked at first, then used."""

from typing import Any

from django.db import models

from injury.models.catalogue import CatalogueFields, CatalogueItem
from portal.access.models.institution import Environment
from portal.access.rows import TenantModel


class FileKind(models.TextChoices):
    CATALOGUE = "catalogue", "中心目录"
    MAPPINGS = "mappings", "目录对照"


class FileState(models.TextChoices):
    READING = "reading", "读取中"
    FAULTY = "faulty", "有错误"
    PREVIEW = "preview", "待确认"
    USED = "used", "已导入"
    DROPPED = "dropped", "已放弃"

    @classmethod
    def open(cls) -> list[str]:
        """Those that another file may take the place of."""
        return [cls.READING, cls.FAULTY, cls.PREVIEW]


class Finding(models.TextChoices):
    """What using a line would do."""

    NEW = "new", "新增"
    VERSION = "version", "新版本"
    CHANGED = "changed", "内容变化"
    SAME = "same", "无变化"
    OLDER = "older", "旧版本（不导入）"


class CatalogueFile(TenantModel):
    """One file and what reading it found; its bytes are forgotten once they are read.

    `counts` by finding, and of what is not in the file (`gone`); `faults` are the first sentences, `fault_count` all.
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    kind = models.CharField("内容", max_length=10, choices=FileKind)
    name = models.CharField("文件名", max_length=200)
    state = models.CharField("状态", max_length=10, choices=FileState, default=FileState.READING)
    content = models.BinaryField("文件内容", null=True)
    #: A catalogue that is complete: what it lacks, the centre has given up.
    is_complete = models.BooleanField("完整目录", default=False)
    rows = models.PositiveIntegerField("行数", default=0)
    counts = models.JSONField("预览", default=dict)
    faults = models.JSONField("错误", default=list)
    fault_count = models.PositiveIntegerField("错误数", default=0)
    uploaded_by = models.ForeignKey(
        "access.User", verbose_name="导入人", on_delete=models.PROTECT, null=True, related_name="+"
    )
    uploaded_as = models.CharField("导入人（显示）", max_length=100, blank=True)
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    used_as = models.CharField("确认人（显示）", max_length=100, blank=True)
    used_at = models.DateTimeField("导入时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "目录文件"
        ordering = ["-uploaded_at"]
        indexes = [
            models.Index(fields=["institution", "environment", "kind", "-uploaded_at"], name="catalogue_file_newest")
        ]

    def __str__(self) -> str:
        return self.name


class CatalogueLine(TenantModel, CatalogueFields):
    """A line of the centre's file; becomes a CatalogueItem with the same id."""

    file = models.ForeignKey(CatalogueFile, verbose_name="文件", on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField("行号")
    finding = models.CharField("比对", max_length=7, choices=Finding, default=Finding.NEW)

    class Meta:
        verbose_name = verbose_name_plural = "中心目录文件的行"
        ordering = ["number"]
        indexes = [
            models.Index(fields=["institution", "file", "finding", "number"], name="catalogue_line_by_finding"),
            models.Index(fields=["institution", "file", "code", "version"], name="catalogue_line_by_code"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class MappingLine(TenantModel):
    """A line of the hospital's own file; `item` is the version that its centre code means now."""

    file = models.ForeignKey(CatalogueFile, verbose_name="文件", on_delete=models.CASCADE, related_name="mapping_lines")
    number = models.PositiveIntegerField("行号")
    kind = models.CharField("种类", max_length=3)
    own_code = models.CharField("医院内码", max_length=30)
    own_name = models.CharField("医院项目名称", max_length=100)
    own_initials = models.CharField("拼音首字母", max_length=100, blank=True, editable=False)
    own_price = models.DecimalField("医院单价", max_digits=18, decimal_places=6, null=True)
    specification = models.CharField("规格", max_length=50, blank=True)
    centre_code = models.CharField("中心编码", max_length=20)
    item: "models.ForeignKey[Any, Any]" = models.ForeignKey(
        CatalogueItem, verbose_name="中心目录项目", on_delete=models.CASCADE, null=True, related_name="+"
    )
    version = models.CharField("目录版本号", max_length=30, blank=True)
    category = models.CharField("收费类别", max_length=5, blank=True)
    valid_from = models.DateField("对照生效日期", null=True)
    valid_to = models.DateField("对照失效日期", null=True)
    finding = models.CharField("比对", max_length=7, choices=Finding, default=Finding.NEW)

    class Meta:
        verbose_name = verbose_name_plural = "目录对照文件的行"
        ordering = ["number"]
        indexes = [models.Index(fields=["institution", "file", "finding", "number"], name="mapping_line_by_finding")]
        constraints = [
            models.UniqueConstraint(fields=["institution", "file", "own_code", "kind"], name="one_mapping_line_an_item")
        ]

    def __str__(self) -> str:
        return f"{self.own_name}（{self.own_code}）"
