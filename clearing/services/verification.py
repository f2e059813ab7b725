"""批量核对、撤销核对: confirming rows at the centre, at most 500 a message (clearing manual 7.2, 7.3)."""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, cast

from django.db.models import QuerySet
from django.utils import timezone

from clearing.actions import (
    OPERATION_UNDONE,
    UNVERIFICATION_DONE,
    UNVERIFICATION_REQUESTED,
    VERIFICATION_DONE,
    VERIFICATION_REQUESTED,
)
from clearing.messages import CancelVerification, Verification, VerifyClearing
from clearing.models import ApplicationState, ChangeKind, ClearingRow, RowState, Scope
from clearing.services.fetching import refetch_after
from clearing.services.history import note, people, undone
from clearing.services.overview import live_application
from clearing.services.reading import ids_by_verification
from clearing.services.refusals import Refused, naming
from clearing.services.scopes import locked
from clearing.services.steps import (
    TOTALS,
    author,
    claim,
    claimed,
    locked_claim,
    opened,
    refuse_claimed,
    refuse_while_moving,
    release,
)
from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.audit import record
from portal.gateway.crypto.sm3 import sm3
from portal.gateway.journal import (
    Applied,
    Ask,
    Handler,
    NotApplied,
    Operation,
    StillUnknown,
    Verdict,
    outcome,
    request_of,
)

#: Rows in one message.
BATCH = 500
VERIFIED, UNVERIFIED = "001", "000"
Kind = type[VerifyClearing] | type[CancelVerification]


def verify_rows(rows: QuerySet[ClearingRow], *, by: Member) -> list[Operation]:
    """Confirm the rows at the centre; one operation for each 500 rows of a year, insurance and agency.

    Raises Refused, naming rows, when one is not unverified, is busy, or has findings that nobody, or only the
    member themselves, accepted; and while the scope's application is being submitted or cancelled.
    """
    chosen = _locked_rows(rows)
    wrong = [row for row in chosen if row.state != RowState.GENERATED]
    if wrong:
        raise naming_rows("只有“未核对”的数据可以核对，以下数据不是", wrong)
    refuse_claimed(chosen)
    broken = [row for row in chosen if row.needs_acceptance]
    if broken:
        raise naming_rows("以下数据有差异，须由复核人员写明理由接受后才能核对", broken)
    own = [row for row in chosen if row.accepted_four_eyes and by.is_user(row.accepted_by_id)]
    if own:
        raise naming_rows("以下数据的差异由您本人接受，须由另一人核对", own)
    return _open(VerifyClearing, chosen, by=by)


def cancel_verification(rows: QuerySet[ClearingRow], *, by: Member) -> list[Operation]:
    """Bring verified rows back to unverified at the centre; Refused, naming rows, once they are applied for."""
    chosen = _locked_rows(rows)
    applied = [row for row in chosen if row.state in (RowState.APPLIED, RowState.APPROVED) or row.application_id]
    if applied:
        raise naming_rows("已提交清算申请的数据不能撤销核对，请先撤销申请", applied)
    wrong = [row for row in chosen if row.state != RowState.VERIFIED]
    if wrong:
        raise naming_rows("只有“已核对”的数据可以撤销核对，以下数据不是", wrong)
    refuse_claimed(chosen)
    return _open(CancelVerification, chosen, by=by)


def naming_rows(sentence: str, rows: list[ClearingRow]) -> Refused:
    return Refused(f"{sentence}：{naming(rows, len(rows))}").about(row.row_id for row in rows)


def _locked_rows(rows: QuerySet[ClearingRow]) -> list[ClearingRow]:
    """The rows under lock, with their scopes locked first: the same order as every other step."""
    keys = rows.order_by().values_list("environment", "year", "insurance").distinct()
    for environment, year, insurance in sorted(keys):
        locked(Scope(environment, year, insurance))
    chosen = list(rows.order_by("pk").select_for_update(of=("self",)))
    if not chosen:
        raise Refused("请先选择数据")
    return chosen


def _open(kind: Kind, rows: list[ClearingRow], *, by: Member) -> list[Operation]:
    by_scope: dict[Scope, list[ClearingRow]] = defaultdict(list)
    for row in rows:
        by_scope[row.scope].append(row)
    opened = []
    for scope, mine in by_scope.items():
        refuse_while_moving(scope)
        held = live_application(scope)
        if held and held.state in (ApplicationState.SUBMITTING, ApplicationState.CANCELLING):
            raise Refused(f"{scope}清算申请{held.shown_state}，完成后再办理核对")
        mine.sort(key=lambda row: row.row_id)
        opened += [open_batch(kind, scope, mine[first : first + BATCH], by=by) for first in range(0, len(mine), BATCH)]
        action = VERIFICATION_REQUESTED if kind is VerifyClearing else UNVERIFICATION_REQUESTED
        record(action, None, by=by, scope=str(scope), count=len(mine), disburse=str(sum(row.disburse for row in mine)))
    return opened


