"""The institution's own goods and services with their place in the national catalogue: what lines are made of."""

from django.db import models

from portal.access.models.institution import Environment
from portal.access.rows import TenantModel
from settlement.models.line import plain, yuan


class OwnItem(TenantModel):
    """One own item (medins_list_codg) and the national code it is charged under (med_list_codg).

    Learned from every line that arrives; searched by code, name and pinyin initials while a basket is filled.
    """

    environment = models.CharField("运行环境", max_length=10, choices=Environment, editable=False)
    own_code = models.CharField("机构项目编码", max_length=150)
    own_name = models.CharField("项目名称", max_length=200)
    initials = models.CharField("拼音首字母", max_length=200, blank=True)
    item_code = models.CharField("医疗目录编码", max_length=50)
    category = models.CharField("收费项目类别", max_length=6, blank=True)
    spec = models.CharField("规格", max_length=200, blank=True)
    unit = models.CharField("单位", max_length=20, blank=True)
    price = yuan("单价", 16, 6)
    used_at = models.DateTimeField("最近使用", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "机构项目"
        ordering = ["own_code"]
        indexes = [
            models.Index(fields=["institution", "environment", "initials"], name="own_item_by_initials"),
            models.Index(fields=["institution", "environment", "own_name"], name="own_item_by_name"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["institution", "environment", "own_code"], name="one_item_an_own_code"),
        ]

    @property
    def shown_price(self) -> str:
        """At least two places."""
        whole, _, rest = plain(self.price).partition(".")
        return f"{whole}.{rest.ljust(2, '0')}"

    def __str__(self) -> str:
        return f"{self.own_code} {self.own_name}"
