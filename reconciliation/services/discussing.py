"""Remarks on a difference, and who looks after it."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from portal.access.member import Member
from portal.access.models import Membership, User
from portal.audit import record
from reconciliation.actions import DIFFERENCE_NOTED, DIFFERENCES_ASSIGNED
from reconciliation.models import Comment, Difference, DifferenceState
from reconciliation.services.refusals import Refused

LONGEST = 1000


def comment(difference: Difference, text: str, *, by: Member) -> Comment:
    """Write a remark; Refused without words."""
    if not text.strip():
        raise Refused("请填写备注", "text")
    made = Comment.objects.create(
        environment=difference.environment,
        difference=difference,
        text=text.strip()[:LONGEST],
        written_by=by.user,
        written_as=by.label[:100],
    )
    record(DIFFERENCE_NOTED, difference, by=by, what=str(difference))
    return made


def assign(rows: QuerySet[Difference], to: User | None, *, by: Member) -> int:
    """Give open differences to a colleague, or to nobody; how many were. Refused for somebody from elsewhere."""
    if to is not None and not any(to.pk == one.pk for one in colleagues()):
        raise Refused("请选择本机构的经办或复核人员", "to")
    changed = (
        Difference.objects.filter(pk__in=rows.order_by().values("pk"), state__in=DifferenceState.live())
        .exclude(assigned_to=to)
        .update(assigned_to=to, assigned_at=timezone.now() if to else None)
    )
    if changed:
        record(DIFFERENCES_ASSIGNED, by=by, count=changed, who=str(to) if to else "（取消指派）")
    return changed


def assign_one(difference: Difference, to: User | None, *, by: Member) -> None:
    """The same for one; Refused when it has been dealt with. Naming the same person again changes nothing."""
    if not difference.is_live:
        raise Refused(f"这条差异已是“{difference.get_state_display()}”")
    assign(Difference.objects.filter(pk=difference.pk), to, by=by)


def colleague(username: str) -> User:
    """The colleague of that name; Refused for anybody else."""
    found = next((one for one in colleagues() if one.username == username), None)
    if found is None:
        raise Refused("请选择本机构的经办或复核人员", "to")
    return found


def colleagues() -> list[User]:
    """People of the institution who deal with differences, by name; inside the door."""
    rows = Membership.objects.filter(is_active=True, user__is_active=True).select_related("user")
    found = {one.user.pk: one.user for one in rows if {"clerk", "reviewer"} & set(one.roles)}
    return sorted(found.values(), key=str)
