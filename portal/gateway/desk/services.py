"""Registering desks, handing out their settings files, and who sits where. Inside the door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.db.models import F, QuerySet
from django.utils import timezone

from portal.access.door import required_institution
from portal.access.member import Member
from portal.access.models import Institution, User
from portal.audit import record
from portal.gateway import actions
from portal.gateway.channels.hosts import is_allowed, is_loopback
from portal.gateway.desk.credentials import make
from portal.gateway.desk.gbk import gbk_size
from portal.gateway.desk.models import Desk, DeskSeat
from portal.jobs import Job, start

CHECK = "gateway.desk.check"
#: What people type, and the most bytes of it in GBK.
FIELDS = {"name": 40, "address": 200, "device_no": 100, "term_no": 30, "dept_code": 20, "dept_name": 30}
LABELS = {one.name: str(one.verbose_name) for one in Desk._meta.fields if one.name in (*FIELDS, "is_active")}


class DeskFault(ValueError):
    """{field: sentence} of everything that is wrong; nothing was changed."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("；".join(faults.values()))
        self.faults = dict(faults)


def desks() -> QuerySet[Desk]:
    """The active desks of the open institution, in the environment that it works in."""
    return Desk.objects.filter(environment=_environment(), is_active=True)


def desk_of(user: User | None) -> Desk | None:
    """Where this person sits; the only desk there is, for somebody who never said."""
    if user is None:
        return None
    seat = DeskSeat.objects.filter(user=user, environment=_environment(), desk__is_active=True)
    if found := seat.select_related("desk").first():
        return found.desk
    few = list(desks()[:2])
    return few[0] if len(few) == 1 else None


def sit_at(desk: Desk, *, by: Member) -> None:
    """From now on this person's cards are read at that desk."""
    if by.user is None or not desk.is_active or desk.environment != _environment():
        raise DeskFault({"": "这个终端已停用，请选择其他终端"})
    chosen = {"desk": desk, "chosen_at": timezone.now()}
    DeskSeat.objects.update_or_create(user=by.user, environment=desk.environment, defaults=chosen)
    record(actions.DESK_CHOSEN, desk, by=by, desk=desk.name)


def register_desk(given: Mapping[str, Any], *, by: Member) -> Desk:
    """A new desk, without a settings file yet. DeskFault."""
    values = _checked(given, None)
    desk = Desk.objects.create(environment=_environment(), created_label=by.label[:100], **values)
    record(actions.DESK_REGISTERED, desk, by=by, desk=desk.name, address=desk.address)
    return desk


def change_desk(desk: Desk, given: Mapping[str, Any], *, by: Member) -> None:
    """Other values. A new address makes the settings file of the old one worthless. DeskFault."""
    values = _checked(given, desk)
    changed = [name for name, value in values.items() if getattr(desk, name) != value]
    if not changed:
        return
    if "address" in changed:
        values |= {"token": None, "certificate": "", "client_certificate": "", "client_key": None, "token_set_at": None}
    _update(desk, **values)
    record(actions.DESK_CHANGED, desk, by=by, desk=desk.name, fields="、".join(LABELS[name] for name in changed))


def hand_out(desk: Desk, *, by: Member) -> dict[str, str]:
    """A new settings file for the bridge; the former one stops being valid. It is not kept and never shown again."""
    made = make(desk.address)
    desk.token, desk.client_key = made.token, made.client_key or None
    desk.certificate, desk.client_certificate = made.certificate, made.client_certificate
    desk.token_set_at, desk.version = timezone.now(), desk.version + 1
    desk.save()
    record(actions.DESK_HANDED_OUT, desk, by=by, desk=desk.name)
    parts = urlsplit(desk.address)
    host = parts.hostname or ""
    listen = f"[{host}]:{parts.port}" if ":" in host else f"{host}:{parts.port}"
    settings = {"listen": listen, "token": made.token, "certificate": made.certificate, "key": made.key}
    settings |= {"portal_certificate": made.client_certificate}
    return {**settings, "library": "OneTrans2.dll", "card_library": ""}


def check_desk(desk: Desk, *, by: Member) -> Job:
    """Ask the bridge how it is, as a job."""
    return start(CHECK, str(desk.pk), by=by, title=f"检查终端：{desk.name}", params={"desk": str(desk.pk)})


def _update(desk: Desk, **values: Any) -> None:
    rows = Desk.objects.filter(pk=desk.pk, version=desk.version)
    if not rows.update(**values, version=F("version") + 1):
        raise DeskFault({"": "终端刚被他人修改，请刷新后再试"})
    desk.refresh_from_db()


def _checked(given: Mapping[str, Any], desk: Desk | None) -> dict[str, Any]:
    values: dict[str, Any] = {name: str(given.get(name, getattr(desk, name, ""))).strip() for name in FIELDS}
    values["is_active"] = bool(given.get("is_active", desk.is_active if desk else True))
    faults = {name: sentence for name in FIELDS if (sentence := _length(name, values[name]))}
    if "name" not in faults and (sentence := _taken(values["name"], desk)):
        faults["name"] = sentence
    if "address" not in faults and (sentence := _address(values["address"])):
        faults["address"] = sentence
    if faults:
        raise DeskFault(faults)
    return values


def _length(name: str, value: str) -> str:
    if not value and name in ("name", "address"):
        return f"{LABELS[name]}：必填"
    try:
        size = gbk_size(value)
    except ValueError as fault:
        return f"{LABELS[name]}：{fault}"
    return f"{LABELS[name]}：最多 {FIELDS[name]} 个字节（汉字占两个）" if size > FIELDS[name] else ""


def _taken(name: str, desk: Desk | None) -> str:
    others = Desk.objects.filter(name=name, environment=_environment()).values_list("pk", flat=True)
    return "名称：已有同名的终端" if any(desk is None or pk != desk.pk for pk in others) else ""


def _address(value: str) -> str:
    try:
        parts = urlsplit(value)
        port, host = parts.port, parts.hostname
    except ValueError:
        port = host = None
        parts = urlsplit("")
    if not host or not port or parts.path.strip("/") or parts.query or parts.username:
        return "桥接地址：应写作 https://地址:端口，例如 https://10.20.3.15:9521"
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(value)):
        return "桥接地址：其他电脑应以 https:// 开头（双向证书）；http:// 只能用于与门户同一台电脑"
    if not is_allowed(value):
        return "桥接地址：不在允许的名单中，请联系平台管理员（两人）添加"
    return ""


def _environment() -> str:
    """Where the open institution works now."""
    return str(Institution.objects.values_list("environment", flat=True).get(pk=required_institution()))
