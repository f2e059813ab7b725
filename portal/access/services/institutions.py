"""Institutions and their first people, as the platform manages them; call outside every door."""

from typing import Any

from axes.utils import reset as forget_failures

from portal.access import actions
from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.access.models import Institution, Membership, RoleGrant, User
from portal.access.permissions import INSTITUTION_ADMIN
from portal.access.services import members
from portal.access.services.accounts import new_reset_code, remove_devices
from portal.access.services.chains import home_of, note
from portal.access.services.passwords import give_one_time_password
from portal.access.services.refusals import NotAllowed
from portal.audit import record, record_platform


def create_institution(institution: Institution, *, by: Member) -> Institution:
    """Save a new institution; raises ValidationError."""
    institution.full_clean()
    institution.save()
    facts = {"code": institution.code, "name": institution.name}
    note(actions.INSTITUTION_CREATED, institution, by=by, institution=institution, **facts)
    return institution


def change_institution(institution: Institution, changed: dict[str, Any], *, by: Member) -> None:
    """Save the changed fields; raises ValidationError. The record names each field with its value before and after."""
    before = Institution.objects.get(pk=institution.pk)
    for name, value in changed.items():
        setattr(institution, name, value)
    institution.full_clean()
    differing = [name for name in changed if getattr(before, name) != getattr(institution, name)]
    if not differing:
        return
    institution.save(update_fields=differing)
    changes = {name: (shown(before, name), shown(institution, name)) for name in differing}
    code = {"code": institution.code}
    note(actions.INSTITUTION_CHANGED, institution, by=by, institution=institution, changes=changes, **code)


def shown(institution: Institution, name: str) -> object:
    """A field's value as the log shows it: choices by their label."""
    display = getattr(institution, f"get_{name}_display", None)
    return display() if display else getattr(institution, name)


def appoint_administrator(
    institution: Institution, username: str, full_name: str, *, by: Member
) -> tuple[Membership, str, RoleGrant | None]:
    """A new person who manages the institution, with a one-time password (shown once).

    The first one is appointed at once; further ones wait for a colleague there when four eyes apply.
    Raises ValidationError for a bad or used user name.
    """
    with tenant_tx(institution.pk):
        user = members.new_user(username, full_name, managed_by=institution)
        password = give_one_time_password(user)
        others = Membership.objects.filter(is_active=True, roles__contains=[INSTITUTION_ADMIN.value]).exists()
        membership = Membership.objects.create(user=user, roles=[])
        roles = [INSTITUTION_ADMIN.value]
        record(actions.MEMBER_INVITED, membership, by=by, username=username, roles=members.labels(roles))
        if others and institution.four_eyes:
            grant = members.change_roles(membership, roles, by=by)
        else:
            grant = None
            members.set_roles(membership, roles, by=by)
        record_platform(actions.USER_CREATED, user, by=by, username=username)
    return membership, password, grant


def add_person(institution: Institution, username: str, *, by: Member) -> Membership:
    """Let an existing person also work here, without a role yet: the institution's administrator gives those.

    Raises NotAllowed when there is no such person, or the person is there already.
    """
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise NotAllowed("没有这个用户名，或账号已停用", "username")
    with tenant_tx(institution.pk):
        membership, created = Membership.objects.get_or_create(user=user)
        if not created:
            raise NotAllowed("此人已在该机构", "username")
        record(actions.MEMBER_INVITED, membership, by=by, username=username, roles=members.labels([]))
    return membership


def create_user(username: str, full_name: str, *, platform_admin: bool, by: Member) -> tuple[User, str]:
    """A person without an institution, with a one-time password (shown once); raises ValidationError."""
    user = members.new_user(username, full_name, managed_by=None, platform=platform_admin)
    password = give_one_time_password(user)
    action = actions.PLATFORM_ADMIN_MADE if platform_admin else actions.USER_CREATED
    note(action, user, by=by, username=username)
    return user, password


def set_active(user: User, active: bool, *, by: Member) -> None:
    """Open or close an account everywhere; raises NotAllowed for one's own."""
    if by.is_user(user.pk):
        raise NotAllowed("不能停用自己")
    user.is_active = active
    user.save(update_fields=["is_active"])
    action = actions.USER_ACTIVATED if active else actions.USER_DEACTIVATED
    note(action, user, by=by, institution=home_of(user), username=user.username)


def unlock_user(user: User, *, by: Member) -> None:
    forget_failures(username=user.username)
    note(actions.UNLOCKED, user, by=by, institution=home_of(user), username=user.username)


def reset_user(user: User, *, by: Member) -> str:
    """A code to hand to this person; half an hour, once."""
    code = new_reset_code(user, by=by)
    note(actions.RESET_CODE_MADE, user, by=by, institution=home_of(user), username=user.username)
    return code


def remove_user_totp(user: User, *, by: Member) -> None:
    """For a lost telephone; raises NotAllowed for one's own."""
    if by.is_user(user.pk):
        raise NotAllowed("不能取消自己的动态口令，请另一位平台管理员处理")
    if not remove_devices(user):
        raise NotAllowed("此人没有启用动态口令")
    note(actions.TOTP_REMOVED, user, by=by, institution=home_of(user), username=user.username)
