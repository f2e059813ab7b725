"""What becomes of a batch: stored, refused, or in doubt; and how doubt ends (design 3.4).

In doubt the visit stops. After the quiet period the centre's sums are read until two in a row are equal: equal to what
they would be with the batch means done; without it, evidence that it may be sent again; anything else means that part
of it is there, and only emptying the visit at the centre helps.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from injury.messages import UploadCrossProvinceFees, UploadFees
from injury.models import BatchState, EpochState, FeeBatch, FeeState, Purpose, Sign
from injury.rules.totals import ZERO, Seen, add_up, judge
from injury.services.reading_sums import MOVING, Reader, Reading
from injury.services.uploading.epochs import applied_sums, changed, go, locked_batch, work
from injury.services.uploading.messages import make_next_ready
from injury.services.uploading.sending import (
    advance,
    cancel_batch,
    cancel_planned,
    end_applied,
    items_of,
    refuse_batch,
    told,
)
from injury.services.uploading.wiping import has_live_wipe, propose
from portal.access.door import tenant_tx
from portal.gateway.journal import (
    Applied,
    Ask,
    Handler,
    Moot,
    NotApplied,
    Operation,
    State,
    StillUnknown,
    Verdict,
    outcome,
)
from portal.gateway.messages import Request

NOBODYS = "门户没有这个批次的记录，须由人向工伤中心核对"


@outcome(UploadFees, UploadCrossProvinceFees)
class Uploading(Handler):
    """All of the batch is at the centre, or nothing; what is in between is never left there."""

    labels = {"count": "条数", "amount": "金额（元）", "batches": "批次"}
    consequence = "发送到工伤中心：重复发送会重复计费，所以结果不明时先核实、不重发"

    def applied(self, operation: Operation, reply: Any) -> None:
        batch = locked_batch(operation)
        if batch is None or batch.state not in (BatchState.SENDING, BatchState.PARTIAL):
            return
        epoch, saved = batch.epoch, saved_of(reply)
        changed(epoch)
        if saved is not None and saved < batch.count:
            declare_partial(batch, f"中心只保存了 {saved:,} 条，发送了 {batch.count:,} 条", saved=saved)
            return
        end_applied(epoch, batch, saved)
        if has_live_wipe(epoch):
            return  # what was asked for goes on: emptying the visit is right whatever is there
        if epoch.state == EpochState.SENDING and saved in (None, batch.count):
            advance(epoch)
        else:
            # More than was sent, or found only after the epoch had stopped: the centre's sums decide.
            go(epoch, EpochState.CHECKING, "正在核对中心金额")
            work(epoch)

    def during(self, operation: Operation) -> Callable[[], Request[Any] | None] | None:
        return make_next_ready(operation)

    def rejected(self, operation: Operation) -> None:
        batch = locked_batch(operation)
        if batch is None or batch.state not in (BatchState.SENDING, BatchState.PARTIAL):
            return  # wiped meanwhile
        changed(batch.epoch)
        if operation.state == State.REVERSED:
            again_without_doubt(batch)
        else:
            refuse_batch(batch.epoch, batch, operation.message)

    def withdrawn(self, operation: Operation) -> None:
        batch = locked_batch(operation)
        if batch is not None and batch.state == BatchState.SENDING:
            changed(batch.epoch)
            cancel_batch(batch.epoch, batch, operation.message)

    def resendable(self, operation: Operation) -> str:
        """Never once its epoch has stopped, or is (being) emptied: its items go again in the next one."""
        batch = FeeBatch.objects.select_related("epoch", "epoch__wipe").filter(operation=operation).first()
        if batch is None:
            return NOBODYS
        if batch.state != BatchState.SENDING or batch.epoch.state != EpochState.SENDING:
            return f"{batch}已停止（{batch.epoch.get_state_display()}），不再重新发送"
        return ""

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        """Two equal readings of the centre's sums, laid beside what they would be with and without the batch."""
        with tenant_tx(operation.institution_pk):
            batch = (
                FeeBatch.objects.select_related("epoch__admission", "epoch__wipe").filter(operation=operation).first()
            )
            if batch is None:
                return StillUnknown(NOBODYS, for_people=True)
            if batch.state == BatchState.WIPED:
                return Moot(f"{batch}所在的轮次已全部作废，并经两次读取中心金额核实为空")
            if batch.sign == Sign.ADVICES:
                return Moot("只有医嘱：同一流水号再次上传只会覆盖，另发一次即可，这次是否生效已无影响")
            if has_live_wipe(batch.epoch):
                return StillUnknown("中心只有其中一部分，等待作废后全部重新上传")
            without = applied_sums(batch.epoch)
        with_ = add_up([without, batch.sums])
        reader = Reader(batch.epoch.admission, ask, partial(tenant_tx, operation.institution_pk))
        reading = reader.settled(Purpose.DOUBT)
        if reading is None:
            return StillUnknown(MOVING)
        seen = judge(reading.sums, without=without, with_=with_)
        if seen is Seen.WITH:
            return Applied(None, f"两次读取中心金额相同（{reading.told}），等于含{batch}（{told(batch)}）的金额")
        if seen is Seen.WITHOUT:
            return NotApplied(f"两次读取中心金额相同（{reading.told}），等于不含{batch}（{told(batch)}）的金额")
        if seen is Seen.BOTH:
            return StillUnknown(f"{batch}金额太小，从中心金额看不出是否生效", for_people=True)
        with tenant_tx(operation.institution_pk):
            return _partial(operation, reading)


def _partial(operation: Operation, reading: Reading) -> Verdict:
    batch = locked_batch(operation)
    assert batch is not None
    if batch.state not in (BatchState.SENDING, BatchState.PARTIAL):
        return StillUnknown("刚刚有了变化，稍后再核实")
    sentence = f"中心金额（{reading.told}）既不是含{batch}的，也不是不含它的"
    declare_partial(batch, sentence, reading=reading)
    return StillUnknown(f"{sentence}：提请作废，由复核人员决定")


def declare_partial(batch: FeeBatch, note: str, *, saved: int | None = None, reading: Reading | None = None) -> None:
    """Part of the batch is there, or something else is: nothing more is sent, and a wipe waits for a reviewer."""
    epoch = batch.epoch
    batch.state, batch.saved, batch.note = BatchState.PARTIAL, saved, note[:400]
    batch.save(update_fields=["state", "saved", "note"])
    items_of(batch).update(state=FeeState.DOUBTFUL)
    cancel_planned(epoch)
    go(epoch, EpochState.PARTIAL, note)
    propose(epoch, reason=f"{batch}：{note}", sums=reading.sums if reading else None)


def again_without_doubt(batch: FeeBatch) -> None:
    """Advices whose reply was lost go once more, as another message: the same number only replaces (4.10)."""
    epoch = batch.epoch
    batch.state, batch.note = BatchState.CANCELLED, "结果不明，另发一次（医嘱只会覆盖）"
    batch.save(update_fields=["state", "note"])
    if epoch.state != EpochState.SENDING:
        return
    last = FeeBatch.objects.filter(epoch=epoch).order_by("-number").values_list("number", flat=True)[0]
    FeeBatch.objects.create(
        environment=epoch.environment,
        epoch=epoch,
        number=last + 1,
        sign=Sign.ADVICES,
        count=0,
        amount=ZERO,
        content_hash=batch.content_hash,
        advices=batch.advices,
    )
    advance(epoch)


def saved_of(reply: Any) -> int | None:
    """How many items the centre says it stored; None when it says nothing."""
    found = getattr(reply, "counts", None)
    return found if found is not None else getattr(reply, "count", None)
