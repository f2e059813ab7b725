"""Taking a doubtful effect back by a transaction of its own: `reversing` while that is being proven, then `reversed`.

Two people agree to a reversal, which is an operation like any other. When the gateway has accepted it, the doubtful
operation waits as `reversing` until queries show that nothing of it is left; only then has it ended.
"""

from __future__ import annotations

from typing import Any

from portal.access.door import tenant_tx
from portal.gateway import actions, client
from portal.gateway.journal.doubt import ANSWER_LIMIT, Asked
from portal.gateway.journal.models import Evidence, Operation
from portal.gateway.journal.moves import move, tell, tell_business
from portal.gateway.journal.states import Finding, Method, State


def begin_reversal(operation: Operation, *, reversal: Operation) -> bool:
    """The gateway has accepted the reversal of this doubtful operation: from now on only its proof is waited for.

    The two people who agreed to the reversal are the evidence. False when the operation has ended meanwhile. Inside the
    door and a transaction.
    """
    current = Operation.objects.select_for_update().get(pk=operation.pk)
    if current.state == State.REVERSING:
        return True
    if current.state not in (State.RESOLVING, State.MANUAL):
        return False
    note = f"两人同意冲正，接口已受理：{reversal.title}"
    _evidence(current, Method.PEOPLE, Finding.APPLIED, note, people=reversal)
    move(current, State.REVERSING, message="冲正已受理，正在核实", next_look_at=None)
    tell(current, actions.REVERSING, evidence=note)
    return True


def end_reversal(operation: Operation, *, gone: bool, note: str, record: Asked | None = None) -> State:
    """What the queries after a reversal showed: nothing is left → reversed; something is → people. Its state then."""
    current = Operation.objects.select_for_update().get(pk=operation.pk)
    if current.state != State.REVERSING:
        return State(current.state)
    _evidence(current, Method.QUERY, Finding.APPLIED if gone else Finding.UNKNOWN, note, record=record)
    if gone:
        move(current, State.REVERSED, message=f"已冲正：{note}")
        tell(current, actions.REVERSED, evidence=note)
        tell_business(current, "rejected")
    else:
        move(current, State.MANUAL, message=f"冲正后仍未证明：{note}")
        tell(current, actions.GIVEN_TO_PEOPLE, reason=note)
    return State(current.state)


def recorder(operation: Operation) -> Asked:
    """An `ask` for the proof, on the operation's own environment; it remembers what was asked and answered."""
    client.refuse_inside_transaction()
    return Asked(operation.institution_pk, operation.environment)


def reversing(institution_id: int, gateway: str) -> list[Operation]:
    """Operations of this gateway whose reversal waits for its proof."""
    with tenant_tx(institution_id):
        return list(Operation.objects.filter(gateway=gateway, state=State.REVERSING))


def _evidence(
    operation: Operation,
    method: Method,
    verdict: Finding,
    note: str,
    *,
    people: Operation | None = None,
    record: Asked | None = None,
) -> None:
    more: dict[str, Any] = {}
    if people is not None:
        more = {"decided_by": people.created_by, "confirmed_by": people.approved_by}
    if record is not None:
        answered = "[" + ",".join(record.answered) + "]" if record.answered else None
        more = {"asked": record.asked, "answered": answered[:ANSWER_LIMIT] if answered else None}
    Evidence.objects.create(
        operation=operation,
        attempt=operation.attempt_rows.filter(n=operation.attempts).first(),
        version=operation.version,
        method=method,
        verdict=verdict,
        note=note[:500],
        **more,
    )
