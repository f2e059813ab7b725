"""Sending what waits: one run for a number at a time, a few messages in the journal's queue at once.

The queue is everybody's: a patient at the desk never waits behind more than `UploadPlan.at_once` records. What a run
did stands in its records, so that a killed worker, a pause or a restart go on where it ended.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import accumulate
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone
from pydantic import ValidationError

from portal.access.member import Member
from portal.audit import record
from portal.gateway.journal import AlreadyRunning, Operation, State, open_operation, send_queued
from portal.gateway.journal.states import DOUBTFUL
from portal.gateway.messages import faults
from portal.gateway.national import NATIONAL, current_edition, transaction
from settlement.actions import UPLOAD_ENDED
from settlement.models import UploadRecord, UploadRun, UploadRunState, UploadState
from settlement.rules.uploads import KINDS, STOCK_TYPES, Kind, remover_of
from settlement.services.uploads.content import KEPT, message, room_of, wrongs
from settlement.services.uploads.plans import plan_of

#: Bytes of records that wait in the journal's queue at once; one record always may.
LARGEST = 4_000_000
#: A run that got no answer so often stops: the centre is not well.
MOST_DOUBTS = 3
#: Seconds that a run waits for messages that another worker sends, and how often it looks.
PATIENCE, GLANCE = 60.0, 0.2
Door = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class Means:
    """What a run works with: the institution, its door, who sends, a way to tell how far it is (hears a wish to stop),
    a way to go on in a new task when this one has run long enough."""

    institution_id: int
    door: Door
    by: Member
    told: Callable[[int, int, str], None]
    breathe: Callable[[], None]


def run_upload(run_id: UUID, means: Means) -> str:
    """Send until nothing waits, or nothing can be sent; the closing note. Outside any transaction."""
    with means.door():
        run = UploadRun.objects.get(pk=run_id)
        at_once = plan_of(run.environment, run.number).at_once
    if run.state != UploadRunState.RUNNING:
        return run.note
    kind, note = KINDS[run.number], ""
    while not note:
        _tell(run, means)
        ids = _open_some(run, kind, at_once, means)
        send_queued(means.institution_id, NATIONAL.name, seconds=120)
        note = _wait_for(run, means) or ("" if ids else _closing(run, means))
        means.breathe()
    with means.door():
        return end_run(run, UploadRunState.DONE, note)


def waiting(environment: str, number: str) -> QuerySet[UploadRecord]:
    """What may go now, the oldest first: no other version of it is under way, and what it follows is at the centre."""
    kind = KINDS[number]
    mine = UploadRecord.objects.filter(environment=environment)
    found = mine.filter(number=number, state=UploadState.WAITING, is_current=True)
    moving = mine.filter(state__in=UploadState.moving())
    found = found.exclude(Exists(moving.filter(number=number, key=OuterRef("key"))))
    if kind.after:
        before = [UploadState.WAITING, UploadState.BLOCKED, *UploadState.moving()]
        first = mine.filter(number=kind.after, is_current=True, state__in=before)
        found = found.exclude(Exists(first.filter(reference=OuterRef("reference"))))
    others = _others(kind)
    if others:
        found = found.exclude(Exists(moving.filter(number__in=others, reference=OuterRef("reference"))))
    return found.order_by("id")


def _others(kind: Kind) -> tuple[str, ...]:
    """Numbers that must not be under way for the same reference: a removal and what it removes."""
    if kind.removes:
        return tuple(STOCK_TYPES.values()) if kind.removes == "*" else (kind.removes,)
    remover = remover_of(kind.number)
    return (remover,) if remover else ()


# --- putting messages into the journal


def _open_some(run: UploadRun, kind: Kind, at_once: int, means: Means) -> int:
    """Put the next messages into the journal, each in a transaction of its own; how many."""
    opened = size = 0
    while opened < at_once and size < LARGEST:
        with means.door():
            rows = _next(run, kind, first=not opened, room=LARGEST - size)
            if not rows:
                return opened
            if not open_message(run, kind, rows, by=means.by):
                continue
        opened, size = opened + 1, size + sum(one.size for one in rows)
    return opened


def _next(run: UploadRun, kind: Kind, *, first: bool, room: int) -> list[UploadRecord]:
    """The records of the next message, locked; content is read here and forgotten with the message."""
    rows = waiting(run.environment, run.number).select_for_update(of=("self",), skip_locked=True)
    head = rows.defer("content").first()
    if head is None or (head.size > room and not first):
        return []
    if not kind.is_row or head.alone or _goes_alone(kind, head):
        return [head]
    same = rows.filter(alone=False, insured_at=head.insured_at, is_at_centre=head.is_at_centre)
    if kind.one_visit:
        same = same.filter(reference=head.reference)
    return _that_fit(list(same.defer("content")[: kind.many]), room_of(kind))


def _that_fit(rows: list[UploadRecord], room: int) -> list[UploadRecord]:
    """The first of them that one message can carry; there are never more characters than bytes."""
    found = [row for row, size in zip(rows, accumulate(one.size for one in rows), strict=True) if size <= room]
    return found or rows[:1]


def _goes_alone(kind: Kind, one: UploadRecord) -> bool:
    """A change of what the centre has is another transaction, and that takes one record."""
    return bool(kind.change and one.is_at_centre)


def number_for(kind: Kind, rows: Sequence[UploadRecord]) -> str:
    """The transaction that carries these records."""
    if kind.change and rows[0].is_at_centre:
        return kind.change
    return kind.alone if kind.alone and len(rows) == 1 else kind.number


def open_message(run: UploadRun | None, kind: Kind, rows: Sequence[UploadRecord], *, by: Member) -> Operation | None:
    """One message with these records, inside the door; None when its content may not go, which the records then say."""
    edition, number = current_edition(rows[0].environment), number_for(kind, rows)
    number = number if edition.has(number) else kind.number
    contents = [one.content.reveal() for one in rows]
    try:
        request = message(number, kind, contents, edition, rows[0].insured_at)
    except ValidationError as error:
        _block(kind, rows, [one.kept() for one in wrongs(kind, faults(error, transaction(number, edition)))])
        return None
    label = rows[0].label or rows[0].reference or rows[0].key
    title = f"采集上传：{kind.title} {label}" if len(rows) == 1 else f"采集上传：{kind.title} {len(rows)} 条"
    try:
        operation = open_operation(request, key=_key(rows), by=by, title=title[:200], subject=rows[0])
    except AlreadyRunning as running:
        _block(kind, rows, [["", "进行中", running.sentence]])
        return None
    for one in rows:
        one.state, one.operation, one.run, one.proven = UploadState.SENDING, operation, run, None
        one.operations, one.note, one.code = [*one.operations, str(operation.pk)], "", ""
    names = ["state", "operation", "run", "proven", "operations", "note", "code"]
    UploadRecord.objects.bulk_update(rows, names)
    if run is not None:
        UploadRun.objects.filter(pk=run.pk).update(opened=F("opened") + len(rows))
    return operation


def _key(rows: Sequence[UploadRecord]) -> str:
    if len(rows) == 1:
        return rows[0].key
    text = "\n".join(one.key for one in rows)
    return f"{len(rows)} 条/{hashlib.sha256(text.encode()).hexdigest()[:40]}"


def _block(kind: Kind, rows: Sequence[UploadRecord], found: list[list[str]]) -> None:
    """The tables changed since it arrived: of several records each goes by itself, so that the wrong one shows."""
    ids = [one.pk for one in rows]
    if len(rows) > 1:
        UploadRecord.objects.filter(pk__in=ids).update(alone=True)
        return
    UploadRecord.objects.filter(pk__in=ids).update(
        state=UploadState.BLOCKED, faults=found[:KEPT], fault_count=len(found)
    )


# --- waiting for them


def _wait_for(run: UploadRun, means: Means) -> str:
    """Until the run's messages have ended, or are in doubt; why nothing more should be sent, "" when it may go on."""
    until = time.monotonic() + PATIENCE
    while True:
        with means.door():
            mark_doubts(run.environment, run.number)
            mine = Operation.objects.filter(kind__in=_numbers(run.number), environment=run.environment)
            live = list(mine.filter(state__in=[State.QUEUED, State.SENDING]).values_list("not_before", "message"))
            doubts = UploadRecord.objects.filter(run=run, state=UploadState.DOUBTFUL)
            lost = doubts.values("operation").distinct().count()
        if lost >= MOST_DOUBTS:
            return f"{lost} 条报文没有得到答复，先停止；系统正在核实，其余下次上传"
        held = [message for not_before, message in live if not_before and not_before > timezone.now()]
        if held:
            return f"暂时不能发送：{held[0]}；其余下次上传"[:300]
        if not live:
            return ""
        if time.monotonic() > until:
            return "接口正忙，其余下次上传"
        _tell(run, means)
        time.sleep(GLANCE)


