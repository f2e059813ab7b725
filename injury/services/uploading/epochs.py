"""The epoch of an admission: its lock, its author, what is known of it, what comes next."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils import timezone

from injury.models import Admission, BatchState, EpochState, FeeBatch, FeeEpoch
from injury.rules.totals import add_up
from injury.services.steps import KEY_LABEL
from portal.access.member import Member
from portal.access.models import Institution
from portal.gateway.journal import Operation
from portal.jobs import Job, start
from portal.jobs.models import LIVE

#: The job that starts, checks and proves; its key is the admission's id, so there is one for each admission.
UPLOAD = "injury.upload"
AUTOMATIC = "自动上传"


#: What every step asks of an epoch; not what a wipe sent and was answered, and little of the admission.
RELATED = ("admission", "institution", "wipe", "started_by")
ASKED = {"id", "institution", "environment", "number", "flow", "state"}
UNREAD = (
    "wipe__request",
    "wipe__reply",
    *(f"admission__{field.name}" for field in Admission._meta.concrete_fields if field.name not in ASKED),
)


class Automatic(Member):
    """Who uploads by the institution's schedule: nobody in particular."""

    @property
    def label(self) -> str:
        return AUTOMATIC


def automatic(institution: Institution) -> Member:
    return Automatic(None, institution, frozenset())


def author_of(epoch: FeeEpoch) -> Member:
    """Who asked for the upload, to carry it on; has no roles, so passes no permission check."""
    institution = epoch.institution
    if epoch.is_scheduled:
        return automatic(institution)
    key = epoch.started_as.removeprefix(KEY_LABEL) if epoch.started_by is None else ""
    return Member(epoch.started_by, institution, frozenset(), key=key)


def open_epoch(admission: Admission) -> FeeEpoch | None:
    """The admission's present epoch, locked after the admission; None before the first upload."""
    return _epochs().filter(admission=admission).exclude(state=EpochState.WIPED).first()


def locked_epoch(epoch: FeeEpoch) -> FeeEpoch:
    """The epoch as it is now, locked after its admission."""
    _lock_admission([epoch.admission_id])
    return _epochs().get(pk=epoch.pk)


def locked_batch(operation: Operation) -> FeeBatch | None:
    """The batch of an operation with its epoch, locked after its admission; None for one that nobody here began."""
    mine = FeeBatch.objects.filter(operation=operation)
    _lock_admission(mine.values("epoch__admission"))
    related = [f"epoch__{name}" for name in RELATED]
    rows = mine.select_for_update(of=("self", "epoch")).select_related("epoch", *related)
    batch = rows.defer(*[f"epoch__{name}" for name in UNREAD]).first()
    if batch is not None:
        batch.operation = operation
    return batch


def _lock_admission(pk: Iterable[Any]) -> None:
    """Every step about an admission waits its turn; who needs the admission reads it after this."""
    list(Admission.objects.filter(pk__in=pk).select_for_update().order_by().values_list("pk"))


def _epochs() -> QuerySet[FeeEpoch]:
    """Epochs with what every step asks of them, to be locked."""
    return FeeEpoch.objects.select_for_update(of=("self",)).select_related(*RELATED).defer(*UNREAD)


def applied_sums(epoch: FeeEpoch) -> dict[str, Decimal]:
    """What the journal knows to be at the centre, yuan by category."""
    applied = FeeBatch.objects.filter(epoch=epoch, state=BatchState.APPLIED)
    return add_up(applied.values_list("sums", flat=True))


def go(epoch: FeeEpoch, state: EpochState, note: str = "", **changes: Any) -> None:
    """Write where the epoch is now and what happens next."""
    epoch.state, epoch.note = state, note[:400]
    for name, value in changes.items():
        setattr(epoch, name, value)
    epoch.save(update_fields=["state", "note", *changes])


def changed(epoch: FeeEpoch) -> None:
    """The centre's sums may be other ones from now on: no earlier reading counts any more."""
    FeeEpoch.objects.filter(pk=epoch.pk).update(changes=F("changes") + 1)
    epoch.changes += 1


def hold_admission(epoch: FeeEpoch, operation: Operation | None) -> None:
    """The operation that moves the admission now; None: none."""
    Admission.objects.filter(pk=epoch.admission_id).update(operation=operation)


def work(epoch: FeeEpoch) -> Job:
    """Have the job carry on with this epoch, after the commit."""
    return start(
        UPLOAD,
        str(epoch.admission_id),
        by=author_of(epoch),
        title=f"上传费用 {epoch.admission.number}",
        params={"admission": str(epoch.admission_id)},
    )


def job_of(epoch: FeeEpoch) -> UUID | None:
    """Key of the live job that carries on with it; None while the journal does."""
    mine = Job.objects.filter(kind=UPLOAD, key=str(epoch.admission_id), state__in=LIVE)
    found: UUID | None = mine.values_list("pk", flat=True).first()
    return found


def end_with_admission(admission: Admission) -> None:
    """The centre has deleted the admission with its fees (4.9): nothing of the epoch is there any more."""
    epoch = open_epoch(admission)
    if epoch is None:
        return
    batches = FeeBatch.objects.filter(epoch=epoch)
    batches.filter(state=BatchState.PLANNED).update(state=BatchState.CANCELLED)
    batches.filter(state__in=[BatchState.SENDING, BatchState.APPLIED, BatchState.PARTIAL]).update(
        state=BatchState.WIPED
    )
    changed(epoch)
    go(epoch, EpochState.WIPED, "入院登记已撤销，费用随之作废", wiped_at=timezone.now(), wipe_reason="撤销入院登记")
