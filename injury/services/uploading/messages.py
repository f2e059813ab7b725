"""The message of a batch, made from its frozen lines; the next one while the reply to the present one is waited for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from injury.models import Admission, Advice, BatchLine, BatchState, FeeBatch
from injury.services.item_facts import ItemFacts
from injury.services.uploading.lines import Line, content_hash, line_hash, message, wire_advice, wire_line, written
from portal.access.door import tenant_tx
from portal.gateway.journal import Operation, write_down
from portal.gateway.messages import Request

#: Messages that this process has made ready, by their batch, until they are taken.
_ready: OrderedDict[UUID, Request[Any]] = OrderedDict()
KEPT = 2
#: Batches as this process has just frozen them, with their lines: whoever freezes mostly sends. The database refuses
#: to change a frozen item, so they are what the table says; two thousand bytes a line.
_frozen: OrderedDict[UUID, tuple[FeeBatch, list[Line]]] = OrderedDict()
LINES_KEPT = 30_000
#: Epoch and number of the batch that this process has opened an operation for, by that.
_turns: OrderedDict[UUID, tuple[UUID, int]] = OrderedDict()

#: The hash that a line was frozen with, and the item as it is now.
Stored = tuple[str, ItemFacts]


class ChangedAfterFreezing(Exception):
    """A line is not what was frozen: nobody may have changed it, so nothing of the batch is sent."""


def lines_of(batch: FeeBatch) -> list[Stored]:
    """The batch's lines in their order, as read now."""
    names = [f"item__{name}" for name in ItemFacts._fields]
    rows = BatchLine.objects.filter(batch=batch).order_by("position").values_list("line_hash", *names)
    return [(stored, ItemFacts._make(facts)) for stored, *facts in rows]


def remember(batches: Iterable[tuple[FeeBatch, list[Line]]]) -> None:
    """Keep what was just frozen, the first messages rather than the last, and rather than what was frozen before."""
    room = LINES_KEPT
    for batch, lines in batches:
        if len(lines) > room:
            break
        _frozen[batch.pk] = batch, lines
        room -= len(lines)
    while sum(len(lines) for _, lines in _frozen.values()) > LINES_KEPT:
        _frozen.popitem(last=False)


def remember_turn(batch: FeeBatch, operation: Operation) -> None:
    """This operation carries this batch: the next one's message may be made while it is under way."""
    _turns[operation.pk] = batch.epoch_id, batch.number
    while len(_turns) > KEPT:
        _turns.popitem(last=False)


def message_of(
    batch: FeeBatch, lines: Sequence[Stored], admission: Admission, advices: Sequence[Advice]
) -> Request[Any]:
    """The message with these lines, pure.

    Raises ChangedAfterFreezing, and ValidationError when the declaration refuses a line.
    """
    elsewhere = admission.is_elsewhere
    meds, hashes = [], []
    for stored, facts in lines:
        line = wire_line(facts, elsewhere=elsewhere)
        meds.append(line)
        hashes.append(line_hash(written(line)))
        if hashes[-1] != stored:
            raise ChangedAfterFreezing
    if content_hash(hashes) != batch.content_hash:
        raise ChangedAfterFreezing
    return message(admission.number, meds, [wire_advice(one) for one in advices], elsewhere=elsewhere)


def message_of_frozen(
    batch: FeeBatch, lines: Sequence[Line], admission: Admission, advices: Sequence[Advice]
) -> Request[Any]:
    """The message with lines that this process froze; raises as `message_of` does."""
    if content_hash(line_hash(written(line)) for line in lines) != batch.content_hash:
        raise ChangedAfterFreezing
    return message(admission.number, lines, [wire_advice(one) for one in advices], elsewhere=admission.is_elsewhere)


def made_now(batch: FeeBatch, admission: Admission, advices: Sequence[Advice]) -> Request[Any]:
    """The batch's message, made when its turn has come; raises as `message_of` does."""
    if frozen := _frozen.pop(batch.pk, None):
        return message_of_frozen(batch, frozen[1], admission, advices)
    return message_of(batch, lines_of(batch), admission, advices)


def make_next_ready(operation: Operation) -> Callable[[], Request[Any] | None] | None:
    """The work of making the message after the one of this operation; reads its lines where they are not at hand.

    None at the end, and for a batch with advices, which may change until they go. Frozen lines may not.
    """
    if (turn := _turns.pop(operation.pk, None)) and (kept := _frozen_after(*turn)):
        batch, frozen = kept
        if batch.advices:
            return None
        del _frozen[batch.pk]
        return partial(_make_ready, batch, partial(message_of_frozen, batch, frozen, batch.epoch.admission, []))
    with tenant_tx(operation.institution_pk):
        batches = FeeBatch.objects.select_related("epoch__admission").order_by("number")
        found = batches.filter(epoch__batches__operation=operation, state=BatchState.PLANNED).first()
        if found is None or found.advices:
            return None
        return partial(_make_ready, found, partial(message_of, found, lines_of(found), found.epoch.admission, []))


def make_first_ready(batches: Sequence[tuple[FeeBatch, list[Line]]]) -> None:
    """Make the first message of those just frozen, while the database writes them down."""
    if batches and not batches[0][0].advices:
        batch, lines = batches[0]
        _make_ready(batch, partial(message_of_frozen, batch, lines, batch.epoch.admission, []))


def _frozen_after(epoch: UUID, number: int) -> tuple[FeeBatch, list[Line]] | None:
    return next((one for one in _frozen.values() if (one[0].epoch_id, one[0].number) == (epoch, number + 1)), None)


def _make_ready(batch: FeeBatch, make: Callable[[], Request[Any]]) -> Request[Any] | None:
    try:
        request = make()
    except (ChangedAfterFreezing, ValidationError):
        return None  # told when its turn has come
    write_down(request)
    _ready[batch.pk] = request
    while len(_ready) > KEPT:
        _ready.popitem(last=False)
    return request


def made_ready(batch: FeeBatch) -> Request[Any] | None:
    """The batch's message, if it was made while the one before was under way."""
    request = _ready.pop(batch.pk, None)
    return None if batch.advices else request
