"""Keys of hospital systems; call inside the institution's door (design 4.2: API client)."""

import ipaddress
import secrets
from collections.abc import Collection
from datetime import datetime
from typing import cast

from django.urls import get_resolver
from django.utils import timezone

from portal.access import actions
from portal.access.member import Member
from portal.access.models import InstitutionKey
from portal.access.permissions import AUDITOR, CLERK, Permission, declared_permissions
from portal.access.services.refusals import NotAllowed
from portal.audit import record

#: Permissions that some view of the API asks for; the views say so when their addresses are loaded.
_asked_by_api: set[str] = set()


def offer_to_keys(name: str) -> None:
    _asked_by_api.add(name)


def grantable_scopes() -> list[Permission]:
    """What a program may be allowed: what the API offers of daily work and reading; never approving, people or keys."""
    get_resolver().url_patterns  # noqa: B018  loads the views, if no request has done so yet
    return [
        p
        for p in declared_permissions()
        if p.name in _asked_by_api and p.roles & {CLERK, AUDITOR} and not p.name.startswith(("access.", "portal."))
    ]


#: Calls a minute that a key may be allowed, and what it gets when nobody says.
FEWEST, MOST, USUAL = 1, 6000, 600


def create_key(
    name: str,
    scopes: Collection[str],
    addresses: Collection[str],
    expires: datetime | None,
    *,
    by: Member,
    per_minute: int = USUAL,
    signed: bool = False,
) -> tuple[InstitutionKey, str]:
    """A new key and its text, which is shown once and stored nowhere.

    `addresses` are IP addresses or networks, empty for any. With `signed` the key also has a signing secret
    (`key.signing.reveal()`, to be shown once), and no call without a signature. Raises NotAllowed naming the field.
    """
    if not scopes or set(scopes) - {p.name for p in grantable_scopes()}:
        raise NotAllowed("请选择至少一项接口可以使用的权限", "scopes")
    if expires is not None and expires <= timezone.now():
        raise NotAllowed("有效期须晚于现在", "expires")
    if not FEWEST <= per_minute <= MOST:
        raise NotAllowed(f"每分钟请求数须为 {FEWEST} 到 {MOST}", "per_minute")
    made = InstitutionKey.objects.create_key(
        name=name,
        scopes=sorted(scopes),
        addresses=[network(address) for address in addresses],
        expiry_date=expires,
        made_by=by.person,
        per_minute=per_minute,
        signing=secrets.token_hex(32) if signed else None,
    )
    key, text = cast(InstitutionKey, made[0]), made[1]
    record(actions.KEY_CREATED, key, by=by, name=name, prefix=key.prefix, scopes="、".join(key.scopes))
    return key, text


def revoke_key(key: InstitutionKey, *, by: Member) -> None:
    """The key stops working with the next request, for ever."""
    if key.revoked:
        raise NotAllowed("这个密钥已经作废")
    key.revoked = True
    key.save(update_fields=["revoked"])
    record(actions.KEY_REVOKED, key, by=by, name=key.name, prefix=key.prefix)


def network(address: str) -> str:
    try:
        return str(ipaddress.ip_network(address.strip(), strict=False))
    except ValueError:
        raise NotAllowed(f"不是 IP 地址或网段：{address}", "addresses") from None
