"""Check media of the security control: obtained for a transaction, kept sealed, used as far as they reach.

In a pharmacy and for outpatients one medium, obtained for the last transaction of the visit, goes with all of its
calls; inpatients need a fresh one for each (interface guide, chapter 6).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.utils import timezone

from portal.access.member import Member
from portal.audit import record
from portal.gateway.environments.standstill import environment_for
from portal.gateway.errors import NotSent
from portal.gateway.messages import Request
from portal.gateway.national.control import desk
from portal.gateway.national.control.reach import (
    INPATIENT,
    OUTPATIENT,
    PHARMACY,
    covers,
    is_controlled,
    is_spent,
    last_of,
)
from portal.jobs import Job, start
from settlement.actions import MEDIUM_KEPT
from settlement.models import CheckMedium, Identification, Visit
from settlement.models.identity import KEPT
from settlement.services.channel import channel_settings
from settlement.services.refusals import Refused

OBTAIN = "settlement.control.obtain"
LASTS = timedelta(minutes=10)
#: Most characters of a medium (dev_safe_info, table 2).
LONGEST = 2000
Door = Callable[[], AbstractContextManager[Any]]
R = TypeVar("R", bound=Request[Any])


def is_demanded(code: str, environment: str) -> bool:
    """Whether calls of this transaction carry a check medium on the institution's channel; inside the door."""
    if not is_controlled(code):
        return False
    try:
        return desk.is_used(channel_settings(environment))
    except NotSent:
        return False  # nothing will be sent either, and the sender says why


def kept_how(environment: str) -> str:
    """How the institution gets media: "none" at all, "desk" by asking the control, "typed" by people."""
    try:
        settings = channel_settings(environment)
    except NotSent:
        return "none"
    if not desk.is_used(settings):
        return "none"
    return "desk" if desk.has_address(settings) else "typed"


def kind_by(med_type: str) -> str:
    """The kind of visit that a med_type means for the control."""
    if med_type in ("41", "18"):
        return PHARMACY
    return INPATIENT if med_type.startswith("2") or med_type == "52" else OUTPATIENT


def carried(request: R, visit: Visit) -> R:
    """The request with the medium that goes with it, noted as used; as it is where none is demanded.

    Inside the transaction that opens the operation. Refused with a sentence when none reaches it.
    """
    code = type(request).code
    if "dev_safe_info" not in type(request).model_fields or not is_demanded(code, visit.environment):
        return request
    return request.model_copy(update={"dev_safe_info": _taken(code, visit.kind, visit.environment, _about(visit))})


def refuse_without_medium(code: str, visit: Visit) -> None:
    """Refused with a sentence when this call could not be made for want of a medium; uses none up."""
    if is_demanded(code, visit.environment):
        _found(code, visit.kind, visit.environment, _about(visit))


def _about(visit: Visit) -> list[str]:
    return [visit.number, *([str(visit.identification)] if visit.identification else [])]


def _taken(code: str, kind: str, environment: str, about: Sequence[str]) -> str:
    row = _found(code, kind, environment, about)
    row.used = [*row.used, code]
    row.save(update_fields=["used"])
    return str(row.medium.reveal())


def _found(code: str, kind: str, environment: str, about: Sequence[str]) -> CheckMedium:
    rows = CheckMedium.objects.select_for_update().filter(environment=environment, about__in=about)
    why = f"办理 {code} 须先调用安全控件取得校验介质"
    for row in rows.order_by("-obtained_at")[:20]:
        if not covers(row.obtained_for, code, kind):
            why = f"校验介质是为 {row.obtained_for} 取得的，不能用于 {code}，请重新调用安全控件"
        elif is_spent(row.obtained_for, code, kind, row.used):
            why = "校验介质已经使用过，请重新调用安全控件"
        elif row.expires_at <= timezone.now():
            why = "校验介质已过期，请重新调用安全控件"
        else:
            return row
    raise Refused(f"{why}（交易 {last_of(code, kind)}）", field="medium")


