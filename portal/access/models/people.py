from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone

from portal.access.models.institution import Institution
from portal.access.permissions import Role
from portal.access.rows import TenantModel


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=username)


class User(AbstractBaseUser):
    """A person who signs in. What a person may do follows from memberships, never from flags here."""

    username = models.CharField(
        "用户名",
        max_length=30,
        unique=True,
        validators=[RegexValidator(r"^[a-zA-Z0-9_.-]{2,30}$", "用户名：2–30 位字母、数字、点、横线或下划线")],
        error_messages={"unique": "用户名已被使用"},
    )
    full_name = models.CharField("姓名", max_length=50)
    is_active = models.BooleanField("启用", default=True)
    is_platform_admin = models.BooleanField("平台管理员", default=False)
    must_change_password = models.BooleanField("须修改密码", default=True)
    password_set_at = models.DateTimeField("密码设置时间", default=timezone.now)
    session_key = models.CharField("当前会话", max_length=40, blank=True, editable=False)
    #: Whose administrators may reset this account; empty once it belongs to several institutions, or to the platform.
    managed_by = models.ForeignKey(
        Institution, verbose_name="账号管理机构", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    #: In `session_key`: no session is valid (signed out, or the password was reset).
    NO_SESSION = "-"
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["full_name"]
    objects = UserManager()
    app_may = ("SELECT", "INSERT", "UPDATE")

    class Meta:
        verbose_name = verbose_name_plural = "人员"
        ordering = ["username"]

    def __str__(self) -> str:
        return self.full_name or self.username

    @property
    def is_staff(self) -> bool:
        """Django admin asks this; the gate decides the rest (portal.web.site)."""
        return self.is_active

    @property
    def one_time_password_expires(self) -> datetime:
        return self.password_set_at + timedelta(hours=settings.ONE_TIME_PASSWORD_HOURS)

    @property
    def password_expired(self) -> bool:
        return timezone.now() > self.password_set_at + timedelta(days=settings.PASSWORD_DAYS)

    @property
    def needs_new_password(self) -> bool:
        return self.must_change_password or self.password_expired

    # Django's own permission table is not used; admin pages ask the gate instead.
    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False


class PastPassword(models.Model):
    """Hashes of earlier passwords: the last five may not come back (design 4.3)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="past_passwords")
    password = models.CharField(max_length=128)
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "历史密码"
        ordering = ["-set_at"]


class Membership(TenantModel):
    """A person's roles in one institution. Sign-in reads it before an institution is chosen, hence platform rows."""

    platform_rows = True

    user = models.ForeignKey(User, verbose_name="人员", on_delete=models.PROTECT, related_name="memberships")
    roles = ArrayField(models.CharField(max_length=20, choices=Role), verbose_name="角色", default=list)
    is_active = models.BooleanField("启用", default=True)
    created_at = models.DateTimeField("加入时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "机构人员"
        constraints = [models.UniqueConstraint(fields=["institution", "user"], name="one_membership_a_person")]

    def __str__(self) -> str:
        return f"{self.user}（{self.role_labels}）"

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        # One hospital's administrator must not get hold of an account that also works elsewhere.
        elsewhere = (
            User.objects.filter(pk=self.user_id).exclude(managed_by=None).exclude(managed_by=self.institution_id)
        )
        elsewhere.update(managed_by=None)

    @property
    def role_labels(self) -> str:
        return "、".join(Role(role).label for role in self.roles) or "无"
