"""Emptying a visit at the centre (4.11, 4.25), the only way out of a partial or doubled upload (design 3.4).

A second person lets it go, and not before nothing of the visit can execute any more; then the centre's sums prove that
it is empty, and everything goes again in a new epoch. After three of these a person decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import Q, Sum
from django.utils import timezone

from injury.actions import WIPE_DONE, WIPE_FAILED, WIPE_PROVEN, WIPE_REQUESTED
from injury.messages import VoidCrossProvinceFees, VoidFees
from injury.models import (
    Admission,
    AdmissionState,
    Advice,
    BatchLine,
    BatchState,
    EpochState,
    FeeBatch,
    FeeEpoch,
    FeeItem,
    FeeState,
    Purpose,
)
from injury.rules.totals import ZERO
from injury.services.reading_sums import MOVING, Reader, newest
from injury.services.refusals import Refused
from injury.services.steps import locked, refuse_while_moving
from injury.services.uploading.epochs import (
    applied_sums,
    author_of,
    changed,
    go,
    hold_admission,
    locked_epoch,
    open_epoch,
    work,
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
    State,
    StillUnknown,
    Verdict,
    look_soon,
    open_operation,
    operations_about,
    outcome,
)
from portal.jobs.holds import carrying_on

#: So many wipes without anybody having asked for them; then a person decides.
MOST = 3
#: 没有可作废的数据: the visit is empty already (5.2).
NOTHING_THERE = ("130004", "340004")
#: From where a person may ask for a wipe.
ASKABLE = (EpochState.COMPLETE, EpochState.STOPPED, EpochState.PARTIAL, EpochState.PEOPLE)


def has_live_wipe(epoch: FeeEpoch) -> bool:
    return epoch.wipe is not None and epoch.wipe.is_live


def may_still_execute(admission: Admission, besides: Operation | None = None) -> str:
    """Which message about the visit may still take effect, in a sentence; empty when none can: all quiet."""
    waiting = Q(state__in=[State.APPROVED, State.QUEUED, State.SENDING])
    in_quiet = Q(state=State.IN_DOUBT, quiet_until__gt=timezone.now())
    found = operations_about(admission).filter(waiting | in_quiet)
    first = (found.exclude(pk=besides.pk) if besides else found).first()
    return f"“{first.title}”{first.sentence}，有结果且静默期满后才能作废" if first else ""


def propose(
    epoch: FeeEpoch,
    *,
    reason: str,
    sums: Mapping[str, Decimal] | None = None,
    by: Member | None = None,
    again: bool = True,
) -> Operation | None:
    """Put a wipe before a reviewer, under the admission's lock; the live one when there is one already.

    `by`: the person who asks for it; without one it follows from a difference, and after three of those the epoch is
    left to people (None). `sums`: what the centre has now, as far as it is known.
    """
    admission = epoch.admission
    if by is None and wipes_of(admission) >= MOST:
        hold_admission(epoch, parked(epoch))
        go(epoch, EpochState.PEOPLE, f"已作废重传 {MOST} 次仍不一致，请人工核对后决定：{reason}")
        return None
    before = dict(sums) if sums is not None else last_sums(epoch)
    kind: Any = VoidCrossProvinceFees if admission.is_elsewhere else VoidFees
    ours, total = sum(applied_sums(epoch).values(), ZERO), sum(before.values(), ZERO)
    lines = BatchLine.objects.filter(epoch=epoch, is_void=False).count()
    try:
        with carrying_on(epoch.environment):
            operation = open_operation(
                kind(akc190=admission.number),
                key=f"{admission.number}/{epoch.n}/wipe",
                by=by or author_of(epoch),
                title=f"作废 {admission.number} 在中心的全部费用：{lines:,} 条",
                needs_second=True,
                expected={"count": lines, "ours": ours, "centre": total, "difference": total - ours},
                subject=admission,
            )
    except AlreadyRunning as running:
        return running.operation
    changes = {
        "wipe": operation,
        "before_wipe": epoch.state,
        "is_wiped_by_hand": by is not None,
        "is_sent_again": again,
        "wipe_reason": reason[:400],
    }
    go(epoch, EpochState.WIPING, f"{reason}。等待复核人员决定是否作废后全部重新上传", **changes)
    hold_admission(epoch, operation)
    record(WIPE_REQUESTED, epoch, by=by, number=admission.number, reason=reason, ours=f"{ours:,.2f}")
    return operation


def wipes_of(admission: Admission) -> int:
    """How often the visit was emptied because of a difference."""
    found = FeeEpoch.objects.filter(admission=admission).aggregate(count=Sum("wipes"))
    return int(found["count"] or 0)


def last_sums(epoch: FeeEpoch) -> dict[str, Decimal]:
    """What the centre had when it was last read, else what we know to be there."""
    reading = newest(epoch.admission)
    return reading.amounts() if reading and reading.epoch_id == epoch.pk else applied_sums(epoch)


def request_wipe(admission: Admission, *, reason: str, again: bool, by: Member) -> Operation:
    """A person asks for it; another one has to agree. Raises Refused with what stands in the way."""
    admission = locked(admission)
    if not reason.strip():
        raise Refused("请写明作废的原因", "reason")
    if admission.state != AdmissionState.ADMITTED:
        raise Refused(f"这次就诊“{admission.get_state_display()}”，在院时才能作废费用")
    epoch = open_epoch(admission)
    if epoch is None:
        raise Refused("这次就诊还没有上传过费用")
    if has_live_wipe(epoch):
        raise Refused(f"作废已提请：{epoch.wipe.sentence if epoch.wipe else ''}")
    waiting = parked(epoch)
    if waiting is None or waiting.pk != admission.operation_id:
        refuse_while_moving(admission)  # a parked batch is what the wipe settles
    if epoch.state not in ASKABLE:
        raise Refused(f"费用上传“{epoch.get_state_display()}”，完成后再办理")
    if obstacle := may_still_execute(admission):
        raise Refused(obstacle)
    operation = propose(epoch, reason=reason.strip(), by=by, again=again)
    assert operation is not None
    return operation


@outcome(VoidFees, VoidCrossProvinceFees)
class Wiping(Handler):
    """Nothing of the visit's fees is left at the centre, once its sums have proven it."""

    four_eyes = True
    labels = {
        "count": "涉及条数",
        "ours": "本院已上传（元）",
        "centre": "最近读取的中心金额（元）",
        "difference": "比本院多出（元）",
    }
    consequence = "发送到工伤中心：删除这次就诊已上传的全部费用，核实为空后再重新上传"

    def approvable(self, operation: Operation) -> str:
        epoch = FeeEpoch.objects.select_related("admission").filter(wipe=operation).first()
        if epoch is None or epoch.state != EpochState.WIPING:
            return "这次就诊的费用已有变动"
        if epoch.admission.state != AdmissionState.ADMITTED:
            return f"这次就诊已是“{epoch.admission.get_state_display()}”，不能作废费用"
        return may_still_execute(epoch.admission, besides=operation)

    def applied(self, operation: Operation, reply: Any) -> None:
        epoch = wiped_by(operation)
        if epoch is not None:
            self._prove(epoch)

    def _prove(self, epoch: FeeEpoch) -> None:
        changed(epoch)
        hold_admission(epoch, None)
        count = epoch.wipes if epoch.is_wiped_by_hand else epoch.wipes + 1
        go(epoch, EpochState.PROVING, "已作废，正在核对中心金额是否为空", wipes=count)
        record(WIPE_DONE, epoch, by=None, number=epoch.admission.number)
        work(epoch)

    def rejected(self, operation: Operation) -> None:
        epoch = wiped_by(operation)
        if epoch is None:
            return
        if operation.code in NOTHING_THERE:
            self._prove(epoch)
            return
        self._back(epoch, f"作废没有生效：{operation.message}")

    def withdrawn(self, operation: Operation) -> None:
        if epoch := wiped_by(operation):
            self._back(epoch, f"作废没有办理：{operation.message}")

    def _back(self, epoch: FeeEpoch, note: str) -> None:
        changed(epoch)
        hold_admission(epoch, parked(epoch))
        go(epoch, EpochState(epoch.before_wipe or EpochState.PARTIAL), note)
        record(WIPE_FAILED, epoch, by=None, number=epoch.admission.number, reason=note)

    def resendable(self, operation: Operation) -> str:
        """A late wipe would take what has been uploaded since."""
        waiting = FeeEpoch.objects.filter(wipe=operation, state=EpochState.WIPING).exists()
        return "" if waiting else "这次就诊的费用之后又有上传，不能再次作废"

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        """Empty means done. While nothing may be uploaded, a wipe that did nothing may be sent again."""
        with tenant_tx(operation.institution_pk):
            epoch = FeeEpoch.objects.select_related("admission").filter(wipe=operation).first()
            if epoch is None:
                return StillUnknown("门户没有这次作废的记录，须由人向工伤中心核对", for_people=True)
        reading = Reader(epoch.admission, ask, partial(tenant_tx, operation.institution_pk)).settled(Purpose.WIPE_DOUBT)
        if reading is None:
            return StillUnknown(MOVING)
        if not reading.sums:
            return Applied(None, "两次读取中心金额都为空：已作废")
        return NotApplied(f"两次读取中心金额相同（{reading.told}），不为空：作废没有生效")


