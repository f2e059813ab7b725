"""Asking for the amounts of a settlement that has happened but whose answer nobody could read (5203)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from portal.access.member import Member
from portal.gateway.errors import GatewayError
from portal.gateway.journal import Ask
from portal.jobs import Job, start
from settlement.models import Settlement, SettlementState
from settlement.services.refusals import Refused
from settlement.services.settling.arrival import arrive
from settlement.services.settling.looking import Where, find
from settlement.services.steps import locked

FETCH = "settlement.fetch"


def fetch_amounts(settlement: Settlement, *, by: Member) -> Job:
    """Have a worker ask; raises Refused for a settlement whose amounts are known."""
    if settlement.state != SettlementState.BROKEN or settlement.setl_id or settlement.operation is None:
        raise Refused("这笔结算的金额已经取得")
    return start(
        FETCH,
        str(settlement.pk),
        by=by,
        title=f"取回结算信息 {settlement.number}",
        params={"settlement": str(settlement.pk)},
    )


def fetched(settlement_id: UUID, *, ask: Callable[[str], Ask], door: Any) -> str:
    """Ask and store; called by the job, outside any transaction. Returns its closing note."""
    with door():
        settlement = Settlement.objects.select_related("visit", "bill", "operation").get(pk=settlement_id)
    assert settlement.operation is not None
    try:
        found = find(settlement, settlement.operation, ask(settlement.environment))
    except GatewayError as error:
        return f"没有得到答复：{error.sentence}"
    if found.where != Where.HERE or found.answer is None:
        return found.told
    with door():
        settlement.visit = locked(settlement.visit)
        settlement.refresh_from_db(fields=["state", "setl_id"])
        if settlement.state == SettlementState.BROKEN and not settlement.setl_id:
            arrive(settlement, found.answer, settlement.operation)
            if not settlement.visit.mdtrt_id:
                settlement.visit.mdtrt_id = found.answer.mdtrt_id[:30]
                settlement.visit.save(update_fields=["mdtrt_id"])
    return found.told
