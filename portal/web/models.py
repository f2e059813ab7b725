from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from portal.access.member import Member
from portal.access.rows import TenantModel


class SavedView(TenantModel):
    """A filter, sort and choice of columns of one list, kept by a person and perhaps shared in the institution."""

    user = models.ForeignKey("access.User", verbose_name="人员", on_delete=models.PROTECT, related_name="+")
    page = models.CharField("列表", max_length=60)
    name = models.CharField("名称", max_length=30)
    shared = models.BooleanField("本机构共享", default=False)
    query = models.CharField("筛选与排序", max_length=2000, blank=True)
    columns = ArrayField(models.CharField(max_length=60), verbose_name="显示的列", default=list, blank=True)
    created_at = models.DateTimeField("保存时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "列表视图"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "page", "user", "name"], name="one_view_of_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """The query string that shows a list as it was saved."""
        columns = urlencode([("columns", name) for name in self.columns])
        return "?" + "&".join(part for part in (self.query, columns, f"view={self.pk}") if part)

    @classmethod
    def visible_to(cls, member: Member, page: str) -> list["SavedView"]:
        """The member's own views of a list and those shared in the institution."""
        mine: Any = Q(user=member.user) if member.user else Q(pk__isnull=True)
        return list(cls.objects.filter(mine | Q(shared=True), page=page).select_related("user"))