def wiped_by(operation: Operation) -> FeeEpoch | None:
    """The epoch that this operation wipes, locked, while it waits for it."""
    found = FeeEpoch.objects.select_related("admission").filter(wipe=operation, state=EpochState.WIPING).first()
    return locked_epoch(found) if found else None


def parked(epoch: FeeEpoch) -> Operation | None:
    """The doubtful operation of a batch, if there is one: it still holds the admission."""
    batches = FeeBatch.objects.filter(epoch=epoch).select_related("operation")
    return next((batch.operation for batch in batches if batch.is_doubtful), None)


def finish_wipe(epoch: FeeEpoch) -> None:
    """The centre is proven empty: the epoch is over, all its items wait again, and go again where that was wanted."""
    now = timezone.now()
    mine = BatchLine.objects.filter(epoch=epoch, is_void=False)
    FeeItem.objects.filter(pk__in=mine.values("item"), state__in=FeeState.gone_out()).update(
        state=FeeState.WAITING, uploaded_at=None
    )
    Advice.objects.filter(admission=epoch.admission).update(uploaded_version=0)
    batches = FeeBatch.objects.filter(epoch=epoch).select_related("operation")
    doubtful = [batch.operation for batch in batches if batch.is_doubtful and batch.operation]
    sent = [BatchState.SENDING, BatchState.APPLIED, BatchState.PARTIAL]
    batches.filter(state__in=sent).update(state=BatchState.WIPED)
    unsent = batches.filter(state=BatchState.PLANNED)
    BatchLine.objects.filter(batch__in=unsent).update(is_void=True)
    unsent.update(state=BatchState.CANCELLED, ended_at=now)
    changed(epoch)
    hold_admission(epoch, None)
    go(epoch, EpochState.WIPED, "已作废，两次读取中心金额核实为空", wiped_at=now)
    record(WIPE_PROVEN, epoch, by=None, number=epoch.admission.number)
    for operation in doubtful:
        look_soon(operation)  # nothing of it is left: its own investigation will say so
    if epoch.is_sent_again:
        FeeEpoch.objects.create(
            environment=epoch.environment,
            admission=epoch.admission,
            n=epoch.n + 1,
            is_scheduled=epoch.is_scheduled,
            started_by=epoch.started_by,
            started_as=epoch.started_as,
            started_at=now,
            note="作废后重新上传全部费用",
        )


def not_empty(epoch: FeeEpoch, told: str, sums: Mapping[str, Decimal]) -> None:
    """The wipe was said to be done, and something is there all the same: it is wiped again."""
    go(epoch, EpochState.PARTIAL, f"作废后中心仍有费用（{told}）")
    propose(epoch, reason=epoch.note, sums=sums)
