"""What the job does for one admission: freeze, look at the centre's sums, let the next message go, prove a wipe.

Every step reads the epoch's state, asks outside of any transaction, and acts under the admission's lock when the epoch
is still what it was: a killed worker, or two of them, change nothing twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.db import DatabaseError
from django.db.models import F
from django.utils import timezone

from injury.actions import UPLOAD_COMPLETED, UPLOAD_STOPPED
from injury.models import BatchState, EpochState, FeeBatch, FeeEpoch, Purpose
from injury.rules.totals import are_same, explained, only_sorted_differently, surplus
from injury.services.reading_sums import MOVING, Door, Reader, Reading
from injury.services.uploading.epochs import applied_sums, go, hold_admission, locked_epoch
from injury.services.uploading.freezing import freeze
from injury.services.uploading.sending import advance, planned
from injury.services.uploading.wiping import finish_wipe, not_empty, propose
from portal.audit import record
from portal.gateway.errors import GatewayError, Rejected
from portal.gateway.journal import Ask
from portal.jobs import StandStill
from portal.jobs.pace import factor

logger = logging.getLogger(__name__)

#: Seconds until the centre is asked again when it did not answer: doubled each time, up to half an hour.
RETRY, LONGEST = 60.0, 1800.0
#: A step that broke so often is not tried again by itself.
BREAKS = 3
PURPOSES = {EpochState.STARTING: Purpose.BASELINE, EpochState.CHECKING: Purpose.FINAL}


class NotYet(Exception):
    """The sums prove nothing yet; `sentence` says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def drive(admission_id: UUID, *, ask: Callable[[str], Ask], door: Door, beat: Callable[[], None]) -> str:
    """Carry on until the journal, a person or nobody has the next step; returns the note of the epoch."""
    while True:
        with door():
            epochs = FeeEpoch.objects.select_related("admission").filter(admission=admission_id)
            now = epochs.exclude(state=EpochState.WIPED).first()
        if now is None or now.state not in EpochState.worked():
            return now.note if now else ""
        beat()
        try:
            _step(now, Reader(now.admission, ask(now.environment), door))
        except Rejected as refusal:
            with door():
                _stop(now, f"中心不提供金额：{refusal.sentence}")
        except (GatewayError, NotYet) as error:
            with door():
                return _later(now, error.sentence)
        except (DatabaseError, StandStill):
            raise  # of the moment: the sweep has another worker go on
        except Exception:
            logger.exception("upload %s broke", now.pk)
            with door():
                return _broken(now)


def _step(now: FeeEpoch, reader: Reader) -> None:
    if now.state == EpochState.PROVING:
        _prove(now, reader)
        return
    if now.state == EpochState.STARTING:
        with reader.door():
            epoch = _same(now)
            if epoch is None:
                return
            freeze(epoch)
    _compare(now, reader)


def _broken(seen: FeeEpoch) -> str:
    """A program that breaks is tried again a few times; then a person sees that it stopped."""
    if seen.tries < BREAKS:
        return _later(seen, "上传程序出错，已记录")
    _stop(seen, "上传程序多次出错，已停止，没有发送新的费用：请联系管理员，之后可以重新核对并继续")
    return "上传程序多次出错，已停止"


def _later(seen: FeeEpoch, why: str) -> str:
    seconds = min(RETRY * 2**seen.tries, LONGEST) * factor()
    note = f"{why}；稍后自动再核对"[:400]
    FeeEpoch.objects.filter(pk=seen.pk, state=seen.state).update(
        note=note, tries=F("tries") + 1, retry_at=timezone.now() + timedelta(seconds=seconds)
    )
    return note


def _same(seen: FeeEpoch) -> FeeEpoch | None:
    """The epoch, locked; None when something happened since it was looked at."""
    now = locked_epoch(seen)
    return now if (now.state, now.changes) == (seen.state, seen.changes) else None


# --- before the first batch, after the last one, and whenever somebody wants to know


def _compare(seen: FeeEpoch, reader: Reader) -> None:
    purpose = PURPOSES[EpochState(seen.state)]
    with reader.door():
        ours = applied_sums(seen)
    reading = reader.once(purpose)
    if not are_same(ours, reading.sums):
        settled = reader.settled(purpose, reading)
        if settled is None:
            raise NotYet(MOVING)
        reading = settled
    with reader.door():
        epoch = _same(seen)
        if epoch is None:
            return
        FeeEpoch.objects.filter(pk=epoch.pk).update(tries=0, retry_at=None)
        if are_same(ours, reading.sums):
            _agree(epoch, reading)
        else:
            _differ(epoch, reading)


