"""What all resources of the API have in common: many rows in one call, filters, words for every field, one paging."""

import json
import re
from collections.abc import Iterator
from itertools import product
from typing import Any
from uuid import uuid4

import django_filters
import pytest
from django.urls import get_resolver
from drf_spectacular.generators import SchemaGenerator
from rest_framework import serializers

from portal.api.bulk import MOST
from portal.api.fields import Moment
from portal.api.paging import Whole
from portal.api.words import SAID, UNITS
from portal.web.tables.listing import _lists
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


# --- words, units, lengths


def test_every_field_says_what_it_is_and_every_amount_its_unit(schema):
    bare, without_unit, decimals = [], [], 0
    for component, part in schema["components"]["schemas"].items():
        for name, one in part.get("properties", {}).items():
            said = one.get("description", "")
            if not any("\u4e00" <= character <= "\u9fff" for character in said):
                bare.append(f"{component}.{name}")
            if one.get("format") == "decimal":
                decimals += 1
                unit = UNITS.get(name, "元")
                if unit not in said and not any(word in said for word in SAID):
                    without_unit.append(f"{component}.{name}: {said}")
    assert (bare, without_unit) == ([], [])
    assert decimals > 150


def sent_parts(schema: Any) -> set[str]:
    """Every object that a caller sends, and those inside it."""
    parts = schema["components"]["schemas"]
    names = {
        call["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for _, call, _ in posts(schema)
        if "requestBody" in call
    }
    left = list(names)
    while left:
        for one in parts[left.pop()].get("properties", {}).values():
            for inner in (one, one.get("items", {}), *one.get("allOf", ())):
                name = inner.get("$ref", "").rpartition("/")[2]
                if name and name not in names and "properties" in parts[name]:
                    names.add(name)
                    left.append(name)
    return names


def test_every_call_is_described_in_the_language_of_its_readers(schema):
    calls = [(verb, path, call) for path, verbs in schema["paths"].items() for verb, call in verbs.items()]
    chinese = re.compile("[\u4e00-\u9fff]")
    silent = [(verb, path) for verb, path, call in calls if not chinese.search(call.get("summary", ""))]
    assert silent == []
    foreign = [
        call["description"] for *_, call in calls if call.get("description") and not chinese.search(call["description"])
    ]
    assert set(foreign) == set()


def test_every_text_of_a_call_says_how_long_it_may_be(schema):
    #: Base64 of a file whose size is told in bytes; a moment in one of several forms.
    without = {"Paper.file", "ReconciliationNewEntry.settled_at"}
    found = set()
    for component in sent_parts(schema):
        for name, one in schema["components"]["schemas"][component].get("properties", {}).items():
            kinds = one.get("type", [])
            limited = any(word in one for word in ("maxLength", "format", "enum", "pattern"))
            if "string" in ([kinds] if isinstance(kinds, str) else kinds) and not limited:
                found.add(f"{component}.{name}")
    assert found == without


# --- lists

#: Addresses of lists that a page shows as well, by the page's name; all take the filters of the page.
LISTS = {
    "audit/": "audit.log",
    "clearing/applications": "clearing.applications",
    "clearing/cross-region/confirmations": "clearing.cross_region_batches",
    "clearing/cross-region/rows": "clearing.cross_region_rows",
    "clearing/due-papers": "clearing.due_papers",
    "clearing/monthly-details": "clearing.month_details",
    "clearing/monthly-summaries": "clearing.months",
    "clearing/rows": "clearing.rows",
    "desks/": "gateway.desks",
    "exchanges/": "gateway.attempts",
    "injury/admissions": "injury.admissions",
    "injury/advices": "injury.advices",
    "injury/catalogue": "injury.catalogue",
    "injury/fees": "injury.fees",
    "injury/mappings": "injury.mappings",
    "injury/materials": "injury.materials",
    "injury/sheets": "injury.sheets",
    "injury/uploaded-enquiries/{enquiry_id}/rows": "injury.uploaded",
    "reconciliation/differences": "reconciliation.differences",
    "reconciliation/entries": "reconciliation.entries",
    "reconciliation/runs": "reconciliation.runs",
    "settlement/acceptance-runs": "settlement.acceptance",
    "settlement/cashier-charges": "settlement.cashier_charges",
    "settlement/filings": "settlement.filings",
    "settlement/prepaid-accounts": "settlement.prepaid",
    "settlement/queries": "settlement.queries",
    "settlement/recharges": "settlement.recharges",
    "settlement/records": "settlement.uploads",
    "settlement/refunds": "settlement.refunds",
    "settlement/settlements": "settlement.settlements",
    "settlement/visits": "settlement.visits",
    "webhooks/deliveries": "hooks.deliveries",
}
#: Filtered lists whose page is no list of the same rows.
WITHOUT_PAGE = {
    "/api/v1/clearing/refunds",
    "/api/v1/jobs/",
    "/api/v1/reconciliation/decisions",
    "/api/v1/operations/",
    "/api/v1/settlement/catalogue-entries",
}
#: What a page's filter has that is no condition a program would know.
OF_PAGES = {"clearing.month_details": {"person"}}  # the keyed index behind a link of the page


def test_every_list_is_paged_alike_and_filtered_like_its_page(schema):
    wrong, by_path = [], {}
    plain = {schema_path("/" + route): view for route, view in views().items()}
    for path, verbs in schema["paths"].items():
        content = verbs.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        name = content.get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
        if not name.startswith("Paginated"):
            continue
        by_path[path] = {one["name"] for one in verbs["get"]["parameters"] if one["in"] == "query"}
        wanted = set() if issubclass(plain[path].pagination_class, Whole) else {"cursor", "limit"}
        if {"cursor", "limit"} & by_path[path] != wanted:
            wrong.append(f"{path} has another paging")
    for address, page in LISTS.items():
        declared = _lists[page].filterset
        assert declared is not None
        wanted, given = set(declared.base_filters) - OF_PAGES.get(page, set()), by_path[f"/api/v1/{address}"]
        if wanted != given - {"cursor", "limit"}:
            wrong.append(f"{address} {sorted(wanted ^ (given - {'cursor', 'limit'}))}")
    assert wrong == []
    assert {path for path, given in by_path.items() if given - {"cursor", "limit"}} - {
        f"/api/v1/{address}" for address in LISTS
    } == WITHOUT_PAGE


def test_every_list_may_be_asked_for_the_first_and_the_last_day_there_is(alice_member, dora_member):
    people = [signed_in(one, raise_request_exception=False) for one in (alice_member, dora_member)]
    broken, asked = [], 0
    for address, page in LISTS.items():
        filters: Any = _lists[page].filterset
        days = [name for name, one in filters.base_filters.items() if isinstance(one, django_filters.DateFilter)]
        url = f"/api/v1/{address}".format(enquiry_id=uuid4())
        for name, day in product(days, ("0001-01-01", "9999-12-31")):
            told = [client.get(url, {name: day}).status_code for client in people]
            asked += 1
            broken += [f"{url} {name}={day}: {told}"] if 500 in told or 200 not in told else []
    assert broken == []
    assert asked > 20


def serializers_below(one: Any) -> Iterator[Any]:
    for inner in one.__subclasses__():
        yield inner
        yield from serializers_below(inner)


def test_every_moment_of_a_call_is_one_in_every_time_zone(schema):
    """What a caller gives is compared, written down and shown: the ends of the calendar overflow on the way."""
    sent, given, wrong = sent_parts(schema), set(), []
    for one in serializers_below(serializers.Serializer):
        if one.__name__.removesuffix("Serializer") in sent:
            for name, field in one._declared_fields.items():
                if isinstance(field, serializers.DateTimeField):
                    given.add(name)
                    wrong += [] if isinstance(field, Moment) else [f"{one.__name__}.{name}"]
    assert wrong == []
    assert given >= {"expires", "started_at", "ended_at", "occurred_at", "diagnosed_at"}
    for text in ("0001-01-01", "9999-12-31T23:59:59Z", "1066-10-14T09:00:00Z"):
        with pytest.raises(serializers.ValidationError):
            Moment().run_validation(text)
