"""Appending to one chain: a hundred records to a transaction, each transaction committed to disk (the slowest part)."""

from __future__ import annotations

from bench.case import Case
from bench.scratch import scratch_database

RECORDS = 10_000
TOGETHER = 100


def append(code: str, count: int, together: int) -> int:
    """As services do it: open the door, record; `together` records in each transaction."""
    from portal.access.door import tenant_tx
    from portal.access.models import Institution
    from portal.audit import record
    from portal.web.actions import EXPORTED

    institution = Institution.objects.get(code=code)
    for start in range(0, count, together):
        with tenant_tx(institution.pk):
            for n in range(start, min(start + together, count)):
                record(EXPORTED, institution, by=None, title="查询清算数据", rows=n, filter="年份＝2025；险种＝职工")
    return count


def institution(code: str) -> int:
    """The id of a bench institution, made when it is not there yet."""
    from portal.access.models import Institution

    fields = {"name": "测量", "kind": "hospital", "region": "140200"}
    return Institution.objects.get_or_create(code=code, defaults=fields)[0].pk


APPENDED = "H00000000001"


def prepare() -> None:
    scratch_database()
    institution(APPENDED)
    append(APPENDED, TOGETHER, TOGETHER)  # connection and caches


def ours() -> int:
    return append(APPENDED, RECORDS, TOGETHER)


CASE = Case(
    name="audit",
    work=f"append to one chain, {TOGETHER} records a transaction",
    against="–",
    ours=ours,
    prepare=prepare,
    rate=2000,
)
