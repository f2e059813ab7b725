from datetime import timedelta

from django.db import models
from django.utils import timezone

from portal.access.models.institution import Institution
from portal.access.models.people import User

#: A code is short enough to be read out; what keeps it safe is its short life and the few tries.
MINUTES = 30
TRIES = 5


def half_an_hour_from_now() -> object:
    return timezone.now() + timedelta(minutes=MINUTES)


class ResetCode(models.Model):
    """Lets a person who forgot the password set a new one; only a keyed hash of the code is stored (design 4.3)."""

    user = models.ForeignKey(User, verbose_name="人员", on_delete=models.CASCADE, related_name="reset_codes")
    institution = models.ForeignKey(
        Institution, verbose_name="出具机构", on_delete=models.PROTECT, related_name="+", null=True
    )
    made_by = models.ForeignKey(User, verbose_name="出具人", on_delete=models.PROTECT, related_name="+")
    code_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField("出具时间", auto_now_add=True)
    expires_at = models.DateTimeField("有效期至", default=half_an_hour_from_now)
    tries = models.PositiveSmallIntegerField("已试次数", default=0)
    used_at = models.DateTimeField("使用时间", null=True)

    app_may = ("SELECT", "INSERT", "UPDATE")

    class Meta:
        verbose_name = verbose_name_plural = "密码重置码"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.user} 的重置码"

    @property
    def is_open(self) -> bool:
        return self.used_at is None and self.tries < TRIES and timezone.now() < self.expires_at