def _numbers(number: str) -> tuple[str, ...]:
    kind = KINDS[number]
    return (kind.number, *kind.aliases)


def mark_doubts(environment: str, number: str = "") -> None:
    """Records whose message has no answer say so."""
    rows = UploadRecord.objects.filter(environment=environment, state=UploadState.SENDING)
    rows = rows.filter(number=number) if number else rows
    rows.filter(operation__state__in=DOUBTFUL).update(state=UploadState.DOUBTFUL)


def _tell(run: UploadRun, means: Means) -> None:
    with means.door():
        run.refresh_from_db(fields=["opened", "sent", "refused", "total"])
    done = run.sent + run.refused
    refused = f"，被拒绝 {run.refused}" if run.refused else ""
    means.told(done, max(run.total, done), f"已上传 {run.sent}{refused}")


def _closing(run: UploadRun, means: Means) -> str:
    with means.door():
        run.refresh_from_db(fields=["opened", "sent", "refused"])
        left = UploadRecord.objects.filter(environment=run.environment, number=run.number, is_current=True)
        held = left.filter(state=UploadState.WAITING).count()
    open_ = run.opened - run.sent - run.refused
    said = [f"已上传 {run.sent} 条"]
    said += [f"被拒绝 {run.refused} 条"] if run.refused else []
    said += [f"{open_} 条结果待确认"] if open_ > 0 else []
    said += [f"{held} 条等待前面的记录"] if held else []
    return "，".join(said)


def end_run(run: UploadRun, state: UploadRunState, note: str) -> str:
    """The run's last word; inside the door."""
    ended = UploadRun.objects.filter(pk=run.pk, state=UploadRunState.RUNNING).update(
        state=state, note=note[:300], finished_at=timezone.now()
    )
    if ended:
        run.refresh_from_db()
        record(UPLOAD_ENDED, run, by=None, number=run.number, sent=run.sent, refused=run.refused, note=note)
    return note
