"""Two books of a million settlements each: unpack, read, compare, explain and keep 2,003 differences.

The reference is what the database needs for the same without any reading, rules or rows: both books copied into bare
tables, and a full join of them.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import psycopg

from bench.case import Case

ROWS = 1_000_000
DAY = date(2026, 3, 17)
PLACE = "B00000000001"
SCOPE = ("11", "140200")
DIFFERENCES = 2_003
PIECE = 1 << 20

#: Our settlement number n; the last 500 of the million are those that only we have.
OURS = """
INSERT INTO ledger_entry (id, institution_id, environment, source, family, number, is_refund, revision, is_latest,
    standing, setl_id, mdtrt_id, msgid, person_no_masked, person, insutype, clr_type, clr_optins, settled_at, day,
    total, fund, account, cash, about, page, page_key, digest, written_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, i.id, 'production', 'brought', 'national', 'N' || lpad(n::text, 11, '0'),
    false, 1, true, 'settled', 'S' || lpad(n::text, 14, '0'), 'J' || lpad((n / 2)::text, 14, '0'),
    '14020000000120260317' || lpad(n::text, 10, '0'), '140***********' || lpad((n % 10000)::text, 4, '0'), '样*', '310',
    '11', '140200', '2026-03-17 08:00+08'::timestamptz + n * interval '30 ms', '2026-03-17', 100 + n % 900 + 0.25,
    60 + n % 900, n % 7, 40.25 - n % 7, 'V' || n, '', '', '', now()
FROM access_institution i, generate_series(1, {rows}) n WHERE i.code = '{place}'
"""
#: What the centre has of 1 … million + 500: not the first 500; 1,000 with another amount; three of them twice.
THEIRS = """
SELECT 'P' || lpad(n::text, 12, '0'), 'J' || lpad((n / 2)::text, 14, '0'), 'S' || lpad(n::text, 14, '0'),
    '14020000000120260317' || lpad(n::text, 10, '0'),
    CASE WHEN n > {rows} OR n % 1000 = 999 OR again > 0 THEN '1' ELSE '0' END, '0', 'null',
    (100 + n % 900 + 0.25 + CASE WHEN n % 1000 = 999 THEN 1 ELSE 0 END)::numeric(16,2), (60 + n % 900)::numeric(16,2),
    (n % 7)::numeric(16,2)
FROM generate_series(501, {rows} + 500) n, generate_series(0, CASE WHEN n IN (700, 800, 900) THEN 1 ELSE 0 END) again
"""
#: The files, until `bin/bench` ends; its runs are children of the process that reads this.
FOLDER = Path(tempfile.gettempdir()) / f"bench_compare_{os.getpid()}"
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)


def prepare() -> None:
    """The institution with a million entries, and the centre's file; nobody has compared yet."""
    from bench.scratch import scratch_database

    is_new = scratch_database("_compare")
    if is_new:
        FOLDER.mkdir(exist_ok=True)
        with _bare() as database:
            _fill(database)
    with _bare() as database:
        for table in ("sighting", "difference", "theirrow", "run"):
            database.execute(f"DELETE FROM reconciliation_{table}")


@contextmanager
def _bare() -> Iterator[psycopg.Connection]:
    """As the owner, who for that moment is before the walls: these rows belong to the institution."""
    from bench.scratch import owner

    tables = ["ledger_entry", *(f"reconciliation_{one}" for one in ("run", "theirrow", "difference", "sighting"))]
    with owner() as database:
        for table in tables:
            database.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        yield database
        for table in tables:
            database.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _fill(database: psycopg.Connection) -> None:
    from bench.city import INSTITUTIONS

    database.execute(INSTITUTIONS.format(institutions=1))
    database.execute(OURS.format(rows=ROWS, place=PLACE))
    database.execute("VACUUM ANALYZE ledger_entry")
    ours = "SELECT setl_id, is_refund, total, fund, account FROM ledger_entry"
    for name, text in (("ours", ours), ("theirs", THEIRS.format(rows=ROWS))):
        copy = database.cursor().copy(f"COPY ({text}) TO STDOUT")
        with (FOLDER / f"{name}.txt").open("wb") as file, copy as rows:
            file.writelines(rows)
    with ZipFile(FOLDER / "theirs.zip", "w", ZIP_DEFLATED) as archive:
        archive.write(FOLDER / "theirs.txt", "result.txt")


def ours() -> None:
    from portal.access.door import tenant_tx
    from portal.access.models import Institution
    from portal.ledger.facts import Span
    from portal.ledger.reading import entries_between
    from reconciliation.models import Run
    from reconciliation.services.comparing import File, compare_files
    from reconciliation.services.narrowing import narrow
    from reconciliation.services.result_files import read_result
    from reconciliation.services.storing import Covered

    span = Span.of_day("production", DAY)
    content = (FOLDER / "theirs.zip").read_bytes()
    with tenant_tx(Institution.objects.get(code=PLACE).pk):
        run = Run.objects.create(
            environment="production", family="national", kind="day", begin=span.begin, end=span.end
        )
        entries = entries_between(span, family="national", clr_type=SCOPE[0], clr_optins=SCOPE[1])
        left = narrow(entries, lambda: read_result(content), agreeing=frozenset({"0"}))
        compared = compare_files(run, [File(Covered(*SCOPE, span.begin, span.end), left)])
    if compared.exceptions != DIFFERENCES or compared.ours != ROWS:
        raise AssertionError(f"found {compared}")


def reference() -> None:
    from bench.scratch import owner

    amounts = "total numeric(16,2), fund numeric(16,2), account numeric(16,2)"
    with owner() as database, database.transaction(force_rollback=True), database.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE ours (setl_id text, is_refund bool, {amounts})")
        columns = "psn_no text, mdtrt_id text, setl_id text, msgid text, verdict text, is_refund bool, memo text"
        cursor.execute(f"CREATE TEMP TABLE theirs ({columns}, {amounts})")
        for name in ("ours", "theirs"):
            copy = cursor.copy(f"COPY {name} FROM STDIN (NULL 'null')")
            with (FOLDER / f"{name}.txt").open("rb") as file, copy as rows:
                while piece := file.read(PIECE):
                    rows.write(piece)
        found = cursor.execute(
            "CREATE TEMP TABLE differences AS SELECT setl_id, is_refund, o.total, o.fund, o.account,"
            " t.total AS total_t, t.fund AS fund_t, t.account AS account_t, t.mdtrt_id, t.msgid, t.verdict, t.memo"
            " FROM ours o FULL JOIN theirs t USING (setl_id, is_refund)"
            " WHERE (o.total, o.fund, o.account) IS DISTINCT FROM (t.total, t.fund, t.account)"
        )
        if found.rowcount < DIFFERENCES - 3:
            raise AssertionError(f"found {found.rowcount}")


CASE = Case(
    name="compare",
    work="1,000,000 × 1,000,000 settlements, 2,003 differences: unpack, read, compare, explain, store",
    against="COPY of both into bare tables and a full join",
    ours=ours,
    reference=reference,
    prepare=prepare,
    ratio=3,
    peak_mb=250,
)
