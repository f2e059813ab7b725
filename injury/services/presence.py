"""Does the centre hold this admission? What resolves a doubtful registration, or its undoing, by asking."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from injury.messages import FetchSheet, FindUploaded
from injury.models import Admission
from injury.rules.approval import day
from injury.services.enquiries import ask_once
from portal.gateway.errors import Rejected
from portal.gateway.journal import Ask

#: 4.16 knows no admission of this number; it knows one that is not discharged (5.2).
NO_ADMISSION, STILL_ADMITTED = "240002", "240003"


class Presence(Enum):
    HERE = "here"
    ABSENT = "absent"
    #: The number is there, with somebody else or another day: people look.
    ANOTHER = "another"


@dataclass(frozen=True)
class Found:
    state: Presence
    #: What was asked and answered, for the evidence.
    told: str


def presence(admission: Admission, ask: Ask) -> Found:
    """Ask 4.15 by number and day, and for other provinces 4.16 as well; outside any transaction.

    Errors of `ask` other than the documented "nothing there" pass through: they prove nothing.
    """
    found = _listed(admission, ask)
    if found.state == Presence.ABSENT and admission.is_elsewhere:
        return _sheet(admission, ask)
    return found


def _listed(admission: Admission, ask: Ask) -> Found:
    number, on = admission.number, admission.admitted_on.isoformat()
    rows = ask_once(ask, FindUploaded(akc190=number, akc192s=on, akc192e=on)).detailcolls.detailData
    mine = [row for row in rows if row.akc190 == number]
    if not mine:
        return Found(Presence.ABSENT, f"获取上传人员明细：{on} 入院的人员中没有 {number}")
    row = mine[0]
    identity = admission.identity.reveal()
    if (row.aac002 and row.aac002 != identity) or (row.akc192 and day(row.akc192) != admission.admitted_on):
        return Found(Presence.ANOTHER, f"获取上传人员明细：{number} 在中心属于另一人或另一个入院日期，须人工核对")
    return Found(Presence.HERE, f"获取上传人员明细：{number}，{row.akc192 or on} 入院，人员一致")


def _sheet(admission: Admission, ask: Ask) -> Found:
    """Of another province: 4.15 may leave them out, so the settlement sheet has the last word."""
    number = admission.number
    try:
        sheet = ask(FetchSheet(akc190=number, rolltype="1")).kc21dto
    except Rejected as refusal:
        if refusal.code == STILL_ADMITTED:
            return Found(Presence.HERE, f"获取结算单：{number} 已登记，还没有出院")
        if refusal.code != NO_ADMISSION:
            raise
        return Found(Presence.ABSENT, f"获取结算单：没有 {number} 的住院信息")
    if sheet.aac002 and sheet.aac002 != admission.identity.reveal():
        return Found(Presence.ANOTHER, f"获取结算单：{number} 在中心属于另一人，须人工核对")
    return Found(Presence.HERE, f"获取结算单：{number} 在中心有住院信息")
