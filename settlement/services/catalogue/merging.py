"""One version becomes visible in one transaction: what is new, what changed, what ended, by a few statements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from settlement.models import Catalogue, CatalogueArrival, CatalogueEdition, CatalogueEntry, Change
from settlement.rules.catalogue import columns_of
from settlement.services.catalogue.reading import COLUMNS

ARRIVAL, ENTRY = CatalogueArrival._meta.db_table, CatalogueEntry._meta.db_table
KEPT = ", ".join(name for name in COLUMNS if name != "place")
#: The last line of a key counts.
DOUBLES = (
    f"DELETE FROM {ARRIVAL} a USING {ARRIVAL} b WHERE a.catalogue_id = %(id)s AND b.catalogue_id = %(id)s"
    " AND a.key = b.key AND a.place < b.place"
)
UNCHANGED = (
    f"DELETE FROM {ARRIVAL} a USING {ENTRY} e WHERE a.catalogue_id = %(id)s AND e.catalogue_id = %(id)s"
    " AND e.replaced_in IS NULL AND e.key = a.key AND e.digest = a.digest"
)
REPLACED = (
    f"UPDATE {ENTRY} e SET replaced_in = %(edition)s FROM {ARRIVAL} a WHERE a.catalogue_id = %(id)s"
    " AND e.catalogue_id = %(id)s AND e.replaced_in IS NULL AND e.key = a.key"
)
ARRIVED = (
    f"INSERT INTO {ENTRY} ({KEPT}, since, change) SELECT {', '.join(f'a.{name}' for name in KEPT.split(', '))},"
    f" %(edition)s, CASE WHEN e.id IS NULL THEN '{Change.ADDED}' WHEN e.is_valid AND NOT a.is_valid"
    f" THEN '{Change.ENDED}' ELSE '{Change.CHANGED}' END FROM {ARRIVAL} a LEFT JOIN {ENTRY} e"
    " ON e.catalogue_id = a.catalogue_id AND e.key = a.key AND e.replaced_in = %(edition)s"
    " WHERE a.catalogue_id = %(id)s"
)
TOLD = (
    "SELECT count(*) FILTER (WHERE change = 'added'), count(*) FILTER (WHERE change = 'changed'),"
    f" count(*) FILTER (WHERE change = 'ended') FROM {ENTRY} WHERE catalogue_id = %(id)s AND since = %(edition)s"
)
VALID = f"SELECT count(*) FROM {ENTRY} WHERE catalogue_id = %(id)s AND replaced_in IS NULL AND is_valid"


@dataclass(frozen=True)
class Came:
    """What a version is called, how many lines its file had and what it was called."""

    version: str
    name: str = ""
    arrived: int = 0
    file_name: str = ""


def merge(catalogue: Catalogue, came: Came) -> CatalogueEdition | None:
    """Make what arrived the catalogue's newest version; None when nothing differs from the one that is there.

    Inside the door, with the catalogue's row locked by the caller (`downloading.finish`).
    """
    params = {"id": catalogue.pk, "edition": catalogue.edition + 1}
    with connection.cursor() as cursor:
        for statement in (DOUBLES, UNCHANGED, REPLACED, ARRIVED):
            cursor.execute(statement, params)
        added, changed, ended = _row(cursor, TOLD, params)
        (rows,) = _row(cursor, VALID, params)
    CatalogueArrival.objects.filter(catalogue=catalogue).delete()
    catalogue.version, now = came.version, timezone.now()
    if not (added or changed or ended):
        catalogue.save(update_fields=["version"])
        return None
    catalogue.edition, catalogue.rows, catalogue.taken_at = params["edition"], rows, now
    catalogue.save(update_fields=["version", "edition", "rows", "taken_at"])
    return CatalogueEdition.objects.create(
        catalogue=catalogue,
        edition=catalogue.edition,
        version=came.version,
        name=came.name,
        columns=[wire for wire, _ in columns_of(catalogue.number)],
        file_name=came.file_name[:200],
        arrived=came.arrived,
        added=added,
        changed=changed,
        ended=ended,
        rows=rows,
    )


def _row(cursor: Any, statement: str, params: dict[str, Any]) -> tuple[int, ...]:
    cursor.execute(statement, params)
    return tuple(cursor.fetchone())
