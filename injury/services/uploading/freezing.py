"""Freezing: which items go, in which message, exactly how; from here on nobody changes them (design 3.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from django.conf import settings
from django.db.models import F, Max

from injury.models import Admission, Advice, BatchLine, FeeBatch, FeeEpoch, FeeItem, FeeState
from injury.services.fee_holding import are_placed, sort_out
from injury.services.item_facts import ItemFacts, facts_of
from injury.services.uploading.lines import Line, Planned, plan
from injury.services.uploading.messages import make_first_ready, remember
from portal.access.walls import check_keys_at_once
from portal.vault.behind import Run, behind
from portal.vault.collecting import unlooked
from portal.vault.inserting import insert_columns, insert_rows

#: Lines that the database gets at a time, while we go on with the next.
PIECE = 4_000
#: What waits in this very transaction, under the admission's lock.
FREEZE = """
UPDATE injury_feeitem SET state = 'frozen', held_kind = '', held_because = ''
 WHERE admission_id = %s AND state = 'waiting'
"""


@unlooked()
def freeze(epoch: FeeEpoch) -> int:
    """Put everything that waits and may go into batches; how many items. Under the admission's lock."""
    admission = epoch.admission
    ready, advices = _ready(admission), changed_advices(epoch)
    limits = {"lines": settings.INJURY_UPLOAD_LINES, "size": settings.INJURY_UPLOAD_BYTES}
    planned = plan(ready, advices, elsewhere=admission.is_elsewhere, **limits)
    last = FeeBatch.objects.filter(epoch=epoch).aggregate(last=Max("number"))["last"] or 0
    with behind() as run:
        frozen = run(FREEZE, [admission.pk])
        run(check_keys_at_once(BatchLine), [])
        written = [one for piece in _pieces(enumerate(planned, last + 1)) for one in _write(epoch, piece, run)]
        make_first_ready(written)
    if frozen.result() != len(ready):
        raise RuntimeError("items that may not go were left waiting")
    remember(written)
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


def _pieces(planned: Iterable[tuple[int, Planned]]) -> Iterator[list[tuple[int, Planned]]]:
    piece: list[tuple[int, Planned]] = []
    lines = 0
    for number, message in planned:
        piece.append((number, message))
        lines += len(message.lines)
        if lines >= PIECE:
            yield piece
            piece, lines = [], 0
    if piece:
        yield piece


def _write(epoch: FeeEpoch, planned: Iterable[tuple[int, Planned]], run: Run) -> list[tuple[FeeBatch, list[Line]]]:
    """Have these messages, with their numbers, written down; the lines of each batch."""
    made = [(_batch(epoch, number, one), one.lines) for number, one in planned]
    lines = [(batch.pk, one) for batch, mine in made for one in mine]
    insert_rows([batch for batch, _ in made], run=run)
    insert_columns(
        BatchLine,
        len(lines),
        run=run,
        epoch_id=epoch.pk,
        batch_id=[batch for batch, _ in lines],
        item_id=[one.item.pk for _, one in lines],
        position=[one.number for _, one in lines],
        amount=[one.item.amount for _, one in lines],
        category=[one.item.category for _, one in lines],
        line_hash=[one.line_hash for _, one in lines],
    )
    return [(batch, [one.line for one in mine]) for batch, mine in made]


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
