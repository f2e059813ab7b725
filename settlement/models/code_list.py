"""Code lists as the province has them (1901), beside ours; public, so one copy for a region."""

from django.db import models

from portal.access.models.institution import Environment


class RegionCodes(models.Model):
    """One dictionary as a region's centre told it: `entries` as [code, label, parent, sort, flag, valid]."""

    app_may = ("SELECT", "INSERT", "UPDATE")
    reached_anywhere = True

    region = models.CharField("医保区划", max_length=6)
    host = models.CharField("中心地址", max_length=200)
    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    kind = models.CharField("字典类型", max_length=60)
    version = models.CharField("版本号", max_length=40, blank=True)
    valid_on = models.DateField("查询日期")
    entries = models.JSONField("字典", default=list)
    count = models.PositiveIntegerField("条数", default=0)
    added = models.PositiveIntegerField("中心多出", default=0)
    missing = models.PositiveIntegerField("中心没有", default=0)
    renamed = models.PositiveIntegerField("名称不同", default=0)
    asked_at = models.DateTimeField("获取时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "中心字典"
        ordering = ["kind"]
        constraints = [
            models.UniqueConstraint(fields=["region", "host", "environment", "kind"], name="one_dictionary_a_region"),
        ]

    def __str__(self) -> str:
        return self.kind

    @property
    def is_same(self) -> bool:
        return not (self.added or self.missing or self.renamed)
