"""One shape for every error below /api/ (RFC 9457), whatever goes wrong and wherever."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from portal.access.door import tenant_tx
from portal.access.models import InstitutionKey
from tests.cast import signed_in
from tests.contracts.test_access import addresses, send, walk

MEMBERS = {"type", "title", "status", "detail", "code", "errors", "request_id"}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def is_problem(answer: Any, status: int) -> bool:
    """Raises AssertionError saying what is missing; True otherwise."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body.keys() == MEMBERS
    assert body["status"] == status
    assert body["request_id"] == answer["X-Request-Id"]
    assert all(isinstance(body[name], str) and body[name] for name in ("title", "detail", "code"))
    assert all(error.keys() == {"pointer", "detail"} for error in body["errors"])
    assert any("\u4e00" <= c <= "\u9fff" for c in body["detail"]), "said in Chinese"
    return True


def call(client: Client, method: str, path: str, body: Any = None, **headers: str) -> Any:
    kind = headers.pop("kind", "application/json")
    given = {"Idempotency-Key": uuid4().hex, **headers}
    data = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
    return client.generic(method, path, b"" if method == "GET" else data, kind, headers=given)


@pytest.fixture
def admin(dora_member) -> Client:
    return signed_in(dora_member, raise_request_exception=False)


def test_it_is_a_problem_when_the_body_is_not_json(admin):
    assert is_problem(call(admin, "POST", "/api/v1/keys", b"{"), 400)


def test_it_is_a_problem_when_the_idempotency_key_is_missing(admin):
    answer = admin.post("/api/v1/keys", {}, content_type="application/json")
    assert is_problem(answer, 400)


def test_it_is_a_problem_when_nobody_is_signed_in(db, client):
    assert is_problem(call(client, "GET", "/api/v1/keys"), 401)
    assert is_problem(call(client, "GET", "/api/v1/keys", Authorization="Api-Key wrong"), 401)


def test_it_is_a_problem_when_the_role_may_not(alice):
    assert is_problem(call(alice, "GET", "/api/v1/keys"), 403)


UNKNOWN = "00000000-0000-7000-8000-000000000000"  # the same in every test process, so that their lists agree


@pytest.mark.parametrize(
    "path",
    ["/api/", "/api/v1/", "/api/nothing/here", "/api/v1/keys/", f"/api/v1/keys/{UNKNOWN}/revoke", "/api/%00"],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_it_is_a_problem_when_nothing_is_there(admin, path, method):
    if path.endswith("/revoke") and method != "POST":
        return
    assert is_problem(call(admin, method, path), 404)


def test_it_is_a_problem_when_the_state_forbids_it(admin, dora_member, hospital_a):
    with tenant_tx(hospital_a.pk):
        key, _ = InstitutionKey.objects.create_key(name="x", scopes=[], made_by=dora_member.user, revoked=True)
    assert is_problem(call(admin, "POST", f"/api/v1/keys/{key.pk}/revoke"), 409)


def test_it_is_a_problem_when_the_format_cannot_be_given(admin):
    assert is_problem(call(admin, "GET", "/api/v1/keys", Accept="application/pdf"), 406)


def test_it_is_a_problem_when_the_body_is_too_large(admin, monkeypatch):
    monkeypatch.setattr("portal.api.views.ApiView.max_bytes", 10)
    assert is_problem(call(admin, "POST", "/api/v1/keys", {"name": "long enough"}), 413)


@pytest.mark.parametrize(
    "kind", ["text/xml", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "x"]
)
def test_it_is_a_problem_when_the_content_is_of_another_kind(admin, kind):
    assert is_problem(call(admin, "POST", "/api/v1/keys", b"a=1", kind=kind), 415)


def test_it_is_a_problem_that_names_every_wrong_field_at_once(admin):
    answer = call(admin, "POST", "/api/v1/keys", {"name": "", "scopes": [1, {}]})
    assert is_problem(answer, 422)
    assert {"/name", "/expires"} <= {error["pointer"] for error in answer.json()["errors"]}


@pytest.mark.parametrize("body", [[], "text", 7, None, [[]], {"name": {"$gt": 1}}])
def test_it_is_a_problem_when_the_body_has_another_form(admin, body):
    answer = call(admin, "POST", "/api/v1/keys", json.dumps(body).encode())
    assert is_problem(answer, 422)


def test_it_is_a_problem_when_we_ourselves_are_at_fault(admin, monkeypatch):
    monkeypatch.setattr("portal.api.keys.Keys.page", lambda *_: 1 / 0)
    answer = call(admin, "GET", "/api/v1/keys")
    assert is_problem(answer, 500)
    assert "ZeroDivision" not in answer.content.decode()


def test_it_is_a_problem_when_the_address_of_the_server_is_not_ours(client, db):
    assert is_problem(client.get("/api/v1/keys", headers={"Host": "evil.example"}), 400)


def test_it_holds_for_every_view_of_the_api(dora_member):
    """Undeclared methods and missing sign-in, on each address the resolver knows."""
    nobody, admin = Client(raise_request_exception=False), signed_in(dora_member, raise_request_exception=False)
    declared: dict[str, set[str]] = {}
    for address in addresses():
        if address.is_api and address.gate.side == "institution" and address.name != "api:docs":
            declared.setdefault(address.url(), set()).add(address.method)
            assert is_problem(send(nobody, address), 401), address
    assert declared
    for url, methods in declared.items():
        for method in set(METHODS) - methods:
            answer = call(admin, method, url)
            assert is_problem(answer, 405), (method, url)
            assert set(answer["Allow"].split(", ")) == methods


def test_it_covers_every_address_below_api():
    from django.urls import get_resolver

    routes = [route for _, route, _ in walk(get_resolver().url_patterns) if route.startswith("api/")]
    assert routes[-1] == "api/", "the last one catches whatever is left"