def _agree(epoch: FeeEpoch, reading: Reading) -> None:
    if planned(epoch).exists():
        advance(epoch)
        return
    hold_admission(epoch, None)
    has_news = _has_news(epoch)
    note = f"中心金额 {reading.total:,.2f} 元，与本院一致"
    last = FeeBatch.objects.filter(epoch=epoch).exclude(state=BatchState.CANCELLED).order_by("-number").first()
    if last is not None and last.state == BatchState.REFUSED:
        note = f"{last}被中心拒绝：{last.note}；已上传的与中心一致"
    go(epoch, EpochState.COMPLETE, note, completed_at=timezone.now())
    if has_news:
        number = epoch.admission.number
        record(UPLOAD_COMPLETED, epoch, by=None, number=number, round=epoch.n, total=f"{reading.total:,.2f}")


def _has_news(epoch: FeeEpoch) -> bool:
    """Whether a batch has been stored since the sums were last the same."""
    applied = FeeBatch.objects.filter(epoch=epoch, state=BatchState.APPLIED)
    return (applied.filter(ended_at__gt=epoch.completed_at) if epoch.completed_at else applied).exists()


def _differ(epoch: FeeEpoch, reading: Reading) -> None:
    """A batch too much or too little is wiped; what no batch of ours explains is left to people."""
    ours = applied_sums(epoch)
    more = surplus(ours, reading.sums)
    amount = sum(more.values())
    if only_sorted_differently(ours, reading.sums):
        wrong = "、".join(f"{category or '未分类'} {difference:+,.2f}" for category, difference in sorted(more.items()))
        _halt(epoch, f"总额一致，但收费类别不同（{wrong} 元）：请核对目录对照的收费类别后再核对")
        return
    batches = FeeBatch.objects.filter(epoch__admission=epoch.admission, operation__isnull=False)
    known = [(str(batch), _amounts(batch)) for batch in batches.select_related("epoch").order_by("-epoch__n", "number")]
    name = explained(more, known)
    if name:
        word = "多出" if amount > 0 else "缺少"
        why = f"中心金额比本院{word} {abs(amount):,.2f} 元，恰为{name}的金额：迟到的执行或遗失"
    else:
        why = f"中心金额（{reading.told}）与本院 {sum(ours.values()):,.2f} 元相差 {amount:+,.2f} 元"
    if name or _has_news(epoch):
        go(epoch, EpochState.PARTIAL, why)
        propose(epoch, reason=why, sums=reading.sums)
    else:
        _halt(epoch, f"{why}，本系统的批次不能解释，可能有其他程序上传：已停止，请核对后再继续，或提请作废")


def _amounts(batch: FeeBatch) -> dict[str, Decimal]:
    return {category: Decimal(amount) for category, amount in batch.sums.items()}


def _halt(epoch: FeeEpoch, why: str) -> None:
    hold_admission(epoch, None)
    go(epoch, EpochState.STOPPED, why)
    record(UPLOAD_STOPPED, epoch, by=None, number=epoch.admission.number, reason=why)


def _stop(seen: FeeEpoch, why: str) -> None:
    epoch = _same(seen)
    if epoch is None:
        return
    if epoch.state == EpochState.PROVING:
        hold_admission(epoch, None)
        go(epoch, EpochState.PEOPLE, why)
    else:
        _halt(epoch, why)


# --- after a wipe


def _prove(seen: FeeEpoch, reader: Reader) -> None:
    reading = reader.settled(Purpose.EMPTY)
    if reading is None:
        raise NotYet(MOVING)
    with reader.door():
        epoch = _same(seen)
        if epoch is None:
            return
        FeeEpoch.objects.filter(pk=epoch.pk).update(tries=0, retry_at=None)
        if reading.sums:
            not_empty(epoch, reading.told, reading.sums)
        else:
            finish_wipe(epoch)


def waiting_epochs() -> list[FeeEpoch]:
    """Epochs that a job should be working on by now; inside the door."""
    mine = FeeEpoch.objects.filter(state__in=EpochState.worked()).select_related("admission", "started_by")
    now = timezone.now()
    return [epoch for epoch in mine if epoch.retry_at is None or epoch.retry_at <= now]
