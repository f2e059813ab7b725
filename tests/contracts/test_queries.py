"""SQL statements per page: a reviewed baseline, and never more of them because there are more rows (design 6).

Write the baseline again with `BASELINE=write bin/test tests/contracts/test_queries.py`, and read the difference.
"""

import json
import os
from collections.abc import Collection
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from clearing.messages import GenerateClearing
from clearing.models import ClearingRow, Generation
from portal.access import middleware
from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.gateway.journal import open_operation
from tests.cast import make_institution, make_member, signed_in
from tests.contracts.test_access import addresses, allowed

BASELINE = Path(__file__).parent / "queries.json"
#: Pages that are not counted, with the reason.
NOT_COUNTED = {
    "web:readyz": "asks the queue and the disk, not the rows",
    "access:sign-out": "ends the session that is counted",
    "access:sign-in": "the first answer of a session differs from the next",
    "access:sign-in-code": "leads back to the sign-in page",
}
#: Pages that do more at a person's first visit, with what; they are counted at the second.
FIRST_VISIT = {
    "access:totp": "makes the secret",
    "api:health": "a process asks once whether all migrations are applied",
    "clearing:due-papers": "brings the derived table up to date",
}
FEW, MANY = 3, 15


def fill(hospital: Any, by: Member, first: int, last: int) -> None:
    """Rows, people and operations numbered first…last-1 for this hospital."""
    for number in range(first, last):
        make_member(hospital, f"clerk{hospital.pk}-{number}", f"经办{number}")
        with tenant_tx(hospital.pk):
            generation = Generation.objects.create(environment="test", year=2016 + number % 9, insurance=f"{number:03}")
            request = GenerateClearing(year=str(2016 + number % 9), aka080="001")
            open_operation(
                request, key=f"counted-{number}", by=by, title=f"生成 {number}", needs_second=number % 2 == 0
            )
            zero = Decimal("0.00")
            ClearingRow.objects.create(
                environment="test", year=2025, insurance="001", agency="003", generation=generation,
                row_id=f"R{number:05}", provider_code=f"P{number:05}", provider_name=f"机构{number}",
                provider_type="hospital", region="140212", visit_type="001", clearing_type="11", visit_count=1,
                medical_fee=zero, fund_due=zero, monthly_paid=zero, deposit=zero, deduction=zero,
                deposit_refund=zero, disburse=zero, fetched_at=timezone.now(),
            )  # fmt: skip


def count(client: Client, member: Member, *, but: Collection[str] = ()) -> dict[str, int]:
    """Statements of every page without ids in its address that this person may see, except these."""
    found = {}
    client.get("/")  # what a session remembers from one request to the next is remembered now
    for address in addresses():
        if address.method != "GET" or "<" in address.route or address.is_admin or address.name in NOT_COUNTED:
            continue
        if address.name in but or not allowed(address, member):
            continue
        if address.name in FIRST_VISIT:
            client.get(address.url())
        statements: list[str] = []
        with connection.execute_wrapper(partial(_noted, statements)):
            answer = client.get(address.url())
        if answer.status_code == 200:
            found[f"{address.name}"] = len(statements)
    return found


def _noted(statements: list[str], execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    """Django's own way of capturing also writes out every statement with its parameters, which takes longer."""
    statements.append(sql)
    return execute(sql, params, many, context)


def test_it_stays_within_the_reviewed_number_of_statements_however_many_rows_there_are(
    monkeypatch: pytest.MonkeyPatch,
    hospital_a: Any,
    alice_member: Member,
    dora_member: Member,
    bob_member: Member,
    paul_member: Member,
) -> None:
    # Being there is written down every few seconds: not a statement of the page.
    monkeypatch.setattr(middleware, "GRAIN", 3600)
    monkeypatch.setattr("django.test.client.store_rendered_templates", lambda *_, **__: None)  # nobody looks at them
    people = [(signed_in(m), m) for m in (alice_member, bob_member, dora_member, paul_member)]

    fill(hospital_a, alice_member, 0, FEW)
    few: dict[str, dict[str, int]] = {}
    for client, member in people:  # whether rows cost statements shows with the first person who sees them
        few[str(member.user)] = count(client, member, but={page for pages in few.values() for page in pages})
    fill(hospital_a, alice_member, FEW, MANY)
    for number in range(FEW, MANY):
        make_institution(f"H1402001{number:04}", f"演示医院{number}")
    many = {str(member.user): count(client, member) for client, member in people}
    changed = {
        f"{person} {page}": (few[person][page], number)
        for person, pages in many.items()
        for page, number in pages.items()
        if number != few[person].get(page, number)
    }
    assert changed == {}, "more because there are more rows, or fewer because the first visit did something"
    if os.environ.get("BASELINE") == "write":
        BASELINE.write_text(json.dumps(many, indent=1, sort_keys=True) + "\n")
    assert many == json.loads(BASELINE.read_text())


def test_it_has_no_stale_exemption():
    assert (NOT_COUNTED | FIRST_VISIT).keys() - {address.name for address in addresses()} == set()
