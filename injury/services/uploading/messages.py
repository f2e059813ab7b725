"""The message of a batch, made from its frozen lines; the next one while the reply to the present one is waited for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from injury.models import Admission, Advice, BatchLine, BatchState, FeeBatch
from injury.services.item_facts import ItemFacts
from injury.services.uploading.lines import Line, content_hash, line_hash, message, wire_advice, wire_line, written
from portal.gateway.journal import Operation, write_down
from portal.gateway.messages import Request

#: Messages that this process has made ready, by their batch, until they are taken.
_ready: OrderedDict[UUID, Request[Any]] = OrderedDict()
KEPT = 2
#: Lines as this process has just frozen them, by their batch: whoever freezes mostly sends. The database refuses to
#: change a frozen item, so they are what the table says; two thousand bytes each.
_frozen: OrderedDict[UUID, list[Line]] = OrderedDict()
LINES_KEPT = 30_000

#: The hash that a line was frozen with, and the item as it is now.
Stored = tuple[str, ItemFacts]


class ChangedAfterFreezing(Exception):
    """A line is not what was frozen: nobody may have changed it, so nothing of the batch is sent."""


def lines_of(batch: FeeBatch) -> list[Stored]:
    """The batch's lines in their order, as read now."""
    names = [f"item__{name}" for name in ItemFacts._fields]
    rows = BatchLine.objects.filter(batch=batch).order_by("position").values_list("line_hash", *names)
    return [(stored, ItemFacts._make(facts)) for stored, *facts in rows]


def remember(batches: Iterable[tuple[UUID, list[Line]]]) -> None:
    """Keep what was just frozen, the first messages rather than the last, and rather than what was frozen before."""
    room = LINES_KEPT
    for key, lines in batches:
        if len(lines) > room:
            break
        _frozen[key] = lines
        room -= len(lines)
    while sum(map(len, _frozen.values())) > LINES_KEPT:
        _frozen.popitem(last=False)


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
        return message_of_frozen(batch, frozen, admission, advices)
    return message_of(batch, lines_of(batch), admission, advices)


def make_next_ready(operation: Operation) -> Callable[[], Request[Any] | None] | None:
    """The work of making the message after the one of this operation; reads its lines, inside the door.

    None at the end, and for a batch with advices, which may change until they go. Frozen lines may not.
    """
    batches = FeeBatch.objects.select_related("epoch__admission")
    batch = batches.filter(epoch__batches__operation=operation, state=BatchState.PLANNED).order_by("number").first()
    if batch is None or batch.advices:
        return None
    admission, frozen = batch.epoch.admission, _frozen.pop(batch.pk, None)
    lines = [] if frozen else lines_of(batch)

    def make() -> Request[Any] | None:
        try:
            request = (
                message_of_frozen(batch, frozen, admission, []) if frozen else message_of(batch, lines, admission, [])
            )
        except (ChangedAfterFreezing, ValidationError):
            return None  # told when its turn has come
        write_down(request)
        _ready[batch.pk] = request
        while len(_ready) > KEPT:
            _ready.popitem(last=False)
        return request

    return make


def made_ready(batch: FeeBatch) -> Request[Any] | None:
    """The batch's message, if it was made while the one before was under way."""
    request = _ready.pop(batch.pk, None)
    return None if batch.advices else request
