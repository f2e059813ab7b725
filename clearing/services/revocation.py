"""撤销清算数据: taking generated rows back; impossible once a row is verified (clearing manual 5.2)."""

from clearing.actions import OPERATION_UNDONE, REVOCATION_DONE, REVOCATION_REQUESTED
from clearing.messages import Revocation, RevokeClearing
from clearing.models import ChangeKind, Generation, GenerationState, RowState, Scope
from clearing.services.history import note, people, undone
from clearing.services.overview import live_rows
from clearing.services.reading import row_ids
from clearing.services.refusals import Refused, naming
from clearing.services.scopes import locked
from clearing.services.steps import (
    TOTALS,
    claim,
    claimed,
    differing,
    needs_second,
    refuse_claimed,
    refuse_while_moving,
    release,
    scope_of_request,
)
from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.audit import record
from portal.gateway.journal import (
    AlreadyRunning,
    Applied,
    Ask,
    Handler,
    NotApplied,
    Operation,
    StillUnknown,
    Verdict,
    open_operation,
    outcome,
)


def request_revocation(scope: Scope, *, by: Member) -> Operation:
    """Have the centre delete the scope's rows; with four eyes it waits for a reviewer.

    Raises Refused when there is nothing to revoke, while any row is verified (they are named) or busy.
    """
    locked(scope)
    rows = list(live_rows(scope).select_for_update(of=("self",)).order_by("pk"))
    if not rows:
        raise Refused(f"{scope}没有清算数据，无需撤销")
    running = Generation.objects.filter(
        scope.overlapping(), state=GenerationState.REVOKING, revocation__business_key=scope.key
    ).first()
    if running and running.revocation and running.revocation.is_live:
        return running.revocation
    refuse_while_moving(scope)
    fixed = [row for row in rows if row.state != RowState.GENERATED]
    if fixed:
        raise Refused(f"已核对或已申请的清算数据不能撤销，请先撤销核对：{naming(fixed, len(fixed))}")
    refuse_claimed(rows)
    total = sum(row.disburse for row in rows)
    request = RevokeClearing(year=str(scope.year), aka080=scope.insurance, qsjg00=scope.agency or None)
    try:
        operation = open_operation(
            request,
            key=scope.key,
            by=by,
            title=f"撤销清算数据：{scope}，{len(rows)} 条，拨付金额 {total:,.2f} 元",
            needs_second=needs_second(by),
            expected={"rows": len(rows), "disburse": total},
            subject=str(scope),
        )
    except AlreadyRunning as running_now:
        return running_now.operation
    claim(rows, operation)
    generations = Generation.objects.filter(scope.overlapping(), state=GenerationState.READY)
    generations.update(state=GenerationState.REVOKING, revocation=operation)
    record(REVOCATION_REQUESTED, None, by=by, scope=str(scope), count=len(rows))
    return operation


@outcome(RevokeClearing)
class Revoking(Handler):
    """The rows are gone from the centre, or still there."""

    labels = TOTALS
    four_eyes = True
    consequence = "复核通过后立即撤销，不可逆：医保中心将删除这些数据，需要时只能重新生成"

    def approvable(self, operation: Operation) -> str:
        """The centre deletes whatever the scope has when it is sent: that must still be what was agreed to."""
        rows = live_rows(scope_of_request(operation))
        if rows.exclude(state=RowState.GENERATED).exists():
            return "有数据在提交之后已被核对"
        return differing(rows, operation)

    def applied(self, operation: Operation, reply: Revocation | None) -> None:
        after = str(RowState.REVOKED.label)
        note(claimed(operation), ChangeKind.REVOKED, operation=operation, who=people(operation), after=after)
        count = release(operation, state=RowState.REVOKED)
        for generation in Generation.objects.select_for_update(of=("self",)).filter(revocation=operation):
            emptied = not live_rows(generation.scope).exists()
            generation.state = GenerationState.REVOKED if emptied else GenerationState.READY
            generation.save(update_fields=["state"])
        scope = operation.subject
        record(REVOCATION_DONE, None, by=None, scope=scope, count=reply.count if reply else count)

    def rejected(self, operation: Operation) -> None:
        undone(operation, "撤销清算数据")
        release(operation)
        waiting = Generation.objects.filter(revocation=operation, state=GenerationState.REVOKING)
        waiting.update(state=GenerationState.READY, note=operation.message[:400])
        scope = operation.subject
        record(OPERATION_UNDONE, None, by=None, what=f"撤销{scope}清算数据", reason=operation.message)

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        """Our rows are at the centre or not. All or none: a rest, or other rows of a new generation, prove it gone."""
        with tenant_tx(operation.institution_pk):
            ours = set(claimed(operation).values_list("row_id", flat=True))
        there = row_ids(ask, scope_of_request(operation))
        left = ours & there
        if not left:
            return Applied(Revocation(count=len(ours)), f"查询清算数据：原有 {len(ours)} 条都已不在中心")
        if left == ours:
            return NotApplied(f"查询清算数据：{len(ours)} 条都仍在中心")
        return StillUnknown(f"查询清算数据：原有 {len(ours)} 条中 {len(left)} 条仍在中心")
