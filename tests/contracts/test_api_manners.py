"""What all resources of the API have in common: many rows in one call, filters, words for every field, one paging."""

import json
import re
from typing import Any
from uuid import uuid4

import pytest
from django.urls import get_resolver
from drf_spectacular.generators import SchemaGenerator

from portal.api.bulk import MOST
from tests.cast import signed_in
from tests.contracts.test_access import Address, addresses, allowed, walk

#: Lists in a body that are no rows of their own: parts of one thing.
PARTS = {
    "diagnoses": "of one visit",
    "scopes": "of one key",
    "addresses": "of one key",
    "events": "of one webhook",
    "numbers": "of one acceptance run",
    "provider_codes": "of one print",
}


@pytest.fixture(scope="module")
def schema() -> Any:
    generator: Any = SchemaGenerator()
    return json.loads(json.dumps(generator.get_schema(request=None, public=True), default=str))


def views() -> dict[str, Any]:
    """Every view of the API by its route."""
    found = {
        route: view.view_class
        for _, route, view in walk(get_resolver().url_patterns)
        if route.startswith("api/v1/") and hasattr(view, "view_class")
    }
    assert len(found) > 100
    return found


def body_of(schema: Any, call: Any) -> Any:
    content = call.get("requestBody", {}).get("content", {}).get("application/json", {})
    return schema["components"]["schemas"].get(content.get("schema", {}).get("$ref", "").rpartition("/")[2], {})


def posts(schema: Any) -> list[tuple[str, Any, Any]]:
    """Address, call and view of every POST."""
    by_path = {"/" + route: view for route, view in views().items()}
    plain = {schema_path(route): view for route, view in by_path.items()}
    return [(path, verbs["post"], plain[path]) for path, verbs in schema["paths"].items() if "post" in verbs]


def schema_path(route: str) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)


def test_every_list_of_rows_in_a_call_is_declared_as_one(schema):
    found = {}
    for path, call, view in posts(schema):
        for name, part in body_of(schema, call).get("properties", {}).items():
            if part.get("type") == "array" and name not in view.rows_in and name not in PARTS:
                found[path] = name
    assert found == {}
    assert sum(bool(view.rows_in) for _, _, view in posts(schema)) > 12


def test_every_call_with_many_rows_has_the_one_switch_and_answers_row_by_row(schema):
    parts, seen = schema["components"]["schemas"], 0
    for path, call, view in posts(schema):
        if not view.rows_in or view.of_one_piece:
            continue
        seen += 1
        assert body_of(schema, call)["properties"]["atomic"]["type"] == "boolean", path
        assert "逐行答复" in call["description"], path
        answers = {status: call["responses"][status] for status in call["responses"] if status.startswith("2")}
        assert "207" in answers, path
        for answer in answers.values():
            name = answer["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
            assert {"rows", "done", "refused"} <= parts[name]["properties"].keys(), path
    assert seen == 11


def test_no_call_takes_more_rows_than_a_thousand(alice_member, bob_member, dora_member):
    people = [(one, signed_in(one, raise_request_exception=False)) for one in (alice_member, bob_member, dora_member)]
    by_route = views()
    tried = 0
    for address in addresses():
        view = by_route.get(address.route)
        if address.method != "POST" or view is None:
            continue
        for name in view.rows_in:
            client = next(client for member, client in people if allowed(address, member))
            tried += 1
            assert refusal(client, address, name) == (422, "too-many-rows", f"/{name}"), (address, name)
    assert tried > 15


def refusal(client: Any, address: Address, name: str) -> tuple[int, str, str]:
    body = json.dumps({name: [None] * (MOST + 1)})
    headers = {"Idempotency-Key": uuid4().hex}
    answer = client.post(address.url(uuid=str(uuid4())), body, "application/json", headers=headers)
    said = answer.json()
    return answer.status_code, said["code"], said["errors"][0]["pointer"]
