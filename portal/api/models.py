from django.db import models
from django.db.models.functions import Now

from portal.access.rows import TenantModel
from portal.vault.fields import SealedField


class IdempotentCall(TenantModel):
    """What a changing call answered, committed together with its effect; repeating the call gets this again."""

    key = models.CharField("Idempotency-Key", max_length=100)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField("状态码")
    body = SealedField("回应")
    location = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField("时间", auto_now_add=True, db_index=True)

    app_may = ("SELECT", "INSERT", "DELETE")

    class Meta:
        verbose_name = verbose_name_plural = "已回应的接口请求"
        ordering = ["-created_at"]
        constraints = [models.UniqueConstraint(fields=["institution", "key"], name="one_answer_a_key")]

    def __str__(self) -> str:
        return self.key


class UsedNonce(TenantModel):
    """The random number of a signed call, remembered as long as its time stamp would be accepted."""

    key = models.CharField("密钥开头", max_length=8)
    nonce = models.CharField("随机数", max_length=64)
    used_at = models.DateTimeField("时间", db_default=Now())

    app_may = ("SELECT", "INSERT", "DELETE")

    class Meta:
        verbose_name = verbose_name_plural = "已用的随机数"
        ordering = ["-used_at"]
        constraints = [models.UniqueConstraint(fields=["institution", "key", "nonce"], name="one_use_a_nonce")]
        indexes = [models.Index(fields=["institution", "used_at"], name="api_nonce_age")]
