from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from portal.access.door import tenant_tx
from portal.audit import Action, record
from portal.audit.registry import _declared


@pytest.fixture
def declare() -> Iterator:
    """Actions that exist for one test only."""
    before = dict(_declared)
    yield Action
    _declared.clear()
    _declared.update(before)


@pytest.fixture
def paid(declare) -> Action:
    return declare("test.money.paid", "支付 {amount} 元给 {payee}")


@pytest.fixture
def write(paid):
    """Append `count` records to an institution's chain."""

    def append(institution, count: int = 5, **details) -> None:
        with tenant_tx(institution.pk):
            for n in range(count):
                record(paid, by=None, **{"amount": n, "payee": "甲", **details})

    return append


@pytest.fixture
def tamper(owner_connection):
    """The owner's connection with everything that protects the log switched off, as an intruder would have it."""

    @contextmanager
    def opened():
        tables = ("audit_event", "audit_head")
        for table in tables:
            owner_connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        try:
            yield owner_connection.execute
        finally:
            for table in tables:
                owner_connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    return opened
