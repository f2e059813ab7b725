"""Fee items delivered by a hospital system, 1,000 a request through the whole stack, against COPY of the same rows.

Ours: key, idempotency, every rule, mapping, refunds, audit, answer. COPY goes round row security, so the reference is
the table's owner: the fastest that this database can take these rows with their indexes and foreign keys.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from bench.case import Case

ADMISSIONS, DELIVERIES, LINES = 10, 10, 1_000
COUNT = ADMISSIONS * DELIVERIES * LINES
PLACE = "B00000000001"
_headers: dict[str, str] = {}
_rows: list[tuple[Any, ...]] = []
_columns: list[str] = []
#: Each run delivers lines of its own, written by the hospital's system beforehand, as the reference's rows are.
_bodies: list[str] = []


def prepare() -> None:
    """An institution with a key, admissions, and mappings for half of its items."""
    from bench.city import build

    build(50)
    from portal.access.door import tenant_tx
    from portal.access.models import Institution

    place = Institution.objects.get(code=PLACE)
    with tenant_tx(place.pk):
        _headers["authorization"] = f"Api-Key {_key(place)}"
        admissions = [_admission(number) for number in range(ADMISSIONS)]
    _fill(place.pk, admissions)
    run = str(uuid4())
    for delivery in range(ADMISSIONS * DELIVERIES):
        body = {"admission": f"ZYBENCH{delivery % ADMISSIONS}", "fees": lines(run, delivery * LINES)}
        _bodies.append(json.dumps(body))


def _key(place: Any) -> str:
    from django.utils import timezone

    from portal.access.member import Member
    from portal.access.models import Membership
    from portal.access.services.keys import create_key

    user = Membership.objects.select_related("user").earliest("created_at").user
    by = Member(user, place, frozenset())
    _, text = create_key("测量", ["injury.fees.enter"], [], timezone.now() + timedelta(days=1), by=by)
    return text


def _admission(place: int) -> Any:
    from django.utils import timezone

    from injury.models import Admission, AdmissionState, Flow
    from injury.sandbox.names import identity

    number = identity(date(1990, 1, 1), 1, "1")
    admission, _ = Admission.objects.get_or_create(
        environment="production",
        number=f"ZYBENCH{place}",
        defaults={
            "flow": Flow.OLD,
            "state": AdmissionState.ADMITTED,
            "visit_kind": "21",
            "treatment": "7",
            "identity": number,
            "identity_masked": f"{number[:4]}**********{number[-4:]}",
            "name": "钱样例",
            "name_masked": "钱**",
            "admitted_on": timezone.localdate() - timedelta(40),
            "diseases": "S82.1",
            "department": "骨科",
            "doctor": "孙样例",
        },
    )
    return admission


def lines(run: str, first: int) -> list[dict[str, Any]]:
    """Drugs and treatments of 200 kinds over 30 days."""
    from django.utils import timezone

    start = timezone.localdate() - timedelta(31)
    return [
        {
            "line_id": f"{run}-{number:09}",
            "prescription": f"CF{number // 20:08}",
            "prescribed_on": str(start + timedelta(number % 30)),
            "days": 1,
            "own_code": f"{'YP' if number % 2 else 'ZL'}{number % 200:04}",
            "own_name": f"样例项目{number % 200}",
            "kind": "0" if number % 2 else "1",
            "price": "12.3456",
            "quantity": f"{1 + number % 9}",
            "amount": f"{(1 + number % 9) * 123456 / 10000:.2f}",
            "specification": "0.3g×24粒",
            "dosage_form": "胶囊剂",
            "trace_codes": f"{number:020}" if number % 2 else "",
            "advice_no": "999",
        }
        for number in range(first, first + LINES)
    ]


def _fill(institution: int, admissions: list[Any]) -> None:
    """The rows that the reference copies: what ours would store, as the database takes them."""
    from django.utils import timezone

    from injury.models import FeeItem
    from injury.services.fee_judging import judge
    from portal.access.door import tenant_tx

    meta = FeeItem._meta.local_concrete_fields
    _columns[:] = [str(field.column) for field in meta]
    _rows.clear()
    with tenant_tx(institution):
        for delivery in range(ADMISSIONS * DELIVERIES):
            items = judge(admissions[delivery % ADMISSIONS], lines("copied", delivery * LINES)).items
            for item in items:
                item.institution_id, item.source, item.arrived_at = institution, "api", timezone.now()
            _rows.extend(tuple(getattr(item, field.attname) for field in meta) for item in items)
    if len(_rows) != COUNT:
        raise AssertionError("the lines are not in order")


def ours() -> int:
    from django.test import Client

    caller = Client(SERVER_NAME="127.0.0.1")
    for body in _bodies:
        headers = {**_headers, "idempotency-key": str(uuid4())}
        answer = caller.post("/api/v1/injury/fees", body, "application/json", headers=headers)
        if answer.status_code != 201 or answer.json()["taken"] != LINES:
            raise AssertionError(answer.content.decode()[:500])
    return COUNT


def reference() -> int:
    from psycopg import sql

    from bench.scratch import owner

    columns = sql.SQL(", ").join(map(sql.Identifier, _columns))
    with owner() as database, database.transaction(force_rollback=True), database.cursor() as cursor:
        cursor.execute("ALTER TABLE injury_feeitem NO FORCE ROW LEVEL SECURITY")
        with cursor.copy(sql.SQL("COPY injury_feeitem ({}) FROM STDIN").format(columns)) as copy:
            for row in _rows:
                copy.write_row(row)
    return len(_rows)


CASE = Case(
    name="ingest",
    work="100,000 fee items of ten admissions by key, 1,000 a request, every rule",
    against="COPY of the same rows by the table's owner",
    ours=ours,
    reference=reference,
    prepare=prepare,
    ratio=12,
    rate=6_000,
)
