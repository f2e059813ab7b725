"""The catalogues of 1301 to 1315, kept by version: public, large, and therefore one store for a whole region.

These tables belong to no institution and say nothing about one: whoever works in the region reads them, and whoever
downloads holds the catalogue's lease while doing so. What an institution asked for is in its own jobs and records.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from portal.access.models.institution import Environment


class Catalogue(models.Model):
    """One catalogue of one region and environment, and who may write it now.

    `version` is the centre's label of the newest version that is here completely, `edition` our number of it, 1 for
    the first; `asked_at` is when the centre last had nothing newer.
    """

    app_may = ("SELECT", "INSERT", "UPDATE")
    reached_anywhere = True

    region = models.CharField("医保区划", max_length=6)
    #: Host of the centre's address: what a sandbox invents never mixes with what a centre says.
    host = models.CharField("中心地址", max_length=200)
    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    number = models.CharField("交易编号", max_length=6)
    version = models.CharField("版本号", max_length=40, blank=True)
    edition = models.PositiveIntegerField("版次", default=0)
    rows = models.PositiveIntegerField("有效条数", default=0)
    taken_at = models.DateTimeField("最近更新", null=True)
    asked_at = models.DateTimeField("最近核对", null=True)
    holder = models.UUIDField("下载任务", null=True, editable=False)
    held_until = models.DateTimeField("下载占用至", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "医保目录"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["region", "host", "environment", "number"], name="one_catalogue_a_region"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.version}"


class CatalogueEdition(models.Model):
    """One version that came: what it was called, which columns it had, what it changed."""

    app_may = ("SELECT", "INSERT")

    catalogue = models.ForeignKey(Catalogue, verbose_name="目录", on_delete=models.PROTECT, related_name="editions")
    edition = models.PositiveIntegerField("版次")
    version = models.CharField("版本号", max_length=40)
    name = models.CharField("版本名称", max_length=100, blank=True)
    columns = models.JSONField("列", default=list)
    file_name = models.CharField("文件名", max_length=200, blank=True)
    arrived = models.PositiveIntegerField("文件条数", default=0)
    added = models.PositiveIntegerField("新增", default=0)
    changed = models.PositiveIntegerField("变更", default=0)
    ended = models.PositiveIntegerField("停用", default=0)
    rows = models.PositiveIntegerField("有效条数", default=0)
    taken_at = models.DateTimeField("下载时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "目录版本"
        ordering = ["-edition"]
        constraints = [
            models.UniqueConstraint(fields=["catalogue", "edition"], name="one_edition_of_a_catalogue"),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.name}".strip()


class Change(models.TextChoices):
    """What a version did to an entry."""

    ADDED = "added", "新增"
    CHANGED = "changed", "变更"
    ENDED = "ended", "停用"


class EntryFields(models.Model):
    """What an entry says. `key` is the file's first column, `code` what people call it by; `line` is the whole line of
    the file, Tab between its columns. `grams` are the pieces of `words` and `initials` that a search is looked up by.
    """

    catalogue = models.ForeignKey(Catalogue, verbose_name="目录", on_delete=models.PROTECT, related_name="+")
    key = models.CharField("主键", max_length=100, db_collation="C")
    code = models.CharField("编码", max_length=100, db_collation="C")
    name = models.CharField("名称", max_length=500)
    words = models.CharField("检索词", max_length=1500, blank=True)
    initials = models.CharField("拼音首字母", max_length=500, blank=True)
    grams = ArrayField(models.CharField(max_length=4), verbose_name="检索片段", default=list)
    spec = models.CharField("规格", max_length=300, blank=True)
    unit = models.CharField("单位", max_length=100, blank=True)
    maker = models.CharField("生产企业", max_length=300, blank=True)
    grade = models.CharField("收费项目等级", max_length=6, blank=True)
    is_valid = models.BooleanField("有效", default=True)
    begins_on = models.DateField("开始日期", null=True)
    ends_on = models.DateField("结束日期", null=True)
    digest = models.UUIDField("摘要", editable=False)
    line = models.TextField("原文", blank=True)

    class Meta:
        abstract = True


class CatalogueEntry(EntryFields):
    """One entry as the versions from `since` on have it, until `replaced_in` (empty: it is the newest)."""

    app_may = ("SELECT", "INSERT", "UPDATE")

    since = models.PositiveIntegerField("起始版次")
    replaced_in = models.PositiveIntegerField("被替换版次", null=True)
    change = models.CharField("变化", max_length=7, choices=Change)

    class Meta:
        verbose_name = verbose_name_plural = "目录条目"
        ordering = ["code", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["catalogue", "key"],
                condition=models.Q(replaced_in__isnull=True),
                name="one_newest_entry_a_key",
            ),
        ]
        indexes = [
            models.Index(fields=["code", "id"], name="entry_by_code"),
            models.Index(fields=["catalogue", "key", "since"], name="entry_by_key"),
            models.Index(fields=["catalogue", "since", "code"], name="entry_by_edition"),
            GinIndex(fields=["grams"], name="entry_by_grams"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class CatalogueArrival(EntryFields):
    """A line of a version that is being read; gone when the version is here completely. `place` is its line number."""

    app_may = ("SELECT", "INSERT", "DELETE")

    place = models.PositiveIntegerField("行号")

    class Meta:
        verbose_name = verbose_name_plural = "待入库目录条目"
        ordering = ["place"]
        indexes = [models.Index(fields=["catalogue", "key", "place"], name="arrival_by_key")]

    def __str__(self) -> str:
        return f"{self.place} {self.code}"
