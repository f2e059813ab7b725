"""Taking a settlement back (2103, 2208, 2305), and accepting one whose amounts do not add up."""

from __future__ import annotations

from django.utils import timezone

from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.audit import record
from portal.gateway.errors import Rejected
from portal.gateway.journal import (
    Applied,
    Ask,
    Handler,
    NotApplied,
    Operation,
    StillUnknown,
    Verdict,
    outcome,
)
from portal.gateway.messages import Record
from portal.gateway.national import transaction
from settlement.actions import ACCEPTED, UNDO_ASKED
from settlement.models import Settlement, SettlementState
from settlement.services.refusals import Refused
from settlement.services.settling.answers import answer, answers
from settlement.services.settling.looking import NOTHING
from settlement.services.settling.messages import request_for
from settlement.services.settling.outcomes import settlement_stands, settlement_undone
from settlement.services.settling.standing import standing
from settlement.services.settling.ways import way_of
from settlement.services.steps import locked, move, moved_by, needs_second, opened

NUMBERS = ("2103", "2208", "2305")


def undo(settlement: Settlement, *, by: Member) -> Operation:
    """Take the settlement back; with four eyes a reviewer lets it go. A second call returns the running operation."""
    visit = locked(settlement.visit)
    settlement = Settlement.objects.select_related("bill", "undone_by").get(pk=settlement.pk)
    settlement.visit = visit
    if settlement.state == SettlementState.UNDOING and settlement.undone_by:
        return settlement.undone_by
    if obstacle := undo_obstacle(settlement):
        raise Refused(obstacle)
    way = way_of(settlement)
    amounts = {name: f"{getattr(settlement, name) or 0:.2f}" for name in ("total", "fund", "account", "cash")}
    operation = opened(
        request_for(way.undo, way.undo_content(settlement), visit),
        key=settlement.setl_id,
        by=by,
        title=f"撤销{way.noun}结算：{settlement.number}，{visit.name_masked}，{settlement.total:,.2f} 元",
        needs_second=needs_second(by),
        expected=amounts,
        subject=visit,
    )
    settlement.undone_by, settlement.state, settlement.note = operation, SettlementState.UNDOING, ""
    settlement.save(update_fields=["undone_by", "state", "note"])
    move(visit, visit.state, operation)
    record(UNDO_ASKED, settlement, by=by, number=settlement.number, total=amounts["total"])
    return operation


def undo_obstacle(settlement: Settlement) -> str:
    """Why this settlement cannot be taken back now, in a sentence; empty when it can."""
    if settlement.state not in (SettlementState.DONE, SettlementState.BROKEN):
        return f"这笔结算{settlement.shown_state}，不能撤销"
    if not settlement.setl_id:
        return "还没有取回医保中心的结算ID，不能撤销"
    return standing(settlement.visit).obstacle or way_of(settlement).undo_obstacle(settlement)


@outcome(*(transaction(number) for number in NUMBERS))
class Undoing(Handler):
    """The centre took it back, or it stands."""

    four_eyes = True
    labels = {
        "total": "医疗费总额（元）",
        "fund": "基金支付（元）",
        "account": "退回个人账户（元）",
        "cash": "应退现金（元）",
    }
    consequence = "复核通过后立即在医保中心撤销结算；完成后再向病人退还现金"

    def approvable(self, operation: Operation) -> str:
        settlement = Settlement.objects.filter(undone_by=operation).first()
        return "" if settlement and settlement.state == SettlementState.UNDOING else "这笔结算已有变动"

    def applied(self, operation: Operation, reply: Record | None) -> None:
        settlement = undone_by(operation)
        if settlement is not None:
            found = answer(reply)
            settlement_undone(
                settlement, setl_id=found.setl_id if found else "", at=found.settled_at if found else None
            )

    def rejected(self, operation: Operation) -> None:
        settlement = undone_by(operation)
        if settlement is not None:
            settlement_stands(settlement, operation.message)

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        with tenant_tx(operation.institution_pk):
            settlement = Settlement.objects.select_related("visit").filter(undone_by=operation).first()
            if settlement is None:
                return StillUnknown("没有对应的结算记录，须人工处理", for_people=True)
            visit = settlement.visit
            data = {"psn_no": visit.person_no.reveal(), "setl_id": settlement.setl_id, "mdtrt_id": visit.mdtrt_id}
            request = request_for("5203", {"data": data}, visit)
        try:
            shown = [one for one in answers(ask(request)) if one.setl_id == settlement.setl_id]
        except Rejected as refusal:
            if not any(word in refusal.message for word in NOTHING):
                raise
            shown = []
        if any(not one.refunded for one in shown):
            return NotApplied(f"医保中心的结算 {settlement.setl_id} 仍然有效")
        return Applied(None, f"医保中心的结算 {settlement.setl_id} 已撤销")


def undone_by(operation: Operation) -> Settlement | None:
    """The settlement that this operation takes back, its visit locked first."""
    visit = moved_by(operation)
    found = Settlement.objects.filter(undone_by=operation, state=SettlementState.UNDOING).first()
    if found is not None:
        found.visit = visit or locked(found.visit)
    return found


def accept(settlement: Settlement, *, by: Member, reason: str) -> None:
    """A reviewer accepts a settlement whose amounts do not add up; then it may be paid and printed.

    Raises Refused for the person who settled it, without a reason, and when there is nothing to accept.
    """
    locked(settlement.visit)
    settlement.refresh_from_db()
    if settlement.state != SettlementState.BROKEN:
        raise Refused(f"这笔结算{settlement.shown_state}，没有要认可的金额问题")
    if not settlement.setl_id:
        raise Refused("还没有读到结算金额，请先取回结算信息")
    if by.user is None or by.is_user(settlement.created_by_id):
        raise Refused("不能认可自己办理的结算，请由另一位复核人员办理")
    if not reason.strip():
        raise Refused("请填写理由", field="reason")
    settlement.state, settlement.accepted_by, settlement.accepted_at = SettlementState.DONE, by.user, timezone.now()
    settlement.accepted_because = reason.strip()[:300]
    settlement.save(update_fields=["state", "accepted_by", "accepted_at", "accepted_because"])
    what = "；".join(str(one["sentence"]) for one in settlement.findings)
    record(ACCEPTED, settlement, by=by, number=settlement.number, what=what, reason=settlement.accepted_because)
