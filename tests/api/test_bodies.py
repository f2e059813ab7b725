"""What a body must be, how lists are paged, and how the API describes itself."""

import pytest

from portal.access.door import tenant_tx
from tests.api.notes import LONG, make_key, post

pytestmark = pytest.mark.urls("tests.api.notes")


@pytest.mark.parametrize(
    "text",
    ["{", "nul", '{"a": NaN}', '{"a": Infinity}', '{"a": 1e999}', '{"a":1,"a":2}', "[" * 100_000, "\ufeff{}", LONG],
)
def test_it_refuses_what_is_not_plain_json(alice, text):
    answer = post(alice, "/api/v1/notes", text)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-request"), answer.content


def test_it_refuses_other_encodings(alice):
    answer = alice.post("/api/v1/reading", b'{"amount": "\xff"}', content_type="application/json")
    assert "UTF-8" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("text", "pointers"),
    [
        (r'{"amount": "a\u0000"}', ["/amount"]),
        (r'{"amount": {"rows": ["a", "\ud85f", {"\uDd3e": "b\u0000"}]}}', ["/amount/rows/1", "/amount/rows/2"]),
        (r'{"amount": "\ud85f\udd3e\u202e \\u0000"}', []),
    ],
)
def test_it_refuses_text_that_nobody_can_write_down(alice, text, pointers):
    answer = post(alice, "/api/v1/reading", text)
    assert answer.status_code == (422 if pointers else 200), answer.content
    assert [one["pointer"] for one in answer.json().get("errors", [])][: len(pointers)] == pointers


def test_it_refuses_large_bodies_before_reading_them(alice):
    answer = post(alice, "/api/v1/reading", {"amount": "x" * 2000})
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_it_pages_by_keyset(alice, alice_member, hospital_a):
    with tenant_tx(hospital_a.pk):
        for i in range(5):
            make_key(alice_member, name=f"n{i}")
    seen, address = [], "/api/v1/notes?limit=2"
    while address:
        page = alice.get(address).json()
        seen += [row["name"] for row in page["items"]]
        address = page["next"]
    assert seen == ["n4", "n3", "n2", "n1", "n0"]


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", "limit=²", "cursor=zzz"])
def test_it_refuses_odd_paging(alice, query):
    assert alice.get(f"/api/v1/notes?{query}").status_code == 400


def test_it_describes_itself(alice):
    schema = alice.get("/api/v1/schema").json()
    assert schema["openapi"].startswith("3.1")
    operation = schema["paths"]["/api/v1/keys"]["post"]
    assert [p["name"] for p in operation["parameters"] if p.get("required")] == ["Idempotency-Key"]
    assert operation["responses"]["default"]["content"].keys() == {"application/problem+json"}
    assert alice.get("/api/v1/docs").status_code == 200
