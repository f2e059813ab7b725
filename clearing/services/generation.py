"""生成清算数据: asking the centre to make the rows of a scope, once (clearing manual 5.1)."""

from typing import cast

from clearing.actions import GENERATION_DONE, GENERATION_REQUESTED, OPERATION_UNDONE
from clearing.messages import GenerateClearing, QueryClearing
from clearing.messages import Generation as GeneratedReply
from clearing.models import Generation, GenerationState, Scope
from clearing.services.fetching import begin_fetch
from clearing.services.overview import live_rows
from clearing.services.refusals import Refused
from clearing.services.scopes import locked
from clearing.services.steps import author, refuse_while_moving
from portal.access.member import Member
from portal.audit import record
from portal.gateway.journal import (
    AlreadyRunning,
    Applied,
    Ask,
    Handler,
    NotApplied,
    Operation,
    Verdict,
    open_operation,
    outcome,
    request_of,
)

#: The centre has rows of this scope already.
EXISTS = "2001"


def request_generation(scope: Scope, *, by: Member) -> Operation:
    """Have the centre generate the scope's rows, and fetch them when it has; a second request joins the first.

    Raises Refused while the scope has rows, or while another step about it is running.
    """
    locked(scope)
    running = Generation.objects.filter(**_exactly(scope), state=GenerationState.REQUESTED).first()
    if running and running.operation:
        return running.operation
    refuse_while_moving(scope)
    present = live_rows(scope).count()
    if present:
        raise Refused(f"{scope}已有 {present} 条清算数据；如需重新生成请先撤销，只更新数据请点“重新获取”")
    # What is left without rows was taken back elsewhere, agency by agency.
    for empty in Generation.objects.filter(scope.overlapping(), state=GenerationState.READY):
        if not live_rows(empty.scope).exists():
            Generation.objects.filter(pk=empty.pk).update(state=GenerationState.REVOKED)
    generation = Generation(**_exactly(scope), requested_by=by.user)
    request = GenerateClearing(year=str(scope.year), aka080=scope.insurance, qsjg00=scope.agency or None)
    title = f"生成清算数据：{scope}"
    try:
        generation.operation = open_operation(request, key=scope.key, by=by, title=title, subject=generation)
    except AlreadyRunning as running_now:
        return running_now.operation
    generation.save()
    record(GENERATION_REQUESTED, generation, by=by, scope=str(scope))
    return generation.operation


def _exactly(scope: Scope) -> dict[str, object]:
    return {
        "environment": scope.environment,
        "year": scope.year,
        "insurance": scope.insurance,
        "agency": scope.agency,
    }


@outcome(GenerateClearing)
class Generating(Handler):
    """The rows exist at the centre, or they do not."""

    consequence = "医保中心将生成这个范围的全年清算数据，之后自动获取；同一范围不能重复生成"

    def applied(self, operation: Operation, reply: GeneratedReply | None) -> None:
        generation = locked_generation(operation)
        if generation is None:
            return  # found in the spool after a restore: people decide, and fetch the scope again
        generation.batch_no = reply.batch_no if reply else ""
        generation.announced = reply.count if reply else None
        generation.state = GenerationState.FETCHING
        generation.save(update_fields=["batch_no", "announced", "state"])
        count = "未知" if generation.announced is None else generation.announced
        record(GENERATION_DONE, generation, by=None, scope=str(generation.scope), count=count)
        begin_fetch(generation, by=author(operation))

    def rejected(self, operation: Operation) -> None:
        generation = locked_generation(operation)
        if generation is None:
            return  # found in the spool after a restore: people decide, and fetch the scope again
        generation.state = GenerationState.REFUSED
        generation.note = operation.message[:300]
        if operation.code == EXISTS:
            generation.note += "。要使用中心已有的数据，请点“获取已有数据”"
        generation.save(update_fields=["state", "note"])
        what = f"生成{generation.scope}清算数据"
        record(OPERATION_UNDONE, generation, by=None, what=what, reason=operation.message)

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        """Rows of the scope at the centre prove it: before the request there were none (else it refuses, 2001)."""
        asked = cast(GenerateClearing, request_of(operation))
        page = ask(QueryClearing(year=asked.year, aka080=asked.aka080, qsjg00=asked.qsjg00, page=1, size=1))
        if page.total:
            found = f"查询清算数据：中心已有 {page.total} 条"
            return Applied(GeneratedReply(batch_no="", count=page.total), found)
        return NotApplied("查询清算数据：中心没有该范围的数据")


def locked_generation(operation: Operation) -> Generation | None:
    """The generation of an operation, locked after its year."""
    found = Generation.objects.filter(operation=operation).first()
    if found is None:
        return None
    locked(found.scope)
    return Generation.objects.select_for_update(of=("self",)).get(pk=found.pk)
