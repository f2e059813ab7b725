"""Whether the centre lets a call in: its operator is signed in, and its check medium reaches it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from portal.gateway.national.control.reach import INPATIENT, covers, is_controlled, is_spent, kind_of
from portal.gateway.sandbox.models import CheckMedium, OperatorShift, Party
from portal.gateway.sandbox.plays import Refuse
from portal.gateway.seals.national import NationalSwitches

LASTS = timedelta(hours=24)
MEDIUM_LASTS = timedelta(minutes=30)
NOT_SIGNED = ("1006", "未签到或签到编号无效，请重新签到（9001）")


def check_operator(party: Party, switches: NationalSwitches, members: Mapping[str, Any]) -> None:
    """Refuses a call without the live number of its own operator, where the party has to sign in."""
    signs = switches.sign_in == "operator" and party.options.get("sign_in", True)
    if not signs or str(members.get("infno")) in ("9001", "9002"):
        return
    mine = OperatorShift.objects.filter(party=party, sign_no=str(members.get("sign_no") or ""), ended_at=None)
    if not mine.filter(operator=str(members.get("opter")), at__gt=timezone.now() - LASTS).exists():
        raise Refuse(*NOT_SIGNED)


def check_medium(party: Party, switches: NationalSwitches, members: Mapping[str, Any]) -> None:
    """Refuses a call whose check medium is missing, strange, too old, spent, or does not reach it."""
    code = str(members.get("infno"))
    if not party.options.get("control", False) or not is_controlled(code):
        return
    with transaction.atomic():
        text = _medium_of(switches, members)
        found = CheckMedium.objects.select_for_update().filter(party=party, medium=text).first() if text else None
        if found is None:
            raise Refuse("1007", "缺少校验介质，请先调用安全控件" if not text else "校验介质不是本机构取得的")
        if found.at < timezone.now() - MEDIUM_LASTS:
            raise Refuse("1008", "校验介质已过期，请重新调用安全控件")
        kind = kind_of(code) or kind_of(found.infno) or INPATIENT
        if not covers(found.infno, code, kind):
            raise Refuse("1009", f"校验介质是为 {found.infno} 取得的，不能用于 {code}")
        if is_spent(found.infno, code, kind, found.used):
            raise Refuse("1010", "校验介质已经使用过，请重新调用安全控件")
        found.used = [*found.used, code]
        found.save(update_fields=["used"])


def _medium_of(switches: NationalSwitches, members: Mapping[str, Any]) -> str:
    if switches.control != "exp_content":
        return str(members.get("dev_safe_info") or "")
    content = members.get("input")
    for node in content.values() if isinstance(content, dict) else ():
        try:
            own = json.loads(node.get("exp_content") or "{}") if isinstance(node, dict) else {}
        except ValueError:
            own = {}
        if isinstance(own, dict) and own.get("dev_safe_info"):
            return str(own["dev_safe_info"])
    return ""


def hand_out(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The local control: a medium for `infno` of the institution `fixmedins_code`; LookupError for a stranger."""
    code, infno = str(asked.get("fixmedins_code", "")), str(asked.get("infno", ""))
    party = Party.objects.filter(gateway="national", institution__code=code).first()
    if party is None:
        raise LookupError("没有这个定点医药机构")
    if not is_controlled(infno):
        raise ValueError(f"交易 {infno} 不需要校验介质")
    made = CheckMedium.objects.create(party=party, infno=infno, medium=secrets.token_urlsafe(32))
    return {"medium": made.medium, "infno": infno, "seconds": int(MEDIUM_LASTS.total_seconds())}
