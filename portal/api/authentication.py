"""Who calls: a hospital system with its key, or a person with the session of the web pages."""

import ipaddress
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from portal.access import actions
from portal.access.door import platform_tx
from portal.access.gate import institution_member, needs_totp
from portal.access.member import Member
from portal.access.models import InstitutionKey, User
from portal.access.services.chains import note
from portal.access.services.keys import grantable_scopes
from portal.access.services.sign_in import origin, visitor
from portal.api.limits import count_call
from portal.api.problems import Problem
from portal.api.signing import check_signature

SCHEME = "Api-Key"
#: Writing "last used" on every call would lock the row; it is exact to this many seconds.
GRAIN = 60


class KeyOrSession(BaseAuthentication):
    """Gives `request.member`; `request.user` is the person, or anonymous for a key."""

    def authenticate(self, request: Request) -> tuple[User | AnonymousUser, Member] | None:
        header = request.headers.get("Authorization", "")
        member = self.by_key(request, header) if header else self.by_session(request)
        if member is None:
            return None
        request._request.member = member  # type: ignore[attr-defined]
        return member.user or AnonymousUser(), member

    def authenticate_header(self, request: Request) -> str:
        return f'{SCHEME} realm="api"'

    def by_key(self, request: Request, header: str) -> Member:
        scheme, _, text = header.partition(" ")
        if scheme.lower() != SCHEME.lower() or not text.strip():
            raise AuthenticationFailed(f"请使用 Authorization: {SCHEME} 密钥")
        key = find_key(text.strip())
        if key is None:
            prefix = text.strip().partition(".")[0][:8]
            note(actions.KEY_REFUSED, by=visitor(request._request), prefix=prefix, reason="无效或已作废")
            raise AuthenticationFailed("接口密钥无效或已作废")
        member = member_of(key, request)
        if reason := why_not(key, member.address):
            facts = {"prefix": key.prefix, "reason": reason}
            note(actions.KEY_REFUSED, key, by=member, institution=key.institution, **facts)
            raise AuthenticationFailed(f"接口密钥不能使用：{reason}")
        if key.signing is not None:
            check_signature(request, key)
        mark_used(key, member)
        return member

    def by_session(self, request: Request) -> Member | None:
        http: Any = request._request
        if not isinstance(http.user, User):
            return None
        try:
            SessionAuthentication().enforce_csrf(request)
        except PermissionDenied:
            raise Problem(403, "csrf-failed", "网页会话的请求须带 X-CSRFToken；程序请使用接口密钥") from None
        if http.user.needs_new_password:
            raise Problem(403, "password-change-required", "请先在网页上设置新密码")
        http.member = institution_member(http)
        if needs_totp(http):
            raise Problem(403, "second-factor-required", "请先在网页上启用动态口令")
        return http.member  # type: ignore[no-any-return]


def find_key(text: str) -> InstitutionKey | None:
    """The key that is not revoked and whose secret fits. Raises Problem when it has made too many calls."""
    with platform_tx():
        usable = InstitutionKey.objects.filter(revoked=False).select_related("institution").order_by()
        key: InstitutionKey | None = next(iter(usable.filter(prefix=text.partition(".")[0].replace("\0", ""))), None)
        if key is None or not key.is_valid(text):
            return None
        count_call(key)
    return key


def member_of(key: InstitutionKey, request: Request) -> Member:
    scopes = {p.name for p in grantable_scopes()} & set(key.scopes)
    address, request_id = origin(request._request)
    return Member(
        None,
        key.institution,
        frozenset(),
        address,
        request_id,
        key=f"{key.name}（{key.prefix}）",
        scopes=frozenset({*scopes, "portal.use"}),
    )


def why_not(key: InstitutionKey, address: str) -> str:
    """Why this key may not be used now and from here; "" when it may."""
    if not key.institution.is_active:
        return "机构已停用"
    if key.has_expired:
        return "已过期"
    if key.addresses:
        try:
            caller = ipaddress.ip_address(address)
        except ValueError:
            return "来源地址未知"
        networks = [ipaddress.ip_network(one) for one in key.addresses]
        if not any(caller in one for one in networks if one.version == caller.version):
            return f"来源地址 {address} 不在允许范围"
    return ""


def mark_used(key: InstitutionKey, member: Member) -> None:
    """Remember the use, and record the first one of each day in the chains."""
    now, before = timezone.now(), key.last_used_at
    if before is not None and (now - before).total_seconds() < GRAIN:
        return
    with platform_tx():
        InstitutionKey.objects.filter(pk=UUID(str(key.pk))).update(last_used_at=now)
        if before is None or timezone.localdate(before) != timezone.localdate(now):
            note(actions.KEY_USED, key, by=member, institution=key.institution, name=key.name, prefix=key.prefix)
