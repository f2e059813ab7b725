"""Whether the centre holds a settlement whose reply was lost: 5201, 5203 and 5204, and what they prove.

A settlement is ours when its medins_setl_id is the number of one of our messages. A bill or a stay has a visit at the
centre before it is settled; a purchase has none, so its visits of the day are gone through one by one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.utils import timezone

from portal.access.door import tenant_tx
from portal.gateway.errors import Rejected
from portal.gateway.journal import Ask, Operation
from portal.gateway.messages import Request
from portal.gateway.national import current_edition
from portal.gateway.national.editions import Edition
from portal.vault import blind_indexes
from settlement.models import Settlement, Visit
from settlement.services.settling.answers import Answer, answers, plain, rows_of, text
from settlement.services.settling.messages import request_for, said
from settlement.services.settling.ways import way_of

#: How long before and after the message a purchase's visit may begin at the centre.
AROUND = timedelta(days=1)
#: Words with which centres refuse a query that finds nothing.
NOTHING = ("未查询到", "没有查到", "没有查询到", "查询不到", "未找到", "不存在", "无结算信息", "无就诊信息")


class Where(StrEnum):
    HERE = "here"
    ABSENT = "absent"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Found:
    """What the queries showed, in a sentence that evidence keeps; `answer` is the settlement that is ours."""

    where: Where
    told: str
    answer: Answer | None = None


@dataclass(frozen=True)
class Wanted:
    """What is looked for: read inside the door, used outside."""

    visit: Visit
    person_no: str
    msgids: frozenset[str]
    #: Settlements of the visit that we know: their numbers at the centre.
    known: frozenset[str]
    #: Visits at the centre that are others of ours: a purchase is not looked for there.
    elsewhere: frozenset[str]
    #: Numbers of the lines that this settlement was to settle.
    lines: frozenset[str]
    charged: Any
    edition: Edition
    since: datetime
    until: datetime


def find(settlement: Settlement, operation: Operation, ask: Ask) -> Found:
    """Ask the centre for this settlement. Outside any transaction; errors of `ask` pass through."""
    with tenant_tx(operation.institution_pk):
        wanted = _wanted(settlement, operation)
    return _by_visit(wanted, ask) if wanted.visit.mdtrt_id else _by_day(wanted, ask)


def _wanted(settlement: Settlement, operation: Operation) -> Wanted:
    visit = settlement.visit
    attempts = list(operation.attempt_rows.values_list("msgid", "sent_at"))
    others = Settlement.objects.filter(visit=visit).exclude(pk=settlement.pk).exclude(setl_id="")
    sent = [at for _, at in attempts] or [timezone.now()]
    return Wanted(
        visit=visit,
        person_no=visit.person_no.reveal(),
        msgids=frozenset(msgid for msgid, _ in attempts),
        known=frozenset(others.values_list("setl_id", flat=True)),
        elsewhere=_elsewhere(visit) if not visit.mdtrt_id else frozenset(),
        lines=frozenset(way_of(settlement).lines(visit, settlement.bill).values_list("number", flat=True)),
        charged=settlement.charged,
        edition=current_edition(visit.environment),
        since=min([visit.started_at, *sent]) - AROUND,
        until=max([timezone.now(), *sent]) + timedelta(minutes=10),
    )


def _elsewhere(visit: Visit) -> frozenset[str]:
    """The centre's numbers of this person's other visits here, around the day."""
    rows = Visit.objects.filter(person_no_index__in=blind_indexes(visit.person_no.reveal())).exclude(mdtrt_id="")
    near = rows.filter(started_at__gte=visit.started_at - 2 * AROUND).exclude(pk=visit.pk)
    return frozenset(near.values_list("mdtrt_id", flat=True))


# --- a visit that the centre knows


def _by_visit(wanted: Wanted, ask: Ask) -> Found:
    """5203 of the visit; when it shows only others, 5204 says what became of our lines."""
    shown = settlements_of(wanted, wanted.visit.mdtrt_id, ask)
    ours = _ours(shown, wanted.msgids)
    if ours is not None:
        return Found(Where.HERE, _named(ours), ours)
    if not shown:
        return Found(Where.ABSENT, f"医保中心（5203）确认就诊 {wanted.visit.mdtrt_id} 没有结算")
    if _unnamed(shown, wanted):
        return Found(Where.UNCLEAR, "医保中心有一笔同就诊的结算，但没有写明是哪条报文")
    return _by_lines(wanted, ask)


def _by_lines(wanted: Wanted, ask: Ask) -> Found:
    """5204 lists every line with the settlement it belongs to: complete, and of this very bill."""
    rows = _rows(ask, "5204", {"data": _visit_of(wanted, wanted.visit.mdtrt_id)}, wanted)
    mine = [row for row in rows if text(row, "feedetl_sn") in wanted.lines]
    settled = {text(row, "setl_id") for row in mine} - {""} - wanted.known
    for setl_id in sorted(settled):
        ours = _ours(settlements_of(wanted, wanted.visit.mdtrt_id, ask, setl_id=setl_id), wanted.msgids)
        if ours is not None:
            return Found(Where.HERE, _named(ours), ours)
    if settled:
        return Found(Where.UNCLEAR, f"医保中心的明细已结算（{'、'.join(sorted(settled))}），但不是本门户的报文")
    if len(mine) == len(wanted.lines):
        return Found(Where.ABSENT, f"医保中心（5203、5204）有全部 {len(mine)} 条明细，都未结算，没有这笔结算")
    return Found(Where.UNCLEAR, f"医保中心只有 {len(mine)} 条明细，本机构有 {len(wanted.lines)} 条，无法证明")


# --- a purchase: no visit before its settlement


def _by_day(wanted: Wanted, ask: Ask) -> Found:
    """5201 of the person around the message, then 5203 of every visit that is not another one of ours."""
    data = {"psn_no": wanted.person_no, "begntime": said(wanted.since), "endtime": said(wanted.until)}
    data["med_type"] = wanted.visit.med_type
    visits = _rows(ask, "5201", {"data": data}, wanted, "mdtrtinfo")
    others: list[Answer] = []
    numbers = dict.fromkeys(text(row, "mdtrt_id") for row in visits)
    for mdtrt_id in (one for one in numbers if one and one not in wanted.elsewhere):
        shown = settlements_of(wanted, mdtrt_id, ask)
        ours = _ours(shown, wanted.msgids)
        if ours is not None:
            return Found(Where.HERE, _named(ours), ours)
        others += shown
    if _unnamed(others, wanted):
        return Found(Where.UNCLEAR, "医保中心有一笔同金额的购药，但没有写明是哪条报文")
    return Found(Where.ABSENT, f"医保中心（5201、5203）在该时段有此人 {len(visits)} 次就诊，其中没有这笔结算")


# --- asking


def settlements_of(wanted: Wanted, mdtrt_id: str, ask: Ask, *, setl_id: str = "") -> list[Answer]:
    """Every settlement of a visit at the centre that still stands (5203)."""
    data = {**_visit_of(wanted, mdtrt_id), "setl_id": setl_id}
    reply = asked(ask, request_for("5203", {"data": data}, wanted.visit, wanted.edition))
    return [one for one in answers(reply) if one.setl_id and not one.refunded]


def _visit_of(wanted: Wanted, mdtrt_id: str) -> dict[str, str]:
    return {"psn_no": wanted.person_no, "setl_id": "", "mdtrt_id": mdtrt_id}


def _rows(ask: Ask, number: str, content: dict[str, Any], wanted: Wanted, node: str = "data") -> list[Any]:
    reply = asked(ask, request_for(number, content, wanted.visit, wanted.edition))
    return rows_of(plain(reply).get(node))


def asked(ask: Ask, request: Request[Any]) -> Any:
    """The reply; None when the centre refuses because there is nothing to show. Other refusals pass through."""
    try:
        return ask(request)
    except Rejected as refusal:
        if any(word in refusal.message for word in NOTHING):
            return None
        raise


def _ours(shown: Iterable[Answer], msgids: Collection[str]) -> Answer | None:
    return next((one for one in shown if one.msgid in msgids), None)


def _unnamed(shown: Iterable[Answer], wanted: Wanted) -> bool:
    """A settlement of the same total that names no message may be ours: nothing is proven."""
    return any(
        not one.msgid and one.setl_id not in wanted.known and one.figures.total == wanted.charged for one in shown
    )


def _named(found: Answer) -> str:
    return f"医保中心有这笔结算：{found.setl_id}，总额 {found.figures.total}，报文 {found.msgid}"
