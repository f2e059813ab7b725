"""What a comparison found becomes rows: one open difference for a settlement, and a sighting for every run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone

from portal.hooks import announce
from reconciliation.actions import DIFFERENCE_FOUND
from reconciliation.models import (
    Difference,
    DifferenceKind,
    DifferenceState,
    Outcome,
    Run,
    Sighting,
    TheirRow,
)
from reconciliation.rules import Found, Line
from reconciliation.services.narrowing import Row

PIECE = 1_000
#: Where the day stands in a message's number (institution, time, four digits).
MSGID_DAY = slice(12, 20)
#: What a later run may find otherwise, while nobody has decided anything.
TOLD = (
    *("kind", "entry", "their_row", "number", "setl_id", "mdtrt_id", "msgid", "about", "person", "insutype"),
    *("clr_type", "clr_optins", "day", "settled_at", "ours_total", "theirs_total", "field", "ours", "theirs"),
    *("difference", "fields", "total_gap", "fund_gap", "account_gap", "proposal", "note"),
)
FIGURES = ("ours_total", "theirs_total", "total_gap", "fund_gap", "account_gap")


def store(run: Run, found: Iterable[Found], rows: Mapping[int, Row]) -> list[Difference]:
    """Write what a round of a run found, with the centre's rows that belong to it; inside the door.

    What is known already is the same difference: while it is open it takes over what is found now, and what somebody
    accepted stays accepted as long as it is the same. `rows` are the centre's rows as they came, by `Line.ref`.
    """
    now = timezone.now()
    each = iter(found)
    stored: list[Difference] = []
    while piece := list(islice(each, PIECE)):
        stored += _store(run, piece, rows, now)
    return stored


def _store(run: Run, found: Sequence[Found], rows: Mapping[int, Row], now: datetime) -> list[Difference]:
    theirs = _their_rows(run, found, rows)
    fresh: dict[str, Difference] = {}
    shown: dict[str, Found] = {}
    for one in found:
        made = difference_of(run, one, theirs, now)
        if fresh.setdefault(made.fingerprint, made) is made:
            shown[made.fingerprint] = one
    known = _known(run, list(fresh))
    met = _met_elsewhere(run, [known[name] for name in fresh if name in known])
    new, again, seen = [], [], []
    for fingerprint, made in fresh.items():
        before = known.get(fingerprint)
        is_half = before is not None and before.pk in met and _is_one_side(shown[fingerprint])
        if before is None or (not is_half and _is_over(before, made)):
            new.append(made)
            seen.append(made)
            continue
        if before.state == DifferenceState.OPEN and not is_half:
            for name in TOLD:
                column = "entry_id" if name == "entry" else name
                setattr(before, column, getattr(made, column))
        before.last_run, before.seen_at = run, now
        again.append(before)
        seen.append(before)
    Difference.objects.bulk_create(new)
    if new:
        kinds = dict(Counter(str(one.kind) for one in new))
        facts = {"run": str(run.pk), "family": run.family, "count": len(new), "kinds": kinds}
        announce(DIFFERENCE_FOUND.name, about=f"{run.begin}/{run.end}", facts=facts, environment=run.environment)
    Difference.objects.bulk_update(again, [*TOLD, "last_run", "seen_at"], batch_size=PIECE)
    _sight(run, seen, shown, now)
    return seen


def _sight(run: Run, seen: Sequence[Difference], shown: Mapping[str, Found], now: datetime) -> None:
    """The run saw these in its present round; what an earlier round saw as well is the same sighting."""
    Sighting.objects.bulk_create(
        [_sighting(run, one, shown[one.fingerprint], now) for one in seen],
        update_conflicts=True,
        unique_fields=["institution", "run", "difference"],
        update_fields=["round", "kind", *FIGURES, "seen_at"],
    )


def _sighting(run: Run, difference: Difference, found: Found, now: datetime) -> Sighting:
    """With the figures of this run's days, whatever other days make of them."""
    ours, theirs = found.totals
    return Sighting(
        environment=run.environment,
        run=run,
        difference=difference,
        round=run.round,
        kind=found.kind,
        ours_total=ours,
        theirs_total=theirs,
        total_gap=found.gap.total,
        fund_gap=found.gap.fund,
        account_gap=found.gap.account,
        seen_at=now,
    )


def _met_elsewhere(run: Run, known: Sequence[Difference]) -> set[UUID]:
    """Those over midnight, open or accepted, of which another run as it stands now has the other half."""
    late = [
        one.pk
        for one in known
        if one.kind == DifferenceKind.OVER_MIDNIGHT and (one.is_live or one.outcome == Outcome.ACCEPTED)
    ]
    if not late:
        return set()
    others = Sighting.objects.filter(difference__in=late, round=F("run__round")).exclude(run=run)
    return set(others.values_list("difference", flat=True))


def _is_one_side(found: Found) -> bool:
    """Whether only one book has it, which is all that one half of a settlement over midnight shows."""
    return not found.ours or all(one.is_echo for one in found.theirs)


def _known(run: Run, fingerprints: Sequence[str]) -> dict[str, Difference]:
    """The newest difference of each settlement, one that is open before others; locked."""
    rows = Difference.objects.filter(environment=run.environment, family=run.family, fingerprint__in=fingerprints)
    found: dict[str, Difference] = {}
    for one in rows.select_for_update().order_by("found_at", "pk"):
        before = found.get(one.fingerprint)
        if before is None or not before.is_live:
            found[one.fingerprint] = one
    return found


