"""Entries of our book as lines: those that do not agree, and what lies beside them under another day or scope."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import islice
from uuid import UUID

from django.db.models import Q, QuerySet

from portal.ledger.facts import Span
from portal.ledger.models import Entry
from portal.ledger.reading import entries_between
from portal.vault import blind_indexes
from reconciliation.rules import OTHER_DAY, OTHER_SCOPE, SETTLED, Line
from reconciliation.services.narrowing import Row

#: Days around the span in which a settlement of the centre is looked for in our book.
AROUND = timedelta(days=3)
PIECE = 1_000
NAMES = ("setl_id", "msgid", "number")


def line_of_entry(entry: Entry, outside: str = "") -> Line:
    """The entry as a line; `ref` is its id."""
    return Line(
        ref=entry.pk,
        number=entry.number,
        setl_id=entry.setl_id,
        msgid=entry.msgid,
        mdtrt_id=entry.mdtrt_id,
        about=entry.about,
        person=entry.person or entry.person_no_masked,
        insutype=entry.insutype,
        clr_type=entry.clr_type,
        clr_optins=entry.clr_optins,
        settled_at=entry.settled_at,
        day=entry.day,
        is_refund=entry.is_refund,
        total=entry.total,
        fund=entry.fund,
        account=entry.account,
        cash=entry.cash,
        standing=entry.standing,
        outside=outside,
    )


def entries_of(ids: Iterable[UUID]) -> list[Entry]:
    """In pieces, so that no statement grows with the differences."""
    each = iter(ids)
    found: list[Entry] = []
    while piece := list(islice(each, PIECE)):
        found += Entry.objects.filter(pk__in=piece).defer("person_no")
    return found


def beside(theirs: Sequence[Line], span: Span, family: str, known: Iterable[UUID]) -> list[Entry]:
    """Entries that the centre's lines name and `known` lacks: of other days, of other scopes, or agreed."""
    have = set(known)
    wide = Span(span.environment, span.begin - AROUND, span.end + AROUND)
    found: dict[UUID, Entry] = {}
    for wanted in _pieces({name for line in theirs for _, name, _ in line.names}):
        asked = Q(setl_id__in=wanted) | Q(msgid__in=wanted) | Q(number__in=wanted)
        for entry in _near(wide, family).filter(asked):
            if entry.pk not in have:
                found[entry.pk] = entry
    return list(found.values())


def siblings(theirs: Sequence[Line], span: Span, family: str) -> dict[tuple[str, bool, str], str]:
    """Our settled entries of the visits that the lines are about: number, by visit, sign and total."""
    wide = Span(span.environment, span.begin - AROUND, span.end + AROUND)
    found: dict[tuple[str, bool, str], str] = {}
    for wanted in _pieces({line.mdtrt_id for line in theirs if line.mdtrt_id}):
        for entry in _near(wide, family).filter(mdtrt_id__in=wanted, standing=SETTLED):
            found[entry.mdtrt_id, entry.is_refund, f"{entry.total:.2f}"] = entry.number
    return found


def outside(entry: Entry, span: Span, scopes: set[tuple[str, str]] | None) -> str:
    """Why an entry is not one of those compared; empty when it is. `scopes` are clearing category and office."""
    if not span.begin <= entry.day < span.end:
        return OTHER_DAY
    return OTHER_SCOPE if scopes is not None and (entry.clr_type, entry.clr_optins) not in scopes else ""


def named(echoes: Iterable[tuple[Line, Row]], persons: dict[int, str], ours: Sequence[Entry]) -> dict[int, Entry]:
    """Which of our entries a line without any number repeats: by the person, the sign and the amount; by `ref`."""
    left = list(ours)
    found: dict[int, Entry] = {}
    for line, _ in echoes:
        marks = blind_indexes(persons[line.ref]) if persons.get(line.ref) else []
        for place, entry in enumerate(left):
            same = entry.is_refund == line.is_refund and line.total in (None, entry.total)
            if same and entry.person_no_index is not None and bytes(entry.person_no_index) in marks:
                found[line.ref] = left.pop(place)
                break
    return found


def _near(span: Span, family: str) -> QuerySet[Entry]:
    return entries_between(span, family=family).defer("person_no")


def _pieces(names: set[str]) -> Iterable[list[str]]:
    each = iter(sorted(names - {""}))
    while piece := list(islice(each, PIECE)):
        yield piece
