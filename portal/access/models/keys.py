from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from rest_framework_api_key.models import AbstractAPIKey, BaseAPIKeyManager

from portal.access.models.people import User
from portal.access.rows import TenantModel, new_id
from portal.vault.fields import SealedField


class InstitutionKeyManager(BaseAPIKeyManager):
    """`create_key(name=…, …)` returns the row and the key itself, which is stored nowhere."""

    def assign_key(self, obj: Any) -> str:
        key: str = super().assign_key(obj)
        obj.id = new_id()  # the package would put the hash into the primary key, which is shown in addresses
        return key


class InstitutionKey(TenantModel, AbstractAPIKey):  # type: ignore[misc]
    """What a hospital system signs in with. Read before an institution is known, hence platform rows."""

    platform_rows = True
    objects = InstitutionKeyManager()  # type: ignore[assignment, misc]

    name = models.CharField("名称", max_length=50)
    revoked = models.BooleanField("已作废", default=False, editable=False)
    expiry_date = models.DateTimeField("有效期至", null=True, blank=True)
    scopes = ArrayField(models.CharField(max_length=80), verbose_name="权限")
    addresses = ArrayField(models.CharField(max_length=43), verbose_name="允许的地址", default=list, blank=True)
    #: Calls a minute; what is more gets 429.
    per_minute = models.PositiveIntegerField("每分钟请求数", default=600)
    #: Set: every call must be signed with it (HMAC-SM3). Shown once, with the key.
    signing = SealedField("签名密钥", null=True)
    #: Minutes since 1970 of the latest call, and how many there were in it.
    minute = models.BigIntegerField(default=0, editable=False)
    calls = models.PositiveIntegerField(default=0, editable=False)
    made_by = models.ForeignKey(User, verbose_name="创建人", on_delete=models.PROTECT, related_name="+")
    last_used_at = models.DateTimeField("最近使用", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "接口密钥"
        ordering = ["-created"]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def state(self) -> str:
        """In words for the list: 有效, 已作废 or 已过期."""
        if self.revoked:
            return "已作废"
        return "已过期" if self.has_expired else "有效"