def _is_over(before: Difference, made: Difference) -> bool:
    """Whether it was dealt with, and is now something new: accepted means that the same is no difference again."""
    if before.is_live:
        return False
    same = before.kind == made.kind and before.fields == made.fields and before.total_gap == made.total_gap
    return not (before.outcome == Outcome.ACCEPTED and same)


def difference_of(run: Run, found: Found, theirs: Mapping[Any, TheirRow], now: datetime) -> Difference:
    """The row of what was found, not saved."""
    mine = next(iter(found.ours), None)
    other = next((one for one in found.theirs if not one.is_echo), None)
    line = mine or other or found.theirs[0]
    foremost = found.fields[0] if found.fields else None

    def told(name: str) -> Any:
        """Ours, or what the centre says where we say nothing."""
        return (getattr(mine, name) if mine else "") or (getattr(other, name) if other else "")

    return Difference(
        environment=run.environment,
        family=run.family,
        run=run,
        last_run=run,
        kind=found.kind,
        entry_id=mine.ref if mine else None,
        their_row=next((theirs[one.ref] for one in found.theirs if one.ref in theirs), None),
        fingerprint=fingerprint_of(run, found),
        **{name: told(name) for name in ("number", "setl_id", "mdtrt_id", "msgid", "about", "person")},
        **{name: told(name) for name in ("insutype", "clr_type", "clr_optins")},
        day=line.day or _day_of(line, run),
        settled_at=line.settled_at,
        is_refund=line.is_refund,
        ours_total=mine.total if mine else None,
        theirs_total=other.total if other else None,
        field=foremost.field if foremost else "",
        ours=foremost.ours[:200] if foremost else "",
        theirs=foremost.theirs[:200] if foremost else "",
        difference=foremost.difference if foremost else None,
        fields=[one.as_json() for one in found.fields],
        total_gap=found.lasting_gap.total,
        fund_gap=found.lasting_gap.fund,
        account_gap=found.lasting_gap.account,
        proposal=found.proposal,
        note=found.note[:500],
        found_at=now,
        seen_at=now,
    )


def fingerprint_of(run: Run, found: Found) -> str:
    """The settlement's best name and its sign; what has no name is only known within its run."""
    named = any(line.names for line in (*found.ours, *found.theirs))
    return f"{found.key if named else f'{run.pk} {found.key}'}{'-' if found.is_refund else '+'}"[:80]


def _day_of(line: Line, run: Run) -> date:
    """The day of what only the centre has: 3202 tells none, but a message's number has its time."""
    try:
        day = date.fromisoformat(line.msgid[MSGID_DAY])
    except ValueError:
        return run.begin
    return day if run.begin <= day < run.end else run.begin


def _their_rows(run: Run, found: Sequence[Found], rows: Mapping[int, Row]) -> dict[Any, TheirRow]:
    """The centre's rows of these differences, kept as they came; by `Line.ref`."""
    made = {
        line.ref: their_row(run, line, rows.get(line.ref))
        for one in found
        for line in one.theirs
        if line.ref is not None
    }
    TheirRow.objects.bulk_create(made.values())
    return made


def their_row(run: Run, line: Line, row: Row | None) -> TheirRow:
    names = ("setl_id", "mdtrt_id", "number", "msgid", "person", "insutype", "clr_type", "clr_optins")
    amounts = ("total", "fund", "account", "cash")
    made = TheirRow(
        environment=run.environment,
        run=run,
        round=run.round,
        line=line.ref,
        is_refund=line.is_refund,
        settled_at=line.settled_at,
        verdict={"agrees": "一致", "differs": "不一致"}.get(line.verdict, ""),
        memo=line.memo[:500],
        **{name: getattr(line, name)[: _length(name)] for name in names},
        **{name: getattr(line, name) for name in amounts},
    )
    if row is not None:
        made.raw = "\t".join(row)
    return made


def _length(name: str) -> int:
    """Most characters of a column of the centre's rows: a number that is too long is no reason to lose the row."""
    column: Any = TheirRow._meta.get_field(name)
    return int(column.max_length)


@dataclass(frozen=True)
class Covered:
    """Days of one category and office that were compared to the end."""

    clr_type: str
    clr_optins: str
    begin: date
    end: date


def close_gone(run: Run, seen: Iterable[Difference], covered: Iterable[Covered] | None) -> int:
    """Open differences of the run's days that it no longer found have gone; how many.

    Only of what was compared to its end (`covered`; None: everything): where a file is missing, nothing is known.
    """
    mine = Difference.objects.filter(
        environment=run.environment, family=run.family, state__in=DifferenceState.live()
    ).filter(day__gte=run.begin, day__lt=run.end)
    if covered is not None:
        known = Q(pk__in=[])
        for one in covered:
            scope = Q(clr_type=one.clr_type, clr_optins=one.clr_optins)
            known |= scope & Q(day__gte=one.begin, day__lt=one.end)
        mine = mine.filter(known)
    gone = mine.exclude(pk__in=[one.pk for one in seen])
    return gone.update(state=DifferenceState.DONE, outcome=Outcome.GONE, done_at=timezone.now())
