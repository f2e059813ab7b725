"""What the centre shows of a filing (5301, 5302, 5304): whether it was decided, and whether a doubtful one arrived.

5301 and 5302 list only what the centre has approved and what holds today, so their silence proves nothing about a
filing that waits; 5304 lists everything that was filed and not taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.gateway.errors import GatewayError
from portal.gateway.journal import Ask
from portal.jobs import Job, start
from settlement.models import Filing, FilingKind, FilingState
from settlement.services.filings.kinds import KINDS, message
from settlement.services.filings.submitting import OPEN, became, locked
from settlement.services.refusals import Refused
from settlement.services.settling.answers import plain, rows_of, text
from settlement.services.settling.looking import asked

LOOK = "settlement.filing.look"


def shown_at_centre(filing: Filing, ask: Ask) -> Mapping[str, Any] | None:
    """The row of the query that is this filing; None when there is none. Outside any transaction."""
    how = KINDS[filing.kind]
    with tenant_tx(filing.institution_pk):
        content = filing.content.reveal() or {}
        query = message(how.query, {"data": asking_for(filing)}, filing.environment, filing.insured_at)
    rows = rows_of(plain(asked(ask, query)).get(how.shown))
    for row in rows:
        if filing.number and filing.number == text(row, "trt_dcla_detl_sn"):
            return row
        if all(same(content.get(mine), row.get(theirs)) for mine, theirs in how.about):
            return row
    return None


def asking_for(filing: Filing) -> dict[str, Any]:
    data: dict[str, Any] = {"psn_no": filing.person_no.reveal()}
    if filing.kind == FilingKind.DESIGNATED:
        data["biz_appy_type"] = (filing.content.reveal() or {}).get("biz_appy_type", "")
    if filing.kind == FilingKind.TRANSFER:
        begins = filing.begins or timezone.localdate()
        data |= {
            "begntime": f"{begins - timedelta(days=1)} 00:00:00",
            "endtime": f"{max(begins, timezone.localdate()) + timedelta(days=1)} 23:59:59",
        }
    return data


def same(mine: Any, theirs: Any) -> bool:
    """Codes as they are, days by their first ten characters; what we did not say is not compared."""
    if mine in (None, ""):
        return True
    left = str(theirs)[:10] if isinstance(theirs, date) or _is_day(str(mine)) else str(theirs or "")
    return str(mine)[:10] == left if _is_day(str(mine)) else str(mine) == left


def _is_day(value: str) -> bool:
    return len(value) >= 10 and value[4] == "-" and value[7] == "-"


def start_look(filing: Filing, *, by: Member) -> Job:
    """Have the centre asked where it stands; Refused for one that is not there."""
    if filing.state not in OPEN or filing.is_moving:
        raise Refused(f"备案{filing.shown_state}，不需要查询")
    title = f"查询{filing.get_kind_display()}状态"
    return start(LOOK, str(filing.pk), by=by, title=title, params={"filing": str(filing.pk)})


def look(filing_id: UUID, *, ask: Callable[[str], Ask], door: Any) -> str:
    """Ask and keep; called by the job, outside any transaction. Its closing note."""
    with door():
        filing = Filing.objects.get(pk=filing_id)
    try:
        row = shown_at_centre(filing, ask(filing.environment))
    except GatewayError as error:
        return f"没有得到答复：{error.sentence}"
    with door():
        filing = locked(filing)
        if filing.state not in OPEN or filing.is_moving:
            return "备案状态已有变动"
        now = timezone.now()
        if row is not None:
            number = filing.number or text(row, "trt_dcla_detl_sn")[:30]
            confirmed = filing.confirmed_at or now
            became(filing, FilingState.CONFIRMED, None, seen_at=now, number=number, confirmed_at=confirmed)
            return "医保中心已有这项备案"
        was = filing.state == FilingState.CONFIRMED
        note = "医保中心已查不到这项备案，可能已失效" if was else "医保中心还没有审核通过，或已不予通过"
        became(filing, filing.state, None, note=note, seen_at=now)
        return note
