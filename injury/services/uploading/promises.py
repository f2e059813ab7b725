"""What an upload must hold at any moment, here and beside the centre; `manage.py invariants` asks (design 3.1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Sum

from injury.messages import INJURY, UploadCrossProvinceFees, UploadFees
from injury.models import (
    Admission,
    AdmissionState,
    BatchLine,
    BatchState,
    EpochState,
    FeeBatch,
    FeeEpoch,
    FeeItem,
    FeeState,
)
from portal.gateway.journal import Operation
from portal.gateway.journal.invariants import compared_with, invariant
from portal.gateway.journal.states import LIVE

UPLOADS = (UploadFees.code, UploadCrossProvinceFees.code)
NAMED = 20
#: An item's state and the states that its batch may have then.
HOLDS = {
    FeeState.UPLOADED: (BatchState.APPLIED,),
    FeeState.FROZEN: (BatchState.PLANNED, BatchState.SENDING),
    FeeState.DOUBTFUL: (BatchState.PARTIAL,),
}


@invariant("I1")
def each_item_is_in_one_batch(institution: int) -> Iterator[str]:
    """What is, or may be, at the centre stands in exactly one batch that counts."""
    counting = BatchLine.objects.filter(item=OuterRef("pk"), is_void=False).exclude(epoch__state=EpochState.WIPED)
    for state, batches in HOLDS.items():
        wrong = FeeItem.objects.filter(state=state).exclude(Exists(counting.filter(batch__state__in=batches)))
        for item in wrong[:NAMED]:
            yield f"费用 {item.line_id} 是“{item.get_state_display()}”，却没有相应的批次"
    stray = FeeItem.objects.filter(~Q(state__in=FeeState.gone_out()), Exists(counting))
    for item in stray[:NAMED]:
        yield f"费用 {item.line_id} 是“{item.get_state_display()}”，却在有效的批次中"


@invariant("I1")
def batches_are_their_lines(institution: int) -> Iterator[str]:
    """A batch's amount is that of its lines, all of one sign."""
    counting = FeeBatch.objects.filter(count__gt=0).annotate(added=Sum("lines__amount"))
    for batch in counting.exclude(added=F("amount")).select_related("epoch")[:NAMED]:
        yield f"{batch}的金额不等于其明细之和"
    mixed = BatchLine.objects.filter(Q(batch__sign=1, amount__lte=0) | Q(batch__sign=-1, amount__gte=0))
    for line in mixed.select_related("batch__epoch")[:NAMED]:
        yield f"{line.batch}混有不同正负的金额"


@invariant("I2")
def batches_and_operations_agree(institution: int) -> Iterator[str]:
    """A batch that is being sent has its live operation, and every live upload its batch."""
    sending = FeeBatch.objects.filter(state=BatchState.SENDING).exclude(operation__state__in=LIVE)
    for batch in sending.exclude(operation__task="unapplied").select_related("epoch")[:NAMED]:
        yield f"{batch}标为上传中，却没有进行中的接口业务"
    known = FeeBatch.objects.filter(operation=OuterRef("pk"))
    live = Operation.objects.filter(gateway=INJURY.name, kind__in=UPLOADS, state__in=LIVE, by_console=False)
    for operation in live.filter(recovered=False).exclude(Exists(known))[:NAMED]:
        yield f"接口业务“{operation.title}”没有批次"


@invariant("I6")
def one_batch_at_a_time(institution: int) -> Iterator[str]:
    """Of one admission, one batch is under way."""
    sending = FeeBatch.objects.filter(state=BatchState.SENDING).order_by("epoch__admission")
    times = Counter(sending.values_list("epoch__admission__number", flat=True))
    for number, count in times.items():
        if count > 1:
            yield f"就诊 {number} 有 {count} 批同时上传"


@invariant("I7")
def nothing_is_settled_unresolved(institution: int) -> Iterator[str]:
    """Who was discharged has nothing waiting, held or in doubt, and the sums were the same."""
    gone = Admission.objects.filter(state__in=[AdmissionState.LEAVING, AdmissionState.DISCHARGED])
    open_items = FeeItem.objects.filter(admission=OuterRef("pk")).exclude(
        state__in=[FeeState.UPLOADED, FeeState.DROPPED]
    )
    for admission in gone.filter(Exists(open_items))[:NAMED]:
        yield f"就诊 {admission.number} 已办出院，却有没有上传的费用"
    unequal = FeeEpoch.objects.filter(admission=OuterRef("pk")).exclude(
        state__in=[EpochState.COMPLETE, EpochState.CHECKING, EpochState.WIPED]
    )
    for admission in gone.filter(Exists(unequal))[:NAMED]:
        yield f"就诊 {admission.number} 已办出院，费用上传却没有完成"


# --- beside the centre, line by line


@compared_with(INJURY.name)
def lines_are_there_once(state: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every line that the journal says is at the centre is there once, and nothing else is; where all is quiet."""
    quiet = FeeEpoch.objects.filter(state=EpochState.COMPLETE).select_related("admission")
    for epoch in quiet:
        theirs = state.get("admissions", {}).get(epoch.admission.number)
        if theirs is None:
            yield "I2", f"就诊 {epoch.admission.number} 有已上传的费用，中心却没有这次就诊"
            continue
        yield from _differences(epoch, _lines(theirs))


def _lines(theirs: Mapping[str, Any]) -> Counter[tuple[str, ...]]:
    found: Counter[tuple[str, ...]] = Counter()
    for *line, times in theirs["lines"]:
        found[tuple(line)] += times
    return found


def journal_lines(epoch: FeeEpoch) -> Counter[tuple[str, ...]]:
    """Prescription, own code, quantity and amount of what is proven to be there: all that the wire knows a line by."""
    lines = BatchLine.objects.filter(epoch=epoch, is_void=False, batch__state=BatchState.APPLIED)
    rows = lines.values_list("item__prescription", "item__own_code", "item__quantity", "item__amount")
    return Counter((one, two, f"{quantity:.4f}", f"{amount:.4f}") for one, two, quantity, amount in rows)


def _differences(epoch: FeeEpoch, theirs: Counter[tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    ours, number = journal_lines(epoch), epoch.admission.number
    for line, more in sorted((theirs - ours).items())[:NAMED]:
        yield "I1", f"就诊 {number} 的费用 {' '.join(line)} 在中心多出 {more} 条"
    for line, less in sorted((ours - theirs).items())[:NAMED]:
        yield "I2", f"就诊 {number} 的费用 {' '.join(line)} 在中心缺少 {less} 条"
