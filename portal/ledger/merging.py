"""Many staged rows beside the book, and into it: a few statements, however many rows there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from portal.ledger.facts import Source, Standing
from portal.ledger.models import ArrivingEntry, Entry, EntryArrival

STAGED, BOOK = ArrivingEntry._meta.db_table, Entry._meta.db_table
#: Faults of one kind that are named; the others are only counted.
NAMED = 500
TWICE = "与第 {first} 行重复，内容不同"
OURS = "本门户已有结算ID相同的结算，不能重复导入"
SAME_KEY = (
    "e.institution_id = a.institution_id AND e.environment = a.environment AND e.source = %(source)s"
    " AND e.family = a.family AND e.number = a.number AND e.is_refund = a.is_refund"
)
LATEST = f"{SAME_KEY} AND e.is_latest"
#: The first line of an entry counts; the same line again is no fault, another content is. One sort, joined by key.
DOUBLES = (
    f"DELETE FROM {STAGED} a USING (SELECT id, first_value(place) OVER w AS first, first_value(digest) OVER w AS said,"
    f" row_number() OVER w AS turn FROM {STAGED} WHERE arrival_id = %(arrival)s"
    " WINDOW w AS (PARTITION BY family, number, is_refund ORDER BY place)) d"
    " WHERE a.id = d.id AND d.turn > 1 RETURNING a.place, d.first, a.digest = d.said"
)
#: What our own businesses settled themselves would count twice.
OWN = (
    f"DELETE FROM {STAGED} a USING {BOOK} e WHERE a.arrival_id = %(arrival)s AND a.setl_id <> ''"
    " AND e.institution_id = a.institution_id AND e.setl_id = a.setl_id AND e.is_latest AND e.setl_id <> ''"
    " AND e.environment = a.environment AND e.is_refund = a.is_refund AND e.source <> %(source)s"
    " AND e.standing <> %(void)s RETURNING a.place"
)
UNCHANGED = (
    f"DELETE FROM {STAGED} a USING {BOOK} e WHERE a.arrival_id = %(arrival)s AND {LATEST} AND e.digest = a.digest"
)
#: What withdraws an entry that nobody told of says nothing.
IDLE = (
    f"DELETE FROM {STAGED} a WHERE a.arrival_id = %(arrival)s AND a.standing = %(void)s"
    f" AND NOT EXISTS (SELECT 1 FROM {BOOK} e WHERE {LATEST})"
)
REVISED = f"UPDATE {STAGED} a SET revision = e.revision + 1 FROM {BOOK} e WHERE a.arrival_id = %(arrival)s AND {LATEST}"
COUNTED = f"SELECT count(*) FILTER (WHERE revision = 1), count(*) FROM {STAGED} WHERE arrival_id = %(arrival)s"
REPLACED = (
    f"UPDATE {BOOK} e SET is_latest = false FROM {STAGED} a WHERE a.arrival_id = %(arrival)s AND a.revision > 1"
    f" AND {LATEST}"
)
TAKEN_OVER = (
    *("id", "institution_id", "environment", "family", "number", "is_refund", "standing", "revision", "setl_id"),
    *("mdtrt_id", "msgid", "person_no", "person_no_index", "person_no_masked", "person", "insutype", "clr_type"),
    *("clr_optins", "settled_at", "day", "total", "fund", "account", "cash", "about", "digest"),
)
MERGED = (
    f"INSERT INTO {BOOK} ({', '.join(TAKEN_OVER)}, source, is_latest, page, page_key, operation, arrival, written_at)"
    f" SELECT {', '.join(f'a.{name}' for name in TAKEN_OVER)}, %(source)s, true, '', '', NULL, a.arrival_id, now()"
    f" FROM {STAGED} a WHERE a.arrival_id = %(arrival)s"
)


@dataclass(frozen=True)
class Compared:
    """What taking the rows would do. `wrong` names lines at fault, `unnamed` counts those beyond the first."""

    fresh: int
    changed: int
    same: int
    wrong: list[tuple[int, str]]
    unnamed: int


def compare(arrival: EntryArrival) -> Compared:
    """Lay the staged rows beside the book; afterwards only those that change something are left. Inside the door."""
    given = _given(arrival)
    with connection.cursor() as cursor:
        cursor.execute(DOUBLES, given)
        doubles = cursor.fetchall()
        cursor.execute(OWN, given)
        own = [place for (place,) in cursor.fetchall()]
        cursor.execute(UNCHANGED, given)
        same = cursor.rowcount
        cursor.execute(IDLE, given)
        same += cursor.rowcount
        cursor.execute(REVISED, given)
        cursor.execute(COUNTED, given)
        fresh, count = cursor.fetchone()
    twice = [(place, TWICE.format(first=first)) for place, first, is_same in doubles if not is_same]
    wrong = sorted([*twice, *((place, OURS) for place in own)])
    same += len(doubles) - len(twice) + arrival.same
    return Compared(fresh, count - fresh, same, wrong[:NAMED], max(0, len(wrong) - NAMED))


def merge(arrival: EntryArrival) -> None:
    """Write what `compare` left into the book; inside the door, in the same transaction."""
    given = _given(arrival)
    with connection.cursor() as cursor:
        cursor.execute(REPLACED, given)
        cursor.execute(MERGED, given)


def forget_rows(arrival: EntryArrival) -> None:
    rows = ArrivingEntry.objects.filter(arrival=arrival)
    rows._raw_delete(rows.db)  # nothing hangs on a row


def _given(arrival: EntryArrival) -> dict[str, Any]:
    return {"arrival": arrival.pk, "source": str(Source.BROUGHT), "void": str(Standing.VOID)}