def open_batch(kind: Kind, scope: Scope, rows: list[ClearingRow], *, by: Member) -> Operation:
    """One message about at most 500 rows of one scope; claims them. The key names exactly these rows."""
    ids = sorted(row.row_id for row in rows)
    total = sum(row.disburse for row in rows)
    operation = opened(
        kind(row_ids=ids),
        key=f"{scope.key}-{sm3(','.join(ids).encode()).hex()[:16]}",
        by=by,
        title=f"{kind.title}：{scope}，{len(ids)} 条，拨付金额 {total:,.2f} 元",
        expected={"rows": len(ids), "disburse": total},
        subject=scope.key,
    )
    claim(rows, operation)
    return operation


class _Changing(Handler, ABC):
    """What verifying and its cancellation have in common; `there` is the state that proves the change."""

    kind: Kind
    there: str
    state: RowState
    what: str

    def applied(self, operation: Operation, reply: Verification | None) -> None:
        """Only the rows that the answer names have changed; the rest is asked for again, in a message of its own."""
        rows = locked_claim(operation)
        named = {row.row_id for row in rows} if reply is None else set(reply.row_ids)
        done = [row for row in rows if row.row_id in named]
        rest = [row for row in rows if row.row_id not in named]
        scope = rows[0].scope if rows else None
        self.changed([row.pk for row in done], operation)
        if scope and done:
            record(self.action(), None, by=None, scope=str(scope), count=len(done))
        if not rest or scope is None:
            return
        release(operation)
        if done:
            open_batch(self.kind, scope, rest, by=author(operation))
        else:
            reason = "医保中心答复成功，但没有处理任何一条"
            record(OPERATION_UNDONE, None, by=None, what=f"{self.what}{scope}", reason=reason)
            refetch_after(scope, by=author(operation))

    @abstractmethod
    def changed(self, ids: Iterable[Any], operation: Operation) -> None: ...

    @abstractmethod
    def action(self) -> Any: ...

    def rejected(self, operation: Operation) -> None:
        scopes = sorted({row.scope for row in claimed(operation)}, key=lambda scope: scope.key)
        undone(operation, self.what)
        release(operation)
        for scope in scopes:
            record(OPERATION_UNDONE, None, by=None, what=f"{self.what}{scope}", reason=operation.message)
            if operation.code:  # the centre refused: somebody else changed these rows
                refetch_after(scope, by=author(operation))

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        """Ask for both states and lay our rows beside them: all there, none there, or a part that is adopted."""
        asked = cast(VerifyClearing | CancelVerification, request_of(operation))
        with tenant_tx(operation.institution_pk):
            scopes = {row.scope for row in claimed(operation)}
        ours, there, elsewhere = set(asked.row_ids), set[str](), set[str]()
        other = UNVERIFIED if self.there == VERIFIED else VERIFIED
        for scope in scopes:
            there |= ids_by_verification(ask, scope, self.there)
            elsewhere |= ids_by_verification(ask, scope, other)
        proven, not_changed = ours & there, ours & elsewhere
        told = f"查询核对数据：{len(ours)} 条中 {len(proven)} 条已变更，{len(not_changed)} 条未变更"
        missing = len(ours - proven - not_changed)
        told += f"，{missing} 条已不在中心" if missing else ""
        if proven & not_changed:
            return StillUnknown(f"{told}；查询期间状态有变动")
        if proven:
            return Applied(Verification(count=len(proven), row_ids=sorted(proven)), told)
        return NotApplied(told)


def noted(keys: list[Any], kind: ChangeKind, operation: Operation, before: RowState, after: RowState) -> None:
    said = {"before": str(before.label), "after": str(after.label)}
    note(keys, kind, operation=operation, who=people(operation), **said)


@outcome(VerifyClearing)
class Verifying(_Changing):
    """Rows become verified, by whoever asked for it."""

    labels = TOTALS
    consequence = "医保中心将把这些数据记为“已核对”，可以进入清算申请；只能再办理“撤销核对”"
    kind, there, state, what = VerifyClearing, VERIFIED, RowState.VERIFIED, "核对"

    def changed(self, ids: Iterable[Any], operation: Operation) -> None:
        now, keys = timezone.now(), list(ids)
        noted(keys, ChangeKind.VERIFIED, operation, RowState.GENERATED, RowState.VERIFIED)
        ClearingRow.objects.filter(pk__in=keys).update(
            operation=None,
            state=RowState.VERIFIED,
            state_at=now,
            verified_by=operation.created_by,
            verified_as=operation.created_label,
            verified_at=now,
        )

    def action(self) -> Any:
        return VERIFICATION_DONE


@outcome(CancelVerification)
class Unverifying(_Changing):
    """Rows become unverified again."""

    labels = TOTALS
    consequence = "这些数据恢复为“未核对”，不能进入清算申请"
    kind, there, state, what = CancelVerification, UNVERIFIED, RowState.GENERATED, "撤销核对"

    def changed(self, ids: Iterable[Any], operation: Operation) -> None:
        keys = list(ids)
        noted(keys, ChangeKind.UNVERIFIED, operation, RowState.VERIFIED, RowState.GENERATED)
        ClearingRow.objects.filter(pk__in=keys).update(
            operation=None,
            state=RowState.GENERATED,
            state_at=timezone.now(),
            verified_by=None,
            verified_as="",
            verified_at=None,
        )

    def action(self) -> Any:
        return UNVERIFICATION_DONE
