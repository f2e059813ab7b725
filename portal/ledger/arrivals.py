"""A file of entries on its way into the book: brought, read by a worker, looked at, taken as a whole or dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.db.models import Sum
from django.utils import timezone

from portal.access.door import required_institution
from portal.access.member import Member
from portal.access.rows import new_id
from portal.access.services.refusals import NotAllowed
from portal.audit import record
from portal.jobs import Job, start
from portal.ledger.actions import FILE_BROUGHT, FILE_DROPPED
from portal.ledger.bringing import BROUGHT, tell
from portal.ledger.facts import ZERO, EntryFacts, Standing
from portal.ledger.files import MOST_BYTES, Row, Store, rows_of
from portal.ledger.gathering import digest_of, take_turn
from portal.ledger.lines import read_line
from portal.ledger.merging import Compared, compare, forget_rows, merge
from portal.ledger.models import ArrivalState, ArrivingEntry, Entry, EntryArrival
from portal.ledger.models.arrival import Way
from portal.papers.xlsx_reading import UnreadableFile
from portal.vault.inserting import insert_columns
from portal.vault.marks import blind_index
from portal.vault.seal import BrokenSeal, Place, seal

READ, TAKE = "ledger.read", "ledger.take"
#: Lines that are read and staged together; faults that are kept.
PIECE, NAMED = 5_000, 500
#: How long a file waits for somebody to decide.
KEPT = timedelta(hours=24)
Progress = Callable[..., None]
Door = Callable[[], AbstractContextManager[None]]


def bring_file(file: File[Any], name: str, *, by: Member) -> EntryArrival:
    """Keep a file and have a worker read it; inside the door. Raises NotAllowed for an empty or too large one."""
    assert by.institution
    if not file.size or file.size > MOST_BYTES:
        raise NotAllowed(f"文件应有内容，且不超过 {MOST_BYTES // 1024 // 1024} MB", "file")
    way = Way.EXCEL if name.lower().endswith(".xlsx") else Way.TXT
    arrival = EntryArrival(environment=by.institution.environment, way=way, name=name[-200:], brought_by=by.user)
    arrival.brought_as = by.label[:100]
    arrival.size, arrival.digest = Store(arrival.institution_pk, arrival.pk).keep(file)
    twin = EntryArrival.objects.filter(environment=arrival.environment, digest=arrival.digest, state=ArrivalState.TAKEN)
    if twin.exists():
        arrival.note = "内容相同的文件以前已经入账，再次入账不会重复"
    record(FILE_BROUGHT, arrival, by=by, file=arrival.name, size=arrival.size, digest=arrival.digest)
    arrival.job = start(READ, str(arrival.pk), by=by, title=f"读取结算账 {name}"[:100], params=_params(arrival)).pk
    arrival.save(force_insert=True)
    return arrival


def _params(arrival: EntryArrival) -> dict[str, str]:
    return {"arrival": str(arrival.pk)}


def ask_taking(arrival: EntryArrival, *, by: Member) -> Job:
    """Have a worker take what is right in the file; inside the door. Raises NotAllowed where there is nothing."""
    arrival = locked(arrival.pk)
    waiting = (ArrivalState.PREVIEW, ArrivalState.TAKING)  # a lost job is started again, a live one joined
    if arrival.state not in waiting or not arrival.fresh + arrival.changed:
        raise NotAllowed(f"这个文件{arrival.get_state_display()}，没有可以入账的内容")
    arrival.state = ArrivalState.TAKING
    job = start(TAKE, str(arrival.pk), by=by, title=f"入账 {arrival.name}"[:100], params=_params(arrival))
    arrival.job = job.pk
    arrival.save(update_fields=["state", "job"])
    return job


def drop_file(arrival: EntryArrival, *, by: Member | None) -> None:
    """Forget a file that nobody wants; inside the door. Raises NotAllowed once it is being taken."""
    arrival = locked(arrival.pk)
    if arrival.state not in (ArrivalState.PREVIEW, ArrivalState.FAILED, ArrivalState.READING):
        raise NotAllowed(f"这个文件{arrival.get_state_display()}，不能放弃")
    _end(arrival, ArrivalState.DROPPED)
    record(FILE_DROPPED, arrival, by=by, file=arrival.name)


def forget_old_files() -> None:
    """Files that nobody decided about within a day; inside the door."""
    before = timezone.now() - KEPT
    open_states = (ArrivalState.PREVIEW, ArrivalState.FAILED, ArrivalState.READING)
    for arrival in EntryArrival.objects.filter(state__in=open_states, brought_at__lt=before).exclude(way=Way.API):
        drop_file(arrival, by=None)


def locked(arrival_id: UUID) -> EntryArrival:
    return EntryArrival.objects.select_for_update(of=("self",)).get(pk=arrival_id)


def _end(arrival: EntryArrival, state: ArrivalState, **changes: Any) -> None:
    """The file is needed no more, nor are its rows."""
    forget_rows(arrival)
    Store(arrival.institution_pk, arrival.pk).forget()
    arrival.state = state
    for name, value in changes.items():
        setattr(arrival, name, value)
    arrival.save(update_fields=["state", *changes])


# --- reading

DROPPED = "这个文件已不再需要"


class Dropped(Exception):
    """Somebody dropped the file while it was read."""


@dataclass
class Faults:
    """The first faults by line, and how many lines are wrong."""

    first: list[tuple[int, str, str]]
    wrong: int = 0

    def add(self, number: int, said: Iterable[tuple[str, str]]) -> None:
        self.wrong += 1
        if len(self.first) < NAMED:
            self.first += [(number, label, sentence) for label, sentence in said]


def read_file(arrival_id: UUID, *, door: Door, progress: Progress, pause: Callable[[], None] = lambda: None) -> str:
    """Read the file line by line beside the book and say what taking it would do; a closing note. Run by the job,
    outside any transaction; after a crash or a pause it goes on behind the lines that are staged."""
    with door():
        arrival = locked(arrival_id)
    if arrival.state != ArrivalState.READING:
        return DROPPED
    faults = Faults(arrival.faults.reveal() if arrival.faults else [], arrival.wrong)
    try:
        each = islice(rows_of(Store(arrival.institution_pk, arrival.pk).pieces()), arrival.count, None)
        while piece := list(islice(each, PIECE)):
            _stage(arrival, piece, faults, door)
            progress(arrival.count, note=f"已读取 {arrival.count:,} 行")
            pause()
    except Dropped:
        return DROPPED
    except (UnreadableFile, BrokenSeal, FileNotFoundError) as error:
        sentence = error.sentence if isinstance(error, UnreadableFile) else "文件已不完整，请重新上传"
        with door():
            _end(locked(arrival_id), ArrivalState.FAILED, note=sentence)
        return sentence
    with door():
        return _looked_at(locked(arrival_id), faults)


def _stage(arrival: EntryArrival, piece: list[Row], faults: Faults, door: Door) -> None:
    good: list[tuple[int, EntryFacts]] = []
    for number, values in piece:
        facts, wrong = read_line(values)
        if facts is None:
            faults.add(number, ((one.label, one.sentence) for one in wrong))
        else:
            good.append((number, facts))
    with door():
        if locked(arrival.pk).state != ArrivalState.READING:
            raise Dropped
        insert_columns(ArrivingEntry, len(good), **_columns(arrival, good))
        arrival.count, arrival.wrong, arrival.faults = arrival.count + len(piece), faults.wrong, faults.first
        arrival.save(update_fields=["count", "wrong", "faults"])


SAME = ("family", "number", "is_refund", "standing", "setl_id", "mdtrt_id", "msgid", "person", "insutype", "clr_type")
MORE = ("clr_optins", "settled_at", "day", "total", "fund", "account", "cash", "about", "person_no_masked")


def _columns(arrival: EntryArrival, rows: list[tuple[int, EntryFacts]]) -> dict[str, Any]:
    ids = [new_id() for _ in rows]
    columns: dict[str, Any] = {name: [getattr(facts, name) for _, facts in rows] for name in (*SAME, *MORE)}
    columns |= {
        "id": ids,
        "institution_id": required_institution(),
        "environment": arrival.environment,
        "arrival_id": arrival.pk,
        "place": [number for number, _ in rows],
        "digest": [digest_of(facts) for _, facts in rows],
        "person_no": list(_sealed(ids, rows)),
        "person_no_index": [blind_index(facts.person_no) if facts.person_no else None for _, facts in rows],
    }
    return columns


def _sealed(ids: list[UUID], rows: list[tuple[int, EntryFacts]]) -> Iterator[bytes | None]:
    """Sealed for the place where the entry will stand."""
    table, institution = Entry._meta.db_table, required_institution()
    for key, (_, facts) in zip(ids, rows, strict=True):
        here = Place(table, "person_no", institution, str(key))
        yield seal(facts.person_no.encode(), here) if facts.person_no else None


def _looked_at(arrival: EntryArrival, faults: Faults) -> str:
    if arrival.state != ArrivalState.READING:
        return DROPPED
    take_turn(BROUGHT)
    found = compare(arrival)
    for number, sentence in found.wrong:
        faults.add(number, [("结算单号", sentence)])
    arrival.wrong, arrival.faults = faults.wrong + found.unnamed, sorted(map(tuple, faults.first))[:NAMED]
    _count(arrival, found)
    arrival.state = ArrivalState.PREVIEW
    Store(arrival.institution_pk, arrival.pk).forget()
    arrival.save()
    told = f"新增 {arrival.fresh:,}，变更 {arrival.changed:,}，有问题 {arrival.wrong:,}"
    return f"共 {arrival.count:,} 行：{told}；请查看预览"


def _count(arrival: EntryArrival, found: Compared) -> None:
    arrival.fresh, arrival.changed, arrival.same = found.fresh, found.changed, found.same
    rows = ArrivingEntry.objects.filter(arrival=arrival, standing=Standing.SETTLED)
    totals = rows.aggregate(total=Sum("total", default=ZERO), fund=Sum("fund", default=ZERO))
    arrival.total, arrival.fund = totals["total"], totals["fund"]


# --- taking


def take_file(arrival_id: UUID, *, by: Member | None, door: Door) -> str:
    """Write the file's entries into the book in one transaction; a closing note. Run by the job."""
    with door():
        arrival = locked(arrival_id)
        if arrival.state != ArrivalState.TAKING:
            return "这个文件已经入账，或不再需要"
        take_turn(BROUGHT)
        found = compare(arrival)  # the book may have changed since the preview
        _count(arrival, found)
        merge(arrival)
        forget_rows(arrival)
        arrival.state, arrival.taken_at = ArrivalState.TAKEN, timezone.now()
        arrival.save()
        tell(arrival, by=by)
    return f"已入账：新增 {arrival.fresh:,} 笔，变更 {arrival.changed:,} 笔，已有 {arrival.same:,} 笔"
