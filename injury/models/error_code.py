"""The documented errors of the gateway as a table, so that people can search, filter and export them."""

from django.db import models


class ErrorCode(models.Model):
    """One row of 5.2, as `injury/codes/errors.json` has it; belongs to no institution, and nobody changes it here."""

    app_may = ("SELECT",)

    number = models.PositiveSmallIntegerField("序号", primary_key=True)
    section = models.CharField("所属接口", max_length=60)
    code = models.CharField("错误代码", max_length=10, db_index=True)
    mark = models.CharField("原文编号", max_length=12, blank=True)
    text = models.CharField("接口说明", max_length=300)
    initials = models.CharField("拼音首字母", max_length=300, blank=True, editable=False)
    next_step = models.CharField("下一步", max_length=300, blank=True)
    definite = models.BooleanField("可断定没有办理")

    class Meta:
        verbose_name = verbose_name_plural = "工伤接口错误代码"
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.code} {self.text}"