def keep_medium(
    text: str, *, obtained_for: str, kind: str, about: str, by: Member, seconds: float = LASTS.total_seconds()
) -> CheckMedium:
    """Keep a medium that somebody obtained at the desk, or a hospital system passed on; Refused for none."""
    if not is_controlled(obtained_for):
        raise Refused(f"交易 {obtained_for} 不需要校验介质", field="obtained_for")
    if not 1 <= len(text) <= LONGEST:
        raise Refused(f"校验介质应为 1 到 {LONGEST} 个字符", field="medium")
    found = _kept(text, obtained_for, kind, about, environment_for(by), by.label, seconds)
    record(MEDIUM_KEPT, found, by=by, code=obtained_for, about=about or "—")
    return found


def keep_for(code: str, text: str, *, med_type: str, about: str, by: Member) -> CheckMedium:
    """Keep a medium that was got for this call, naming the last transaction of the visit as the guide says."""
    kind = kind_by(med_type)
    return keep_medium(text, obtained_for=last_of(code, kind), kind=kind, about=about, by=by)


def _kept(
    text: str, obtained_for: str, kind: str, about: str, environment: str, label: str, seconds: float
) -> CheckMedium:
    return CheckMedium.objects.create(
        environment=environment,
        obtained_for=obtained_for,
        kind=kind,
        medium=text,
        about=about,
        expires_at=timezone.now() + timedelta(seconds=seconds),
        obtained_as=label[:100],
    )


def ask_desk(code: str, kind: str, about: str, *, by: Member) -> Job:
    """Have the control asked in the background for a medium that this call needs; Refused without its address."""
    try:
        settings = channel_settings(environment_for(by))
    except NotSent as error:
        raise Refused(error.sentence) from None
    if not desk.has_address(settings):
        raise Refused("没有设置安全控件服务地址，请在安全控件上取得校验介质后填写", field="medium")
    wanted = last_of(code, kind)
    params = {"code": wanted, "kind": kind, "about": about, "environment": environment_for(by)}
    return start(OBTAIN, f"{about}/{wanted}", by=by, title=f"调用安全控件：{wanted}", params=params)


def carry_out(asked: dict[str, str], *, door: Door, label: str) -> str:
    """What came of asking the control, in a sentence; called by the job, outside any transaction."""
    with door():
        settings = channel_settings(asked["environment"])
    found = desk.obtain(settings, asked["code"])
    with door():
        _kept(
            found.text, asked["code"], asked["kind"], asked["about"], asked["environment"], label, float(found.seconds)
        )
    return f"已取得 {asked['code']} 的校验介质"


def medium_at_desk(code: str, found_id: UUID, *, door: Door) -> str:
    """The medium for identifying somebody: kept already, or asked for now; "" where none is demanded.

    Called by a job, outside any transaction. NotSent with a sentence when there is none.
    """
    with door():
        found = Identification.objects.get(pk=found_id)
        if not is_demanded(code, found.environment):
            return ""
        kind, about = kind_by(found.med_type), str(found.pk)
        settings = channel_settings(found.environment)
        kept = CheckMedium.objects.filter(environment=found.environment, about__in=[about, found.about or about])
        if not desk.has_address(settings) or kept.exists():
            try:
                return _taken(code, kind, found.environment, [about, *([found.about] if found.about else [])])
            except Refused as refusal:
                if not desk.has_address(settings):
                    raise NotSent(refusal.sentence) from None
    wanted = {"code": last_of(code, kind), "kind": kind, "about": about, "environment": found.environment}
    carry_out(wanted, door=door, label=found.asked_as)
    with door():
        return _taken(code, kind, found.environment, [about])


def forget_old_media() -> int:
    """Delete what is older than 180 days; inside the door."""
    return int(CheckMedium.objects.filter(obtained_at__lt=timezone.now() - timedelta(days=KEPT)).delete()[0])
