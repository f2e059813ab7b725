"""Settling what was shown (2102A, 2207A, 2304A): sent once, proven, and only then paid for."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import timezone

from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.audit import record
from portal.gateway.journal import (
    Applied,
    Ask,
    Handler,
    NotApplied,
    Operation,
    State,
    StillUnknown,
    Verdict,
    outcome,
)
from portal.gateway.journal.handlers import class_of
from portal.gateway.messages import Record
from portal.gateway.national import transaction
from settlement.actions import NOT_SETTLED, SETTLING
from settlement.models import Settlement, SettlementState
from settlement.rules.amounts import SHOWN
from settlement.services.refusals import Refused
from settlement.services.settling.answers import answer
from settlement.services.settling.arrival import arrive
from settlement.services.settling.binding import hash_now
from settlement.services.settling.certificates import for_settling
from settlement.services.settling.looking import Where, find
from settlement.services.settling.messages import request_for
from settlement.services.settling.previews import VALID, refuse_obstacles
from settlement.services.settling.reversal import live_reversal, proves_gone
from settlement.services.settling.ways import way_of
from settlement.services.steps import locked, move, moved_by, opened

NUMBERS = ("2102", "2102A", "2207", "2207A", "2304", "2304A")


def settle(
    settlement: Settlement, *, by: Member, certificate: Mapping[str, str] | None = None, invoice: str = ""
) -> Operation:
    """Send the settlement that this preview showed. A second call while it runs returns the running operation.

    `certificate`: what the person showed now, under the wire's names; an e-voucher has to be fresh. Raises Refused
    when the preview is none any more, when lines have changed since (it then expires), or while anything is unresolved.
    """
    visit = locked(settlement.visit)
    settlement = held(settlement)
    settlement.visit = visit
    if settlement.state == SettlementState.SETTLING and settlement.operation:
        return settlement.operation
    if settlement.state != SettlementState.PREVIEW:
        raise Refused(f"这次预结算{settlement.get_state_display()}，请重新预结算")
    way = way_of(settlement)
    refuse_obstacles(way, visit, settlement.bill)
    if obstacle := way.settle_obstacle(settlement):
        raise Refused(obstacle)
    refuse_stale(settlement)
    shown = for_settling(visit, certificate)
    content = way.content(settlement, shown, final=True)
    settlement.invoice = invoice.strip()[:20]
    request = request_for(way.settle, content, visit)
    operation = opened(
        request,
        key=f"{visit.number}/{settlement.bill.number}" if settlement.bill else visit.number,
        by=by,
        title=f"{way.noun}结算：{visit.number}，{visit.name_masked}，{settlement.charged:,.2f} 元",
        expected={"charged": f"{settlement.charged:.2f}", **settlement.shown},
        subject=visit,
    )
    settlement.operation, settlement.state, settlement.note = operation, SettlementState.SETTLING, ""
    settlement.transaction = type(request).code
    settlement.save(update_fields=["operation", "state", "note", "transaction", "invoice"])
    way.settling(settlement)
    move(visit, visit.state, operation)
    amounts = {name: settlement.shown.get(name, "0.00") for name in ("total", "fund", "account", "cash")}
    record(SETTLING, settlement, by=by, number=settlement.number, **amounts)
    return operation


def held(settlement: Settlement) -> Settlement:
    """The settlement as it is now; its visit is locked already."""
    return Settlement.objects.select_related("bill", "operation").get(pk=settlement.pk)


def refuse_stale(settlement: Settlement) -> None:
    """Raises Refused when the preview is too old; one whose lines changed expires, which Refused would take back."""
    if hash_now(way_of(settlement), settlement) != settlement.content_hash:
        raise Refused("预结算之后明细或就诊信息有变动，请重新预结算，再请病人确认")
    if settlement.previewed_at is None or timezone.now() - settlement.previewed_at > VALID:
        raise Refused("预结算已超过两小时，余额和起付线可能变化，请重新预结算")


@outcome(*(transaction(number) for number in NUMBERS))
class Settling(Handler):
    """The centre settled, or it did not; what it settled is stored whatever it adds up to."""

    labels = {"charged": "明细合计（元）", **{name: f"预结算{label}（元）" for name, label in SHOWN.items()}}
    consequence = "发送后医保基金和个人账户即被扣款"

    def applied(self, operation: Operation, reply: Record | None) -> None:
        settlement = settled_by(operation)
        if settlement is None:
            return  # found in the spool after a restore: people decide
        arrive(settlement, answer(reply), operation)
        found = answer(reply)
        visit = settlement.visit
        changes = {"mdtrt_id": found.mdtrt_id[:30]} if found and found.mdtrt_id and not visit.mdtrt_id else {}
        reversal = live_reversal(operation)
        if reversal is not None:  # a late reply, while its reversal is on its way: that one has the last word
            Settlement.objects.filter(pk=settlement.pk).update(state=SettlementState.UNDOING, undone_by=reversal)
        move(visit, way_of(settlement).settled(settlement), reversal, **changes)

    def rejected(self, operation: Operation) -> None:
        settlement = settled_by(operation)
        if settlement is None:
            return
        reversed_ = operation.state == State.REVERSED
        settlement.state = SettlementState.REVERSED if reversed_ else SettlementState.REJECTED
        settlement.note = (operation.message or "没有结算")[:400]
        if reversed_:
            settlement.undone_at = timezone.now()
        settlement.save(update_fields=["state", "note", "undone_at"])
        move(settlement.visit, way_of(settlement).not_settled(settlement), None, note=settlement.note)
        record(NOT_SETTLED, settlement, by=None, number=settlement.number, reason=settlement.note)

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        with tenant_tx(operation.institution_pk):
            settlement = Settlement.objects.select_related("visit", "bill").filter(operation=operation).first()
            reversal = live_reversal(operation)
        if settlement is None:
            return StillUnknown("没有对应的结算记录，须人工处理", for_people=True)
        if reversal is not None:
            return StillUnknown(f"正在冲正：{reversal.sentence}")
        found = find(settlement, operation, ask)
        if found.where == Where.HERE and found.answer is not None:
            return Applied(adopted(operation, found.answer.raw), found.told)
        if found.where == Where.ABSENT:
            return NotApplied(found.told)
        return StillUnknown(f"{found.told}；可以申请冲正")


def settled_by(operation: Operation) -> Settlement | None:
    """The settlement of this operation, its visit locked first; None when nobody here began it."""
    visit = moved_by(operation)
    found = Settlement.objects.select_related("bill").filter(operation=operation).first()
    if found is not None:
        found.visit = visit or locked(found.visit)
    return found


def adopted(operation: Operation, raw: Mapping[str, object]) -> Record:
    """What the lost reply would have said, as far as 5203 knows it."""
    reply: Record = class_of(operation).reply().model_validate(dict(raw))
    return reply


@proves_gone(*NUMBERS)
def nothing_left(operation: Operation, ask: Ask) -> bool | None:
    """Whether the centre holds no settlement of this operation's messages."""
    with tenant_tx(operation.institution_pk):
        settlement = Settlement.objects.select_related("visit", "bill").filter(operation=operation).first()
    if settlement is None:
        return None
    found = find(settlement, operation, ask)
    return {Where.HERE: False, Where.ABSENT: True, Where.UNCLEAR: None}[found.where]
