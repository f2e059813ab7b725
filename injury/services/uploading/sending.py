"""One message after the other: the next leaves when the former has ended, and ends as what is proven (design 3.4)."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone
from pydantic import ValidationError

from injury.actions import BATCH_REFUSED
from injury.messages import UploadCrossProvinceFees, UploadFees
from injury.models import Advice, BatchLine, BatchState, EpochState, FeeBatch, FeeEpoch, FeeItem, FeeState, Sign
from injury.services.uploading.epochs import author_of, go, hold_admission, work
from injury.services.uploading.messages import ChangedAfterFreezing, made_now, made_ready, remember_turn
from portal.audit import record
from portal.gateway.journal import open_operation
from portal.gateway.messages import Request, faults
from portal.jobs.holds import carrying_on

#: Kind of hold of an item that the centre, or the declaration of the message, refused.
REFUSED = "refused"
CHANGED = "费用在冻结后被改动，没有发送：请作废后重新上传，并联系管理员"


def planned(epoch: FeeEpoch) -> QuerySet[FeeBatch]:
    """Batches that have not left, the next first."""
    return FeeBatch.objects.filter(epoch=epoch, state=BatchState.PLANNED).order_by("number")


def advance(epoch: FeeEpoch) -> None:
    """Send the next batch, or have the centre's sums read when there is none; under the admission's lock."""
    everything = FeeBatch.objects.filter(epoch=epoch).order_by().values("epoch").annotate(count=Count("pk"))
    batch = planned(epoch).annotate(of=everything.values("count")).select_for_update(of=("self",)).first()
    if batch is None:
        hold_admission(epoch, None)
        go(epoch, EpochState.CHECKING, "已全部上传，正在核对中心金额")
        work(epoch)
        return
    batch.epoch = epoch
    request = _request(epoch, batch)
    if request is None:
        return
    count: int = batch.of
    with carrying_on(epoch.environment):
        batch.operation = open_operation(
            request,
            key=f"{epoch.admission.number}/{epoch.n}/{batch.number}",
            by=author_of(epoch),
            title=f"上传 {epoch.admission.number} 费用：{batch}，{told(batch)}",
            expected={"count": batch.count, "amount": batch.amount, "batches": f"{batch.number}/{count}"},
            subject=epoch.admission,
        )
    remember_turn(batch, batch.operation)
    batch.state = BatchState.SENDING
    batch.save(update_fields=["state", "operation"])
    hold_admission(epoch, batch.operation)
    go(epoch, EpochState.SENDING, f"正在上传第 {batch.number} 批，共 {count} 批", changes=epoch.changes + 1)


def told(batch: FeeBatch) -> str:
    if batch.sign == Sign.ADVICES:
        return f"医嘱 {len(batch.advices):,} 条"
    return f"{batch.get_sign_display()} {batch.count:,} 条 {batch.amount:,.2f} 元"


def _request(epoch: FeeEpoch, batch: FeeBatch) -> Request[Any] | None:
    """The batch's message; None when it may not go, and then everything that follows from that is done."""
    advices = list(Advice.objects.filter(pk__in=list(batch.advices)).order_by("started_on", "number"))
    sent = {str(advice.pk): advice.version for advice in advices}
    if sent != batch.advices:
        batch.advices = sent  # changed while it waited: what goes is what is noted
        batch.save(update_fields=["advices"])
    try:
        return made_ready(batch) or made_now(batch, epoch.admission, advices)
    except ChangedAfterFreezing:
        go(epoch, EpochState.PEOPLE, CHANGED)
    except ValidationError as error:
        first = faults(error, UploadCrossProvinceFees if epoch.admission.is_elsewhere else UploadFees)[0]
        refuse_batch(epoch, batch, f"{first.label}：{first.sentence}")
    return None


def end_applied(epoch: FeeEpoch, batch: FeeBatch, saved: int | None) -> None:
    """The centre has all of the batch."""
    batch.state, batch.saved, batch.ended_at = BatchState.APPLIED, saved, timezone.now()
    batch.save(update_fields=["state", "saved", "ended_at"])
    items_of(batch).update(state=FeeState.UPLOADED, uploaded_at=batch.ended_at, held_kind="", held_because="")
    for key, version in batch.advices.items():
        Advice.objects.filter(pk=key).update(uploaded_version=Greatest(F("uploaded_version"), version))


def refuse_batch(epoch: FeeEpoch, batch: FeeBatch, reason: str) -> None:
    """Nothing of the batch is there: its items wait for a person, all that has not left waits as before."""
    batch.state, batch.note, batch.ended_at = BatchState.REFUSED, reason[:400], timezone.now()
    batch.save(update_fields=["state", "note", "ended_at"])
    items_of(batch).update(state=FeeState.HELD, held_kind=REFUSED, held_because=f"中心没有接收：{reason}"[:300])
    BatchLine.objects.filter(batch=batch).update(is_void=True)
    cancel_planned(epoch)
    record(BATCH_REFUSED, batch, by=None, number=epoch.admission.number, batch=str(batch), reason=reason)
    if epoch.state == EpochState.WIPING:
        return  # what was asked for goes on: emptying the visit is right whatever is there
    hold_admission(epoch, None)
    go(epoch, EpochState.CHECKING, f"{batch}被中心拒绝：{reason}")
    work(epoch)


def cancel_batch(epoch: FeeEpoch, batch: FeeBatch, reason: str) -> None:
    """The batch was taken back before it left."""
    batch.state, batch.note, batch.ended_at = BatchState.CANCELLED, reason[:400], timezone.now()
    batch.save(update_fields=["state", "note", "ended_at"])
    free(batch)
    cancel_planned(epoch)
    hold_admission(epoch, None)
    go(epoch, EpochState.CHECKING, f"{batch}没有发送：{reason}")
    work(epoch)


def cancel_planned(epoch: FeeEpoch) -> None:
    """What has not left goes back to where it waited."""
    waiting = planned(epoch)
    for batch in waiting:
        free(batch)
    waiting.update(state=BatchState.CANCELLED, ended_at=timezone.now())


def free(batch: FeeBatch) -> None:
    """Items of this batch may go again, and its lines are void."""
    items_of(batch).update(state=FeeState.WAITING, uploaded_at=None, held_kind="", held_because="")
    BatchLine.objects.filter(batch=batch).update(is_void=True)


def items_of(batch: FeeBatch) -> QuerySet[FeeItem]:
    """The batch's items, as long as it counts."""
    mine = BatchLine.objects.filter(batch=batch, is_void=False).values("item")
    return FeeItem.objects.filter(pk__in=mine)
