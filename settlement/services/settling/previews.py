"""Asking what a settlement would be, before anybody agrees to it (2101A, 2206A, 2303A)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from portal.access.member import Member
from portal.audit import record
from portal.gateway.environments.standstill import environment_for
from portal.gateway.errors import NotSent, Rejected, Unknown
from portal.gateway.journal import Ask
from portal.jobs import start
from settlement.actions import PREVIEW_ASKED
from settlement.models import Bill, Settlement, SettlementState, Visit
from settlement.rules.amounts import shown, summed
from settlement.services.control import carried, refuse_without_medium
from settlement.services.refusals import Refused
from settlement.services.settling.answers import answer
from settlement.services.settling.arrival import keep_amounts, keep_cuts
from settlement.services.settling.binding import content_hash, hash_now
from settlement.services.settling.certificates import registered
from settlement.services.settling.messages import request_for
from settlement.services.settling.standing import standing
from settlement.services.settling.ways import Way, charges_of, way_of
from settlement.services.steps import locked

PREVIEW = "settlement.preview"
#: A preview is agreed to while the patient stands there; balances and deductibles change.
VALID = timedelta(hours=2)


def ask_preview(visit: Visit, bill: Bill | None = None, *, by: Member, is_interim: bool = False) -> Settlement:
    """A new preview of the visit or of one bill; its job asks the centre, the settlement's page shows the answer.

    The preview before it expires. Asked again for the very same lines while it is under way, it is the running one.
    Raises Refused with every fault of the lines (field, both values), or with what stands in the way.
    """
    visit = locked(visit)
    way = way_of(visit)
    refuse_obstacles(way, visit, bill)
    refuse_without_medium(way.preview, visit)
    charges = charges_of(way.lines(visit, bill))
    if faults := way.faults(visit, bill, charges):
        raise Refused.of([(fault.field, fault.sentence) for fault in faults])
    digest = content_hash(way, visit, bill, is_interim=is_interim)
    earlier = Settlement.objects.filter(visit=visit, bill=bill)
    running = earlier.filter(state=SettlementState.ASKING, content_hash=digest).first()
    if running is not None:
        return running
    expire_previews(visit, bill, "已重新预结算")
    settlement = Settlement(
        environment=environment_for(by),
        number=f"{visit.number}-{visit.settlements.count() + 1}",
        kind=visit.kind,
        visit=visit,
        bill=bill,
        is_interim=is_interim,
        transaction=way.settle,
        content_hash=digest,
        lines_count=len(charges),
        charged=summed(charges),
        created_by=by.user,
        created_as=by.label[:100],
    )
    settlement.save(force_insert=True)
    job = start(
        PREVIEW,
        str(settlement.pk),
        by=by,
        title=f"预结算 {settlement.number}",
        params={"settlement": str(settlement.pk)},
    )
    settlement.job = job.pk
    settlement.save(update_fields=["job"])
    record(
        PREVIEW_ASKED,
        settlement,
        by=by,
        number=settlement.number,
        lines=len(charges),
        total=f"{settlement.charged:.2f}",
    )
    return settlement


def refuse_obstacles(way: Way, visit: Visit, bill: Bill | None) -> None:
    """Raises Refused when anything about the visit is unresolved, or when the flow is not there yet."""
    if obstacle := standing(visit).obstacle or way.obstacle(visit, bill):
        raise Refused(obstacle)


def expire_previews(visit: Visit, bill: Bill | None, why: str) -> None:
    """Previews that nobody confirmed do not count any more; call it whenever lines change."""
    open_ = [SettlementState.ASKING, SettlementState.PREVIEW]
    rows = Settlement.objects.filter(visit=visit, state__in=open_)
    (rows.filter(bill=bill) if bill else rows).update(state=SettlementState.EXPIRED, note=why[:400])


def answer_preview(settlement_id: UUID, *, ask: Callable[[str], Ask], door: Any) -> str:
    """Ask, and keep the answer; called by the job, outside any transaction. Returns the job's closing note."""
    with door():
        settlement = _of(settlement_id)
        if settlement is None or settlement.state != SettlementState.ASKING:
            return "这次预结算已不再需要"
        request = _request(settlement)
    reply: Any = None
    note = ""
    try:
        reply = ask(settlement.environment)(request)
    except Rejected as refusal:
        note = refusal.sentence
    except (NotSent, Unknown) as error:
        note = f"{error.sentence}；可以重新预结算"
    with door():
        return _keep(settlement_id, reply, note)


def _request(settlement: Settlement) -> Any:
    way, visit = way_of(settlement), settlement.visit
    return carried(request_for(way.preview, way.content(settlement, registered(visit), final=False), visit), visit)


def _of(settlement_id: UUID) -> Settlement | None:
    return Settlement.objects.select_related("visit", "bill").filter(pk=settlement_id).first()


def _keep(settlement_id: UUID, reply: Any, note: str) -> str:
    settlement = _of(settlement_id)
    assert settlement is not None
    settlement.visit = locked(settlement.visit)
    settlement.refresh_from_db(fields=["state"])
    if settlement.state != SettlementState.ASKING:
        return "这次预结算已不再需要"
    found = answer(reply)
    if found is None:
        settlement.state, settlement.note = SettlementState.FAILED, (note or "医保中心没有给出预结算金额")[:400]
        settlement.save(update_fields=["state", "note"])
        return settlement.note
    if hash_now(way_of(settlement), settlement) != settlement.content_hash:
        settlement.state, settlement.note = SettlementState.EXPIRED, "预结算期间明细有变动，请重新预结算"
        settlement.save(update_fields=["state", "note"])
        return settlement.note
    keep_amounts(settlement, found)
    keep_cuts(settlement, found.cuts)
    settlement.state, settlement.note = SettlementState.PREVIEW, ""
    settlement.shown, settlement.previewed_at = shown(found.figures), timezone.now()
    settlement.save()
    return (
        f"总额 {settlement.shown['total']} 元，基金 {settlement.shown['fund']} 元，现金 {settlement.shown['cash']} 元"
    )
