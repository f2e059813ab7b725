"""What every step has in common: claiming rows for an operation, letting them go, acting for its author."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from clearing.models import ClearingRow, Generation, GenerationState, Scope
from clearing.services.refusals import Refused, naming
from clearing.services.scopes import locked
from portal.access.member import Member
from portal.access.models import Institution
from portal.gateway.journal import AlreadyRunning, Operation, open_operation, request_of
from portal.gateway.messages import Request

KEY_LABEL = "接口密钥 "
#: The totals that every step about rows is opened with.
TOTALS = {"rows": "条数", "disburse": "拨付金额（元）"}


def author(operation: Operation) -> Member:
    """Who asked for the operation, to carry on what they began; has no roles, so it passes no permission check."""
    institution = Institution.objects.get(pk=operation.institution_pk)
    key = operation.created_label.removeprefix(KEY_LABEL) if operation.created_by is None else ""
    return Member(operation.created_by, institution, frozenset(), key=key)


def refuse_while_moving(scope: Scope) -> None:
    """Nothing begins while the scope's rows are being made, read or taken back."""
    moving = Generation.objects.filter(scope.overlapping(), state__in=GenerationState.moving()).first()
    if moving:
        raise Refused(f"{moving.scope}{moving.shown_state}，完成后再办理").behind(
            moving.revocation_id or moving.operation_id
        )


def claim(rows: list[ClearingRow], operation: Operation) -> None:
    """Mark rows as part of the operation; they were locked and found free in this transaction."""
    mine = [row.pk for row in rows]
    taken = ClearingRow.objects.filter(pk__in=mine, operation__isnull=True).update(operation=operation)
    if taken != len(mine):
        raise RuntimeError("a row was claimed twice")


def refuse_claimed(rows: Iterable[ClearingRow]) -> None:
    busy = [row for row in rows if row.operation_id]
    if busy:
        said = f"以下数据正在办理其他操作，结果确认后再办理：{naming(busy, len(busy))}"
        raise Refused(said).about(row.row_id for row in busy).behind(busy[0].operation_id)


def opened(request: Request[Any], *, by: Member, **more: Any) -> Operation:
    """A new operation; raises Refused with the running one's sentence when there is one already (I1)."""
    try:
        return open_operation(request, by=by, **more)
    except AlreadyRunning as running:
        raise Refused(running.sentence).behind(running.operation.pk) from None


def locked_claim(operation: Operation) -> list[ClearingRow]:
    """The operation's rows, locked after their year; an empty list for an operation that nobody here began."""
    first = claimed(operation).first()
    if first is None:
        return []
    locked(first.scope)
    return list(claimed(operation).select_for_update(of=("self",)).order_by("pk"))


def claimed(operation: Operation) -> QuerySet[ClearingRow]:
    return ClearingRow.objects.filter(operation=operation)


def differing(rows: QuerySet[ClearingRow], operation: Operation) -> str:
    """How these rows differ from the totals that the operation was opened with; empty when they do not."""
    now = rows.order_by().aggregate(count=Count("pk"), sum=Sum("disburse", default=Decimal("0.00")))
    count, disburse = int(operation.expected["rows"]), Decimal(operation.expected["disburse"])
    if (now["count"], now["sum"]) == (count, disburse):
        return ""
    was, is_now = f"{count:,} 条、{disburse:,.2f} 元", f"{now['count']:,} 条、{now['sum']:,.2f} 元"
    return f"提交时为 {was}，现在为 {is_now}，数据已有变动"


def release(operation: Operation, **changes: Any) -> int:
    """Let all rows of the operation go, with their new state; how many there were."""
    locked_claim(operation)
    return claimed(operation).update(operation=None, state_at=timezone.now(), **changes)


def scope_of_request(operation: Operation) -> Scope:
    """The scope that a stored request names."""
    asked: Any = request_of(operation)
    return Scope(operation.environment, int(asked.year), asked.aka080, asked.qsjg00 or "")


def needs_second(by: Member) -> bool:
    """Whether the institution wants a second person for what moves money or cannot be undone."""
    return by.institution is not None and by.institution.four_eyes
