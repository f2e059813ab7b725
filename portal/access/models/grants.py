from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from portal.access.models.people import Membership, User
from portal.access.permissions import Role
from portal.access.rows import TenantModel


class GrantState(models.TextChoices):
    WAITING = "waiting", "待复核"
    APPROVED = "approved", "已同意"
    REFUSED = "refused", "未同意"


class RoleGrant(TenantModel):
    """More rights for a person, waiting for a second pair of eyes; the platform may be that second pair."""

    platform_rows = True

    membership = models.ForeignKey(Membership, verbose_name="人员", on_delete=models.PROTECT, related_name="grants")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    before = ArrayField(models.CharField(max_length=20, choices=Role), verbose_name="原角色", default=list)
    roles = ArrayField(models.CharField(max_length=20, choices=Role), verbose_name="申请角色")
    state = models.CharField("状态", max_length=10, choices=GrantState, default=GrantState.WAITING)
    requested_by = models.ForeignKey(User, verbose_name="申请人", on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField("申请时间", auto_now_add=True)
    decided_by = models.ForeignKey(User, verbose_name="复核人", on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField("复核时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "角色授予"
        ordering = ["-requested_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "membership"],
                condition=Q(state=GrantState.WAITING),
                name="one_waiting_grant_a_member",
            ),
            models.CheckConstraint(
                # "refused" may be one's own: whoever asked may withdraw
                condition=~Q(state=GrantState.APPROVED)
                | (~Q(decided_by=F("requested_by")) & ~Q(decided_by=F("person"))),
                name="grant_needs_a_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}：{self.role_labels}"

    @property
    def role_labels(self) -> str:
        return "、".join(Role(role).label for role in self.roles) or "无"

    @property
    def before_labels(self) -> str:
        return "、".join(Role(role).label for role in self.before) or "无"
