"""Entries that a hospital's system brings by REST: a thousand a call, all of them or none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from portal.access.member import Member
from portal.access.services.refusals import NotAllowed
from portal.audit import record
from portal.ledger.actions import ENTRIES_BROUGHT
from portal.ledger.facts import ZERO, EntryFacts, Source, Standing
from portal.ledger.gathering import Written, take_turn, write
from portal.ledger.lines import BY_NAME, NAMES, Fault, read_line
from portal.ledger.models import ArrivalState, Entry, EntryArrival
from portal.ledger.models.arrival import Way

#: Lines in one call.
MOST = 1_000
BROUGHT = str(Source.BROUGHT)
OURS = "本门户已有结算ID相同的结算，不能重复导入"


@dataclass(frozen=True, slots=True)
class LineFault:
    """A fault and where it is: the line's place in the call, from 0."""

    place: int
    fault: Fault


class LinesWrong(NotAllowed):
    """Lines of a call are wrong and nothing was stored; `faults` has all of them."""

    def __init__(self, faults: Sequence[LineFault], count: int) -> None:
        self.faults = list(faults)
        wrong = len({one.place for one in faults})
        super().__init__(f"{count} 笔中有 {wrong} 笔、{len(self.faults)} 处不符合要求，没有保存任何一笔", "entries")


@dataclass(frozen=True)
class Brought:
    """What became of a call."""

    arrival: EntryArrival
    written: Written
    #: What each line says, in their order.
    facts: Sequence[EntryFacts] = ()


def bring(lines: Sequence[Mapping[str, Any]], *, by: Member) -> Brought:
    """Write the entries of one call; inside the door. The same entry again changes nothing, another content is a new
    revision. Raises LinesWrong naming every fault, NotAllowed for nothing or too much."""
    assert by.institution
    if not lines or len(lines) > MOST:
        raise NotAllowed(f"一次应为 1 至 {MOST:,} 笔", "entries")
    facts, faults = _read(lines)
    environment = str(by.institution.environment)
    faults += [LineFault(place, Fault("setl_id", "结算ID", OURS)) for place in _ours(facts, environment)]
    if faults:
        raise LinesWrong(sorted(faults, key=lambda one: one.place), len(lines))
    told = list(facts.values())
    arrival = EntryArrival(
        environment=environment, way=Way.API, state=ArrivalState.TAKEN, count=len(lines), **sums(told)
    )
    arrival.brought_by, arrival.brought_as = by.user, by.label[:100]
    take_turn(BROUGHT)
    written = write(told, environment=environment, source=BROUGHT, arrival=arrival.pk)
    arrival.fresh, arrival.changed, arrival.same = written.fresh, written.changed, written.same
    arrival.taken_at = timezone.now()
    arrival.save(force_insert=True)
    tell(arrival, by=by)
    return Brought(arrival, written, told)


def standing_of(brought: Brought) -> list[tuple[str, Any]]:
    """What became of each line: new, changed or same, and its entry's id (None: nothing was ever said about it)."""
    numbers = {one.number for one in brought.facts}
    rows = Entry.objects.filter(environment=brought.arrival.environment, source=BROUGHT, is_latest=True)
    columns = ("family", "number", "is_refund", "pk", "revision", "arrival")
    known = {row[:3]: row[3:] for row in rows.filter(number__in=numbers).values_list(*columns)}
    found: list[tuple[str, Any]] = []
    for one in brought.facts:
        pk, revision, arrival = known.get((one.family, one.number, one.is_refund), (None, 0, None))
        is_here = arrival == brought.arrival.pk
        found.append((("new" if revision == 1 else "changed") if is_here else "same", pk))
    return found


def tell(arrival: EntryArrival, *, by: Member | None) -> None:
    """Into the audit chain."""
    record(
        ENTRIES_BROUGHT,
        arrival,
        by=by,
        way=arrival.get_way_display(),
        count=arrival.count,
        fresh=arrival.fresh,
        changed=arrival.changed,
        total=f"{arrival.total:,.2f}",
    )


def sums(facts: Iterable[EntryFacts]) -> dict[str, Decimal]:
    """What they add up to; refunds with their sign, withdrawn ones not at all."""
    counted = [one for one in facts if one.standing == Standing.SETTLED]
    return {"total": sum((one.total for one in counted), ZERO), "fund": sum((one.fund for one in counted), ZERO)}


def _read(lines: Sequence[Mapping[str, Any]]) -> tuple[dict[int, EntryFacts], list[LineFault]]:
    found: dict[int, EntryFacts] = {}
    faults: list[LineFault] = []
    seen: dict[tuple[str, str, bool], int] = {}
    for place, line in enumerate(lines):
        strange = sorted(str(name)[:50] for name in line.keys() - BY_NAME.keys())
        faults += [LineFault(place, Fault(name, name, "没有这个字段")) for name in strange]
        facts, wrong = read_line({name: line.get(name) for name in NAMES})
        faults += [LineFault(place, one) for one in wrong]
        if facts is None:
            continue
        first = seen.setdefault((facts.family, facts.number, facts.is_refund), place)
        if first != place:
            faults.append(LineFault(place, Fault("number", "结算单号", f"与第 {first + 1} 笔重复")))
        found[place] = facts
    return found, faults


def _ours(facts: Mapping[int, EntryFacts], environment: str) -> list[int]:
    """Places of lines that our own businesses settled themselves: they would count twice."""
    places = {(one.setl_id, one.is_refund): place for place, one in facts.items() if one.setl_id}
    rows = Entry.objects.filter(environment=environment, is_latest=True, setl_id__in={key for key, _ in places})
    known = rows.exclude(source=BROUGHT).exclude(standing=Standing.VOID).values_list("setl_id", "is_refund")
    return [places[key] for key in known if key in places]
