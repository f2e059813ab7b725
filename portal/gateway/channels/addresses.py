"""The list of hosts that may be called, kept by two people of the platform (design 4.7)."""

from __future__ import annotations

import re

from django.conf import settings
from django.utils import timezone

from portal.access.door import platform_tx
from portal.access.member import Member
from portal.audit import record_platform
from portal.gateway.channels.actions import ADDRESS_APPROVED, ADDRESS_PROPOSED, ADDRESS_REMOVED
from portal.gateway.channels.hosts import is_loopback
from portal.gateway.channels.models import AllowedAddress

HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:]+\])(?::[1-9][0-9]{0,4})?")


class AddressFault(ValueError):
    """An address or an act on the list that is refused; `str()` is the sentence."""


@platform_tx()
def propose_address(host: str, note: str, *, by: Member) -> AllowedAddress:
    """Ask for a host to be allowed. AddressFault when it is malformed or on the list already."""
    host = host.strip().lower()
    if not HOST.fullmatch(host):
        raise AddressFault("主机：应为域名或 IP，可带端口，例如 10.30.22.117:8090，不带 http:// 和路径")
    if settings.PRODUCTION and is_loopback(f"http://{host}"):
        raise AddressFault("主机：正式环境不能使用本机地址")
    if AllowedAddress.objects.filter(host=host, removed_at=None).exists():
        raise AddressFault("主机：已在名单中")
    if by.user is None:
        raise AddressFault("只有平台管理员本人可以申请")
    address = AllowedAddress.objects.create(host=host, note=note.strip(), proposed_by=by.user)
    record_platform(ADDRESS_PROPOSED, address, by=by, host=host)
    return address


@platform_tx()
def approve_address(address: AllowedAddress, *, by: Member) -> None:
    """Allow it. AddressFault for the person who proposed it, or when it is decided already."""
    if by.user is None or by.is_user(address.proposed_by_id):
        raise AddressFault("申请人不能复核自己的申请，请由另一位平台管理员复核")
    open_ = AllowedAddress.objects.filter(pk=address.pk, approved_at=None, removed_at=None)
    if not open_.update(approved_by=by.user, approved_at=timezone.now()):
        raise AddressFault("该地址已处理")
    record_platform(ADDRESS_APPROVED, address, by=by, host=address.host)


@platform_tx()
def remove_address(address: AllowedAddress, reason: str, *, by: Member) -> None:
    """Stop calling it, at once: taking a right away needs one person only."""
    if AllowedAddress.objects.filter(pk=address.pk, removed_at=None).update(removed_at=timezone.now()):
        record_platform(ADDRESS_REMOVED, address, by=by, host=address.host, reason=reason)
