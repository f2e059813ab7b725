"""People of an institution, as its administrator manages them; call inside the institution's door."""

from collections.abc import Collection

from axes.utils import reset as forget_failures
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from portal.access import actions
from portal.access.member import Member
from portal.access.models import GrantState, Institution, Membership, RoleGrant, User
from portal.access.permissions import MEMBERS, Role
from portal.access.services.accounts import new_reset_code, remove_devices
from portal.access.services.chains import note
from portal.access.services.passwords import give_one_time_password
from portal.access.services.refusals import NotAllowed
from portal.audit import record


def labels(roles: Collection[str]) -> str:
    return "、".join(role.label for role in Role if role in roles) or "无"


def invite_member(
    username: str, full_name: str, roles: Collection[str], *, by: Member
) -> tuple[Membership, str, RoleGrant | None]:
    """A new person with a one-time password (shown once); the roles wait for a second person under four eyes.

    Raises ValidationError for a bad or used user name, NotAllowed for a role that an institution does not have.
    """
    wanted = institution_roles(roles)
    user = new_user(username, full_name, managed_by=by.institution)
    password = give_one_time_password(user)
    membership = Membership.objects.create(user=user, roles=[])
    record(actions.MEMBER_INVITED, membership, by=by, username=username, roles=labels(wanted))
    return membership, password, change_roles(membership, wanted, by=by)


def new_user(username: str, full_name: str, *, managed_by: Institution | None, platform: bool = False) -> User:
    user = User(username=username, full_name=full_name, managed_by=managed_by, is_platform_admin=platform)
    user.set_unusable_password()
    user.full_clean(exclude=["password"])
    user.save()
    return user


@transaction.atomic
def change_roles(membership: Membership, roles: Collection[str], *, by: Member) -> RoleGrant | None:
    """Take roles away at once; give new ones at once, or after a second person's approval under four eyes.

    Returns the grant that now waits, or None. Raises NotAllowed for one's own roles and for roles of the platform.
    """
    wanted, membership = institution_roles(roles), locked(membership)
    refuse_own(membership, by, "不能修改自己的角色")
    before, kept = list(membership.roles), [role for role in membership.roles if role in wanted]
    waiting = membership.grants.filter(state=GrantState.WAITING)
    waiting.update(state=GrantState.REFUSED, decided_by=by.user, decided_at=timezone.now())
    if set(wanted) <= set(before) or not four_eyes(by):
        set_roles(membership, wanted, by=by)
        return None
    set_roles(membership, kept, by=by)
    grant = RoleGrant.objects.create(
        membership=membership, person=membership.user, before=kept, roles=wanted, requested_by=by.person
    )
    record(
        actions.GRANT_REQUESTED,
        membership,
        by=by,
        username=membership.user.username,
        before=labels(kept),
        after=labels(wanted),
    )
    return grant


@transaction.atomic
def decide_grant(grant: RoleGrant, *, approve: bool, by: Member) -> None:
    """Approve or refuse what a colleague asked for; raises NotAllowed for one's own request or one's own roles."""
    grant = RoleGrant.objects.select_for_update().get(pk=grant.pk)
    membership = locked(grant.membership)
    if grant.state != GrantState.WAITING:
        raise NotAllowed("这项申请已经处理过了")
    if approve and by.is_user(grant.requested_by_id):
        raise NotAllowed("申请人不能复核自己的申请，请另一位管理员或复核人员处理")
    if approve and by.is_user(grant.person_id):
        raise NotAllowed("不能为自己授予角色，请另一位管理员或复核人员处理")
    grant.state = GrantState.APPROVED if approve else GrantState.REFUSED
    grant.decided_by, grant.decided_at = by.user, timezone.now()
    grant.save()
    action, username = actions.GRANT_APPROVED if approve else actions.GRANT_REFUSED, membership.user.username
    record(action, membership, by=by, username=username, after=labels(grant.roles))
    if approve:
        set_roles(membership, grant.roles, by=by)


def set_roles(membership: Membership, roles: Collection[str], *, by: Member) -> None:
    before, after = labels(membership.roles), labels(roles)
    if set(membership.roles) == set(roles):
        return
    membership.roles = sorted(roles)
    membership.save(update_fields=["roles"])
    record(actions.ROLES_CHANGED, membership, by=by, username=membership.user.username, before=before, after=after)


@transaction.atomic
def deactivate_member(membership: Membership, *, by: Member) -> None:
    """The person may no longer enter this institution; takes effect with the next click."""
    membership = locked(membership)
    refuse_own(membership, by, "不能停用自己")
    membership.is_active = False
    membership.save(update_fields=["is_active"])
    record(actions.MEMBER_DEACTIVATED, membership, by=by, username=membership.user.username)


@transaction.atomic
def activate_member(membership: Membership, *, by: Member) -> RoleGrant | None:
    """Let the person in again; under four eyes the roles come back only after a second person's approval."""
    membership = locked(membership)
    refuse_own(membership, by, "不能启用自己")
    roles = list(membership.roles)
    membership.is_active = True
    membership.roles = [] if four_eyes(by) else roles
    membership.save(update_fields=["is_active", "roles"])
    record(actions.MEMBER_ACTIVATED, membership, by=by, username=membership.user.username)
    return change_roles(membership, roles, by=by)


def unlock_member(membership: Membership, *, by: Member) -> None:
    """End the lock after wrong passwords, from every address."""
    forget_failures(username=membership.user.username)
    note(actions.UNLOCKED, membership, by=by, username=membership.user.username)


def make_reset_code(membership: Membership, *, by: Member) -> str:
    """A code to hand to this person; raises NotAllowed for accounts that other institutions use as well."""
    require_management(membership.user, by)
    code = new_reset_code(membership.user, by=by)
    note(actions.RESET_CODE_MADE, membership, by=by, username=membership.user.username)
    return code


def remove_totp(membership: Membership, *, by: Member) -> None:
    """For a lost telephone; raises NotAllowed for accounts that other institutions use as well."""
    require_management(membership.user, by)
    refuse_own(membership, by, "不能取消自己的动态口令，请另一位管理员处理")
    if not remove_devices(membership.user):
        raise NotAllowed("此人没有启用动态口令")
    note(actions.TOTP_REMOVED, membership, by=by, username=membership.user.username)


def require_management(user: User, by: Member) -> None:
    if user.is_platform_admin or user.managed_by_id != by.institution_id:
        raise NotAllowed("此人的账号还用于其他机构或平台，请由平台管理员处理")


def refuse_own(membership: Membership, by: Member, why: str) -> None:
    if by.is_user(membership.user_id):
        raise NotAllowed(why)


def institution_roles(roles: Collection[str]) -> list[str]:
    if foreign := set(roles) - set(MEMBERS):
        raise NotAllowed(f"机构内没有这个角色：{labels(foreign)}", "roles")
    return sorted(str(role) for role in roles)


def locked(membership: Membership) -> Membership:
    return Membership.objects.select_for_update(of=("self",)).select_related("user").get(pk=membership.pk)


def four_eyes(by: Member) -> bool:
    return by.institution is None or by.institution.four_eyes


def username_taken(error: ValidationError) -> bool:
    return any(e.code == "unique" for errors in error.error_dict.values() for e in errors)
