"""Reversing a doubtful message (2601): proposed by one, agreed by another, and believed only when queries prove it.

2601 has no output, so its success says little. It names the message (msgid) that is to leave no trace; a message that
arrives only later would still be carried out, so nothing is reversed before the quiet period is over, and the centre is
asked again afterwards. A reversal is never reversed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import F

from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.audit import record
from portal.gateway.errors import GatewayError
from portal.gateway.journal import (
    Ask,
    Attempt,
    Handler,
    Moot,
    NotApplied,
    Operation,
    State,
    StillUnknown,
    Verdict,
    outcome,
    pace,
)
from portal.gateway.journal.doubt import Asked
from portal.gateway.journal.reversing import begin_reversal, end_reversal, recorder, reversing
from portal.gateway.journal.states import LIVE, Outcome
from portal.gateway.messages import Record
from portal.gateway.national import NATIONAL, current_edition, transaction
from portal.jobs import start
from settlement.actions import REVERSAL_ASKED, REVERSAL_TOLD
from settlement.models import Settlement, SettlementState, Visit
from settlement.services.refusals import Refused
from settlement.services.settling.messages import request_for
from settlement.services.settling.outcomes import settlement_stands, settlement_undone
from settlement.services.steps import author, locked, opened

PROVE = "settlement.prove"
NUMBER = "2601"

#: Whether the centre holds nothing of an operation: True, False (it does), or None (cannot tell).
Gone = Callable[[Operation, Ask], bool | None]
_proofs: dict[str, Gone] = {}


def proves_gone(*numbers: str) -> Callable[[Gone], Gone]:
    """Declare how it is shown that nothing is left of an operation of these transactions."""

    def declare(proof: Gone) -> Gone:
        for number in numbers:
            if number in _proofs:
                raise TypeError(f"{number} is proven in another way already")
            _proofs[number] = proof
        return proof

    return declare


#: What becomes of a visit that was adopted late, while its reversal was on its way.
Ended = Callable[..., None]
_ends: dict[str, Ended] = {}


def unless_gone(number: str) -> Callable[[Ended], Ended]:
    """Declare what the end of a reversal means for a visit that waits for it: `(visit, *, gone, told)`, locked."""

    def declare(ended: Ended) -> Ended:
        _ends[number] = ended
        return ended

    return declare


def live_reversal(operation: Operation) -> Operation | None:
    """The reversal of this operation that may still take effect, or has and waits for its proof."""
    msgids = operation.attempt_rows.values("msgid")
    rows = Operation.objects.filter(gateway=NATIONAL.name, kind=NUMBER, business_key__in=msgids)
    under_way = [state for state in LIVE if state != State.DRAFT]
    return rows.filter(state__in=under_way).defer("request", "reply").first()


def reversal_obstacle(operation: Operation) -> str:
    """Why this operation cannot be reversed now, in a sentence; empty when it can."""
    if operation.kind == NUMBER:
        return "冲正交易本身不能再冲正"
    if operation.kind not in current_edition(operation.environment).reversible:
        return f"当前接口版本不允许冲正 {operation.kind}，请联系医保中心"
    if operation.state not in (State.RESOLVING, State.MANUAL):
        return "静默期未满或已有结果，现在不能冲正"
    if operation.kind not in _proofs:
        return "没有查询能证明冲正的结果，请由两人认定"
    if live_reversal(operation) is not None:
        return "冲正正在办理"
    return "" if message_in_doubt(operation) else "没有结果待确认的报文"


def message_in_doubt(operation: Operation) -> Attempt | None:
    """The newest message that may have taken effect."""
    return operation.attempt_rows.filter(outcome__in=[Outcome.UNKNOWN, Outcome.OK_UNPARSED]).order_by("-n").first()


def propose_reversal(operation: Operation, *, by: Member, reason: str) -> Operation:
    """A draft of 2601 for this doubtful operation, which a reviewer lets go. Raises Refused with the obstacle.

    Always two people, whatever the institution's setting: it takes money back without a reply that says so.
    """
    if by.user is None:
        raise Refused("冲正须由经办人员提出")
    if not reason.strip():
        raise Refused("请填写理由", field="reason")
    visit = visit_of(operation)
    if visit is None:
        raise Refused("没有对应的就诊记录")
    visit = locked(visit)
    operation.refresh_from_db(fields=["state", "version"])
    if obstacle := reversal_obstacle(operation):
        raise Refused(obstacle)
    attempt = message_in_doubt(operation)
    assert attempt is not None
    data = {"psn_no": visit.person_no.reveal(), "omsgid": attempt.msgid, "oinfno": operation.kind}
    reversal = opened(
        request_for(NUMBER, {"data": data}, visit),
        key=attempt.msgid,
        by=by,
        title=f"冲正：{operation.title}"[:200],
        needs_second=True,
        expected={"message": attempt.msgid, "number": operation.kind, "reason": reason.strip()[:200]},
        subject=visit,
    )
    record(REVERSAL_ASKED, visit, by=by, what=operation.title, msgid=attempt.msgid, reason=reason.strip()[:200])
    return reversal


def visit_of(operation: Operation) -> Visit | None:
    """The visit an operation is about."""
    return Visit.objects.filter(pk=operation.subject.rpartition(":")[2]).first() if operation.subject else None


def original_of(reversal: Operation) -> Operation | None:
    """The operation whose message this reversal names."""
    attempt = Attempt.objects.filter(msgid=reversal.business_key).select_related("operation").first()
    return attempt.operation if attempt else None


@outcome(transaction(NUMBER))
class Reversing(Handler):
    """The centre accepted the reversal; whether anything is left is asked afterwards."""

    four_eyes = True
    labels = {"message": "被冲正的报文", "number": "交易编号", "reason": "理由"}
    consequence = "复核通过后立即发送冲正：如果原交易已生效，将被医保中心取消；病人须重新办理"

    def approvable(self, operation: Operation) -> str:
        original = original_of(operation)
        if original is None:
            return "找不到被冲正的业务"
        return "" if original.state in (State.RESOLVING, State.MANUAL) else f"原业务已{original.sentence}"

    def applied(self, operation: Operation, reply: Record | None) -> None:
        original = original_of(operation)
        if original is None:
            return
        begin_reversal(original, reversal=operation)
        start_proof(operation)

    def rejected(self, operation: Operation) -> None:
        if operation.state == State.REVERSED:  # whether it arrived or not: nothing is left
            return self.applied(operation, None)
        original, visit = original_of(operation), visit_of(operation)
        if original is None or visit is None:
            return
        record(REVERSAL_TOLD, visit, by=None, what=original.title, told=f"没有冲正：{operation.message}")
        close(operation, gone=False, told=operation.message)

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        with tenant_tx(operation.institution_pk):
            original = original_of(operation)
        if original is None:
            return StillUnknown("找不到被冲正的业务", for_people=True)
        gone = _proofs[original.kind](original, ask)
        if gone is None:
            return StillUnknown("查询结果还不能证明冲正是否生效")
        return Moot("查询不到原交易的任何结果") if gone else NotApplied("原交易的结果仍在")


def start_proof(reversal: Operation) -> None:
    """Have a worker show that nothing is left; the sweep starts it again when it got lost."""
    start(
        PROVE,
        reversal.business_key,
        by=author(reversal),
        title=f"核实{reversal.title}"[:100],
        params={"reversal": str(reversal.pk)},
    )


def prove(reversal_id: Any, *, door: Any) -> str:
    """Ask whether anything is left of what was reversed, and end both accordingly. Called by the job."""
    with door():
        reversal = Operation.objects.get(pk=reversal_id)
        original = original_of(reversal)
    if original is None:
        return "找不到被冲正的业务"
    asked = recorder(original)
    gone: bool | None = None
    try:
        gone = _proofs[original.kind](original, asked)
        told = {True: "查询不到原交易的任何结果", False: "原交易的结果仍在", None: "查询结果不能证明"}[gone]
    except GatewayError as error:
        told = f"查询没有得到答案：{error.sentence}"
    with door():
        return _concluded(reversal, original, gone, told, asked)


def _concluded(reversal: Operation, original: Operation, gone: bool | None, told: str, asked: Asked) -> str:
    if gone is None:
        Operation.objects.filter(pk=original.pk, state=State.REVERSING).update(looks=F("looks") + 1)
        original.refresh_from_db(fields=["looks"])
        if original.looks < pace.LOOKS:
            return f"{told}，稍后再核实"
    end_reversal(original, gone=bool(gone), note=told, record=asked)
    close(reversal, gone=bool(gone), told=told)
    return told


def close(reversal: Operation, *, gone: bool, told: str) -> None:
    """A settlement whose lost reply came while its reversal was on its way: it is undone with it, or stands."""
    settlement = Settlement.objects.filter(undone_by=reversal, state=SettlementState.UNDOING).first()
    if settlement is None:
        waiting, original = Visit.objects.filter(operation=reversal).first(), original_of(reversal)
        if waiting is not None and original is not None and original.kind in _ends:
            _ends[original.kind](locked(waiting), gone=gone, told=told)
        return
    settlement.visit = locked(settlement.visit)
    if gone:
        settlement_undone(settlement, SettlementState.REVERSED)
    else:
        settlement_stands(settlement, told)


def unproven(institution_id: int) -> list[Operation]:
    """Reversals that were accepted and whose proof is still open."""
    found = []
    for original in reversing(institution_id, NATIONAL.name):
        with tenant_tx(institution_id):
            msgids = original.attempt_rows.values("msgid")
            ended = [State.DONE, State.REVERSED]
            rows = Operation.objects.filter(kind=NUMBER, state__in=ended, business_key__in=msgids)
            found += list(rows.order_by("-created_at")[:1])
    return found
