"""Verifying a chain: every hash computed again."""

from __future__ import annotations

from bench.audit import append, institution
from bench.case import Case
from bench.scratch import scratch_database

RECORDS = 100_000
VERIFIED = "H00000000002"


def prepare() -> None:
    """A chain long enough to measure; the first run makes it."""
    scratch_database()
    chain = institution(VERIFIED)
    from portal.audit.verify import verify_chain

    if verify_chain(chain).count < RECORDS:
        append(VERIFIED, RECORDS, RECORDS)


def ours() -> int:
    """As `manage.py audit_verify` does it, in the institution's own door."""
    from portal.audit.verify import verify_chain

    verdict = verify_chain(institution(VERIFIED))
    if verdict.fault:
        raise AssertionError(verdict)
    return verdict.count


CASE = Case(
    name="audit_verify",
    work="verify a chain of 100,000 records",
    against="–",
    ours=ours,
    prepare=prepare,
    rate=50_000,
)
