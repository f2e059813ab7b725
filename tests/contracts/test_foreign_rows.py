"""No id of another institution opens anything: no page, nothing of the API, in an address or in a body."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.access.models import Institution
from tests.cast import make_institution, signed_in
from tests.contracts import rows
from tests.contracts.test_access import Address, addresses, allowed
from tests.contracts.test_environments import WITH, Marked
from tests.contracts.test_isolation import TENANTS

#: What a name in an address is called as a table, where the two differ.
CALLED = {"visit": ["Visit", "Admission"], "print": ["Job"], "file": ["Job"], "run": ["UploadRun", "Run"]}


@dataclass(frozen=True)
class Elsewhere:
    """Another hospital with one row in every table: their ids by the table's name."""

    hospital: Institution
    rows: dict[str, str]


@pytest.fixture(scope="module")
def elsewhere(django_db_setup: None, django_db_blocker: Any, owner_connection: Any) -> Iterator[Elsewhere]:
    """Committed once for both tests; what these change is rolled back with them."""

    def made() -> Elsewhere:
        known = {model._meta.label: rows.FITTING.get(model._meta.label, {}) for model in TENANTS}
        marked = {m._meta.label: Marked(m, "test", "B", known[m._meta.label]) for m in WITH}
        hospital = make_institution("H14020000002", "演示医院乙")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(rows, "FITTING", known | marked)
            put = rows.put_rows(owner_connection, TENANTS, hospital)
        return Elsewhere(hospital, {model._meta.label: str(put[model]) for model in TENANTS})

    yield from rows.kept_for_a_module(made, django_db_blocker, owner_connection)


def hashes(institution: Institution) -> dict[str, str]:
    """Every row of the institution, table by table."""
    found = {}
    with tenant_tx(institution.pk), connection.cursor() as cursor:
        for model in TENANTS:
            table = model._meta.db_table
            cursor.execute(f"SELECT md5(coalesce(string_agg(t::text, ',' ORDER BY id), '')) FROM {table} t")
            found[table] = cursor.fetchone()[0]
    return found


def fitting(foreign: dict[str, str], name: str, business: str) -> list[str]:
    """Ids that the name could mean: of tables that are called so, in that business first; else of all its tables."""
    stem = name.removesuffix("_id").replace("_", "").lower()
    wanted = [one.lower() for one in CALLED.get(stem, [])] or [stem]
    called = [
        value
        for label, value in foreign.items()
        if any(one in label.partition(".")[2].lower() for one in wanted)
        and label.partition(".")[0] in (business, "gateway", "jobs", "access", "channels", "hooks", "reconciliation")
    ]
    own = [value for label, value in foreign.items() if label.startswith(f"{business}.")]
    return called[:2] or own[:2]


def calls(foreign: dict[str, str], *, api: bool) -> Iterator[tuple[Address, str]]:
    """Every action with an id in its address, with each id of hospital B that could be meant."""
    for address in addresses():
        if address.is_api != api or address.is_admin or address.gate.side != "institution":
            continue
        names = re.findall(r"<uuid:(\w+)>", address.route)
        for name in names[:1]:
            for value in fitting(foreign, name, address.route.split("/")[2 if api else 0]):
                yield address, address.url(uuid=value)


def faceless(answer: Any) -> str:
    """The body without what differs between any two answers: ids, the request's number, times, tokens."""
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "<id>", answer.content.decode())
    text = re.sub(r'csrfmiddlewaretoken" value="\w+"|X-CSRFToken": "\w+"', "<token>", text)
    return re.sub(r"\b[0-9a-f]{16}\b|\d\d:\d\d:\d\d", "<n>", text)


def bodies(foreign: dict[str, str]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every POST whose body names rows by id, naming hospital B's."""
    generator: Any = SchemaGenerator()
    schema = generator.get_schema(request=None, public=True)
    parts = schema["components"]["schemas"]
    for path, verbs in schema["paths"].items():
        content = verbs.get("post", {}).get("requestBody", {}).get("content", {}).get("application/json", {})
        reference = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
        for name, part in parts.get(reference, {}).get("properties", {}).items():
            many = part.get("type") == "array"
            if (part.get("items", {}) if many else part).get("format") != "uuid":
                continue
            for value in fitting(foreign, name.rstrip("s"), path.split("/")[3]):
                yield path, name, {name: [value] if many else value}


def send(client: Client, method: str, url: str, body: Any) -> Any:
    headers = {"Idempotency-Key": uuid4().hex}
    return client.generic(method, url, json.dumps(body).encode(), "application/json", headers=headers)


def test_no_id_of_another_institution_opens_or_changes_anything(
    elsewhere: Elsewhere, alice_member: Member, carol_member: Member, dora_member: Member
):
    foreign, hospital_b = elsewhere.rows, elsewhere.hospital
    before = hashes(hospital_b)
    clients = [
        (one, signed_in(one, raise_request_exception=False)) for one in (alice_member, carol_member, dora_member)
    ]
    wrong, tried, named = [], 0, 0
    for address, url in calls(foreign, api=True):
        client = next((client for member, client in clients if allowed(address, member)), None)
        if client is None:
            continue
        tried += 1
        answer = send(client, address.method, url, {})
        if answer.status_code != 404:
            wrong.append(f"{address} {url}: {answer.status_code} {answer.content[:200].decode()}")
    theirs = set(foreign.values())
    for path, name, body in bodies(foreign):
        url = re.sub(r"\{\w+\}", str(uuid4()), path)
        answer = send(clients[0][1], "POST", url, body)  # a clerk's: what others may do is done by approving
        named += 1
        said, text = answer.status_code, answer.content.decode()
        if not 400 <= said < 500 or any(one in text for one in theirs):
            wrong.append(f"POST {path} {name}: {said} {text[:200]}")
    assert wrong == []
    assert (tried > 60, named > 5) == (True, True), (tried, named)
    assert hashes(hospital_b) == before
    with tenant_tx(hospital_b.pk), connection.cursor() as cursor:
        cursor.execute("UPDATE jobs_job SET note = 'x'")  # the comparison would see it
    assert [table for table, value in hashes(hospital_b).items() if before[table] != value] == ["jobs_job"]


def test_a_page_answers_another_institutions_row_like_a_row_that_never_was(
    elsewhere: Elsewhere,
    alice_member: Member,
    bob_member: Member,
    dora_member: Member,
    carol_member: Member,
):
    foreign, hospital_b = elsewhere.rows, elsewhere.hospital
    before, wrong, tried = hashes(hospital_b), [], 0
    people = (alice_member, bob_member, dora_member, carol_member)
    clients = [(one, signed_in(one, raise_request_exception=False)) for one in people]
    for address, url in calls(foreign, api=False):
        client = next((client for member, client in clients if allowed(address, member)), None)
        if client is None:
            continue
        tried += 1
        never = client.generic(address.method, address.url(uuid=str(uuid4())))
        answer = client.generic(address.method, url)
        if (answer.status_code, faceless(answer)) != (404, faceless(never)) or never.status_code != 404:
            wrong.append(f"{address} {url}: {answer.status_code}, a random id {never.status_code}")
    assert wrong == []
    assert tried > 200
    assert hashes(hospital_b) == before
