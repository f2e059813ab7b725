"""Freezing: which items go, in which message, exactly how; from here on nobody changes them (design 3.4)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.conf import settings
from django.db.models import F, Max

from injury.models import Admission, Advice, BatchLine, FeeBatch, FeeEpoch, FeeItem, FeeState
from injury.services.fee_holding import are_placed, sort_out
from injury.services.item_facts import ItemFacts, facts_of
from injury.services.uploading.lines import Frozen, Planned, plan
from injury.services.uploading.messages import remember
from portal.vault.collecting import unlooked
from portal.vault.inserting import insert_columns


@unlooked()
def freeze(epoch: FeeEpoch) -> int:
    """Put everything that waits and may go into batches; how many items. Under the admission's lock."""
    admission = epoch.admission
    ready = _ready(admission)
    frozen = [Frozen.of(item, elsewhere=admission.is_elsewhere) for item in ready]
    advices = list(changed_advices(epoch))
    limits = {"lines": settings.INJURY_UPLOAD_LINES, "size": settings.INJURY_UPLOAD_BYTES}
    _write(epoch, plan(frozen, advices, **limits))
    mine = FeeItem.objects.filter(admission=admission, state=FeeState.WAITING)
    if mine.update(state=FeeState.FROZEN, held_kind="", held_because="") != len(ready):
        raise RuntimeError("items that may not go were left waiting")
    return len(ready)


def _ready(admission: Admission) -> list[ItemFacts]:
    """What waits and may go by the mapping of this moment; what may not any more is held."""
    waiting = FeeItem.objects.filter(admission=admission, state=FeeState.WAITING).order_by("prescribed_on", "line_id")
    found = facts_of(waiting)
    if are_placed(found, admission.environment):
        return found
    sort_out(list(waiting))
    return [one for one in facts_of(waiting) if not one.held_kind]


def changed_advices(epoch: FeeEpoch) -> Sequence[Advice]:
    """Advices that the centre does not have as they are now, and that no message of this epoch is about to bring."""
    waiting = FeeBatch.objects.filter(epoch=epoch, state__in=["planned", "sending"]).values_list("advices", flat=True)
    going = {key: version for one in waiting for key, version in one.items()}
    mine = Advice.objects.filter(admission=epoch.admission, version__gt=F("uploaded_version"))
    return [advice for advice in mine.order_by("started_on", "number") if going.get(str(advice.pk)) != advice.version]


def _write(epoch: FeeEpoch, planned: list[Planned]) -> None:
    last = FeeBatch.objects.filter(epoch=epoch).aggregate(last=Max("number"))["last"] or 0
    batches = [_batch(epoch, number, one) for number, one in enumerate(planned, last + 1)]
    FeeBatch.objects.bulk_create(batches)
    lines = [(batch, one) for batch, part in zip(batches, planned, strict=True) for one in part.lines]
    insert_columns(
        BatchLine,
        len(lines),
        epoch_id=epoch.pk,
        batch_id=[batch.pk for batch, _ in lines],
        item_id=[one.item.pk for _, one in lines],
        position=[one.number for _, one in lines],
        amount=[one.item.amount for _, one in lines],
        category=[one.item.category for _, one in lines],
        line_hash=[one.line_hash for _, one in lines],
    )
    remember((batch.pk, [one.line for one in part.lines]) for batch, part in zip(batches, planned, strict=True))


def _batch(epoch: FeeEpoch, number: int, planned: Planned) -> FeeBatch:
    return FeeBatch(
        environment=epoch.environment,
        epoch=epoch,
        number=number,
        sign=planned.sign,
        count=len(planned.lines),
        amount=planned.amount if planned.lines else Decimal(0),
        sums=planned.sums,
        content_hash=planned.content_hash,
        advices={str(advice.pk): advice.version for advice in planned.advices},
    )
