"""异地清分结果确认回退 (3262): taking one confirmation back by its message id, or everything of the month with 0.

Where four eyes apply, a second person lets it go. The roll-back of a month also settles what nothing else can prove:
a confirmation, or a single roll-back, whose reply was lost. So it is refused while one of the month's messages may
still arrive (queued, under way, quiet period), and allowed while one is only in doubt.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from clearing.actions import (
    CROSS_REGION_ROLLBACK_REQUESTED,
    CROSS_REGION_ROLLED_BACK,
    OPERATION_UNDONE,
)
from clearing.messages.cross_region import RollBackCrossRegion, RolledBack
from clearing.models import BatchState, CrossRegionBatch, CrossRegionMonth
from clearing.services.cross_region.confirmation import LOOKS, NO_ID, free, locked_batch, refuse_elsewhere
from clearing.services.cross_region.months import batches_of, locked
from clearing.services.refusals import Refused
from clearing.services.steps import needs_second
from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.audit import record
from portal.gateway.journal import (
    AlreadyRunning,
    Ask,
    Handler,
    Moot,
    Operation,
    State,
    StillUnknown,
    Verdict,
    look_soon,
    open_operation,
    outcome,
)

NO_PROOF = "3260 不返回确认结果，查询无法证明回退是否生效：请向医保中心核对后由两人认定"


def roll_back_batch(batch: CrossRegionBatch, *, by: Member) -> Operation:
    """Take this confirmation back. Raises Refused when it is not (or no longer) confirmed, or has no message id."""
    month = locked(batch.month)
    refuse_elsewhere(month, by)
    batch = batches_of(month).select_for_update(of=("self",)).get(pk=batch.pk)
    if batch.state == BatchState.ROLLING_BACK and batch.rollback:
        return batch.rollback
    if month.rollback and month.rollback.is_live:
        raise Refused(f"{month}正在整月回退（{month.rollback.sentence}），完成后再办理")
    if batch.state != BatchState.CONFIRMED:
        raise Refused(f"{batch}{batch.shown_state}，不能回退")
    if not batch.message_id:
        raise Refused(f"{batch}{NO_ID}")
    try:
        operation = open_operation(
            RollBackCrossRegion.of(str(month.year), f"{month.month:02}", batch.message_id),
            key=f"{month.key}-{batch.message_id}",
            by=by,
            title=f"回退 {batch}确认：{batch.count} 条，支付总额 {batch.agency_paid:,.2f} 元",
            needs_second=needs_second(by),
            expected={"rows": batch.count, "agency_paid": batch.agency_paid},
            subject=batch,
        )
    except AlreadyRunning as running:
        return running.operation
    batch.state, batch.rollback = BatchState.ROLLING_BACK, operation
    batch.save(update_fields=["state", "rollback"])
    _tell_requested(month, f"第 {batch.number} 批", [batch], by)
    return operation


def roll_back_month(month: CrossRegionMonth, *, by: Member) -> Operation:
    """Take everything back that was confirmed in the month, by whichever program; also what is in doubt.

    Raises Refused while a message about the month may still arrive there. Nothing need be confirmed here: what another
    program, or a message that was wrongly judged, left there is taken back as well.
    """
    month = locked(month)
    refuse_elsewhere(month, by)
    if month.rollback and month.rollback.is_live:
        return month.rollback
    batches = list(batches_of(month).select_for_update(of=("self",)))
    busy = [batch for batch in batches if _may_still_arrive(batch)]
    if busy:
        raise Refused(f"{busy[0]}{busy[0].shown_state}，结果确认或静默期满后才能整月回退")
    mine = [batch for batch in batches if _counts(batch)]
    paid = sum((batch.agency_paid for batch in mine), Decimal("0.00"))
    try:
        operation = open_operation(
            RollBackCrossRegion.of(str(month.year), f"{month.month:02}"),
            key=f"{month.key}-0",
            by=by,
            title=f"回退 {month} 全部异地清分确认：{len(mine)} 批，支付总额 {paid:,.2f} 元",
            needs_second=needs_second(by),
            expected={"rows": sum(batch.count for batch in mine), "agency_paid": paid},
            subject=month,
        )
    except AlreadyRunning as running:
        return running.operation
    for batch in mine:
        if batch.state == BatchState.CONFIRMED:
            batch.state, batch.rollback = BatchState.ROLLING_BACK, operation
            batch.save(update_fields=["state", "rollback"])
    month.rollback = operation
    month.save(update_fields=["rollback"])
    _tell_requested(month, "全部", mine, by)
    return operation


@dataclass(frozen=True)
class Whole:
    """What rolling the month back would take back, in yuan; `obstacle` says why it may not be done now."""

    batches: int
    rows: int
    doubtful: int
    agency_paid: Decimal
    obstacle: str


def rollback_of_month(
    month: CrossRegionMonth, batches: list[CrossRegionBatch], *, besides: Operation | None = None
) -> Whole:
    """For the page, before anybody asks for it; and for the second person, with the draft that is being looked at."""
    mine = [batch for batch in batches if _counts(batch)]
    busy = [batch for batch in batches if batch.moving != besides and _may_still_arrive(batch)]
    obstacle = ""
    if month.rollback and month.rollback.is_live and month.rollback != besides:
        obstacle = f"正在整月回退（{month.rollback.sentence}）"
    elif busy:
        obstacle = f"第 {busy[0].number} 批{busy[0].shown_state}，结果确认或静默期满后才能整月回退"
    return Whole(
        len(mine),
        sum(batch.count for batch in mine),
        sum(batch.is_doubtful for batch in mine),
        sum((batch.agency_paid for batch in mine), Decimal("0.00")),
        obstacle,
    )


def _may_still_arrive(batch: CrossRegionBatch) -> bool:
    """Whether a message about the batch is on its way, or may still take effect although nobody waits for it."""
    operation = batch.moving
    if operation is None:
        return False
    in_quiet = bool(operation.quiet_until and operation.quiet_until > timezone.now())
    return not operation.is_doubtful or (operation.state == State.IN_DOUBT and in_quiet)


def _counts(batch: CrossRegionBatch) -> bool:
    """Whether a roll-back of the month takes this batch back: it is confirmed, or may be."""
    return batch.state in (BatchState.CONFIRMED, BatchState.ROLLING_BACK) or batch.is_doubtful


def _tell_requested(month: CrossRegionMonth, what: str, batches: list[CrossRegionBatch], by: Member) -> None:
    paid = sum(batch.agency_paid for batch in batches)
    count = sum(batch.count for batch in batches)
    record(
        CROSS_REGION_ROLLBACK_REQUESTED, month, by=by, month=str(month), what=what, count=count, total=f"{paid:,.2f}"
    )


@outcome(RollBackCrossRegion)
class RollingBack(Handler):
    """The confirmation, or all of the month, is gone from the centre, or it is not."""

    labels = {"rows": "条数", "agency_paid": "确认的支付总额（元）"}
    four_eyes = True
    consequence = "发送到医保中心：这些结算退出本次清分，需要时须重新提交确认"

    def approvable(self, operation: Operation) -> str:
        """A month's roll-back was agreed to for these batches; others may have been confirmed or refused since."""
        month = CrossRegionMonth.objects.filter(rollback=operation).first()
        if month is None:
            return ""
        whole = rollback_of_month(month, list(batches_of(month)), besides=operation)
        if whole.obstacle:
            return f"{whole.obstacle}，请稍后再复核"
        now = {"rows": str(whole.rows), "agency_paid": str(whole.agency_paid)}
        if now != operation.expected:
            return f"该月的确认已变为 {whole.rows} 条、支付总额 {whole.agency_paid:,.2f} 元，请退回后重新提交"
        return ""

    def applied(self, operation: Operation, reply: RolledBack | None) -> None:
        month = locked_month(operation)
        if month is None:
            batch = locked_batch(rollback=operation)
            self._end([batch] if batch else [])
            return
        batches = list(batches_of(month).select_for_update(of=("self",)))
        doubtful = [batch.moving for batch in batches if batch.is_doubtful and batch.moving.pk != operation.pk]
        self._end([batch for batch in batches if _counts(batch)])
        for one in doubtful:
            look_soon(one)  # nothing of it is left: its own investigation will say so

    def _end(self, batches: Iterable[CrossRegionBatch]) -> None:
        for batch in batches:
            batch.state, batch.rolled_back_at, batch.note = BatchState.ROLLED_BACK, timezone.now(), ""
            batch.save(update_fields=["state", "rolled_back_at", "note"])
            count = free(batch)
            total = f"{batch.agency_paid:,.2f}"
            record(CROSS_REGION_ROLLED_BACK, batch, by=None, batch=str(batch), count=count, total=total)

    def rejected(self, operation: Operation) -> None:
        month = locked_month(operation)
        if month is None and (one := locked_batch(rollback=operation)):
            month = one.month
        if month is None:
            return
        mine = CrossRegionBatch.objects.filter(month=month, rollback=operation, state=BatchState.ROLLING_BACK)
        what = operation.title.partition("：")[0]
        mine.update(state=BatchState.CONFIRMED, note=f"回退未成功：{operation.message}"[:400])
        record(OPERATION_UNDONE, month, by=None, what=what, reason=operation.message)

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        """No query tells it; when the whole month was rolled back meanwhile it makes no difference any more."""
        with tenant_tx(operation.institution_pk):
            batch = CrossRegionBatch.objects.filter(rollback=operation, month__rollback__isnull=False).first()
            whole = CrossRegionMonth.objects.filter(rollback=operation).exists()
        if not whole and batch is not None and batch.state == BatchState.ROLLED_BACK:
            return Moot("该批之后又随整月回退，这次回退是否生效已不影响结果")
        return StillUnknown(NO_PROOF, for_people=operation.looks + 1 >= LOOKS)


def locked_month(operation: Operation) -> CrossRegionMonth | None:
    """The month that this operation rolls back as a whole, locked."""
    found = CrossRegionMonth.objects.filter(rollback=operation).first()
    return locked(found) if found else None
