"""The clearing for hospital systems that retry blindly: the same step twice has one effect."""

import json
from decimal import Decimal

import pytest
from django.test import Client

from tests.cast import signed_in

SCOPE = {"year": 2025, "insurance": "001", "agency": "003"}
BASE = "/api/v1/clearing"


class Caller:
    """A signed-in person's program."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.number = 0

    def post(self, path, body, key=""):
        self.number += 1
        headers = {"Idempotency-Key": key or f"key-{id(self)}-{self.number}"}
        return self.client.post(f"{BASE}/{path}", json.dumps(body), content_type="application/json", headers=headers)

    def get(self, path, **params):
        return self.client.get(f"{BASE}/{path}", params)


@pytest.fixture
def clerk(desk):
    return Caller(signed_in(desk.alice))


@pytest.fixture
def reviewer(desk):
    return Caller(signed_in(desk.bob))


def test_it_clears_a_year(desk, clerk, reviewer):
    answer = clerk.post("generations", SCOPE)
    assert answer.status_code == 202
    desk.work()
    assert clerk.client.get(answer["Location"]).json()["state"] == "done"
    rows = clerk.get("rows", year=2025, limit=1000).json()["items"]
    assert len(rows) == desk.truth()["rows"]
    assert sum(Decimal(row["disburse"]) for row in rows) == Decimal(desk.truth()["disburse_amt"])
    for row in rows:
        if row["findings"]:
            assert reviewer.post("acceptances", {"row_id": row["row_id"], "reason": "已与中心核实"}).status_code == 200
    wanted = [row["row_id"] for row in rows]
    refused = clerk.post("verifications", {"row_ids": [*wanted, "nobody"], "atomic": True})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, f"/row_ids/{len(wanted)}")
    verified = clerk.post("verifications", {"row_ids": [*wanted, "nobody"]})
    assert (verified.status_code, {one["state"] for one in verified.json()["rows"]}) == (207, {"opened", "refused"})
    again = clerk.post("verifications", {"row_ids": wanted})
    assert (again.status_code, again.json()["operation"]) == (409, verified["Location"])
    desk.work()
    sent = clerk.post("applications", SCOPE)
    assert (sent.status_code, sent.json()["state"]) == (202, "draft")
    desk.approve(desk.operation("submitApplication"))
    desk.work()
    [application] = clerk.get("applications").json()["items"]
    assert (application["state"], application["disburse"]) == ("applied", application["centre_disburse"])
    pdf = clerk.client.get(f"{BASE}/papers/disbursement.pdf", SCOPE, headers={"Accept": "application/pdf"})
    assert pdf.content[:4] == b"%PDF"
    assert clerk.get("papers/disbursement.xlsx", **SCOPE).content[:2] == b"PK"
    cancelled = clerk.post("application-cancellations", {"application_no": application["application_no"]})
    assert cancelled.status_code == 202
    desk.approve(desk.operation("cancelApplication"))
    desk.work()
    numbers = [row["row_id"] for row in rows]
    assert clerk.post("verification-cancellations", {"row_ids": numbers}).status_code == 202
    desk.work()
    assert clerk.post("revocations", SCOPE).status_code == 202
    desk.approve(desk.operation("revokeClearing"))
    desk.work()
    assert desk.centre()["scopes"] == []
    assert clerk.get("rows").json()["items"] == []


def test_it_answers_a_retry_with_the_first_answer(desk, clerk):
    first = clerk.post("generations", SCOPE, key="one")
    again = clerk.post("generations", SCOPE, key="one")
    assert (again.status_code, again.json()) == (202, first.json())
    assert again["Location"] == first["Location"]
    assert again["Idempotency-Replayed"] == "true"
    assert desk.operations("generateClearing") == 1
    assert clerk.post("generations", {**SCOPE, "year": 2024}, key="one").status_code == 422
    another = clerk.post("generations", SCOPE, key="two")
    assert (another.status_code, another.json()["code"]) == (409, "already-running")
    assert (another.json()["operation_id"], another.json()["operation"]) == (first.json()["id"], first["Location"])
    assert another["Location"] == first["Location"]
    desk.work()
    assert len(desk.party.effects("generateClearing")) == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({**SCOPE, "year": 1999}, "/year"),
        ({**SCOPE, "year": "abc"}, "/year"),
        ({**SCOPE, "insurance": "310"}, "/insurance"),
        ({**SCOPE, "agency": "9"}, "/agency"),
        ({"insurance": "001"}, "/year"),
    ],
)
def test_it_points_at_the_field_that_is_wrong(desk, clerk, body, pointer):
    answer = clerk.post("generations", body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert desk.operations("generateClearing") == 0


def test_it_answers_about_a_generated_year(desk, clerk, reviewer, charlie_member):
    desk.generate()
    it_filters_like_the_pages(desk, clerk)
    it_refuses_rows_of_another_institution_by_number(desk, charlie_member)
    it_says_in_a_problem_what_cannot_be_done_now(desk, clerk, reviewer)


def it_refuses_rows_of_another_institution_by_number(desk, charlie_member):
    stranger = Caller(signed_in(charlie_member))
    row = desk.rows()[0]
    answer = stranger.post("verifications", {"row_ids": [row.row_id]})
    assert answer.status_code == 422
    assert row.row_id in answer.json()["detail"]
    assert stranger.get(f"rows/{row.pk}").status_code == 404
    assert stranger.get("rows").json()["items"] == []
    assert desk.operations("verifyClearing") == 0


def it_says_in_a_problem_what_cannot_be_done_now(desk, clerk, reviewer):
    answer = clerk.post("applications", SCOPE)
    assert answer.status_code == 409
    assert "没有已核对的数据" in answer.json()["detail"]
    assert clerk.post("acceptances", {"row_id": desk.rows()[0].row_id, "reason": "无所谓"}).status_code == 403
    assert reviewer.post("generations", SCOPE).status_code == 403
    missing = clerk.post("application-cancellations", {"application_no": "SQ-nobody"})
    assert missing.json()["errors"][0]["pointer"] == "/application_no"


def it_filters_like_the_pages(desk, clerk):
    found = clerk.get("rows", finding="open").json()["items"]
    assert {row["row_id"] for row in found} == {row.row_id for row in desk.rows(finding_count__gt=0)}
    assert clerk.get("rows", state="nonsense").status_code == 422
    first = clerk.get("rows", limit=5).json()
    assert len(first["items"]) == 5
    assert clerk.client.get(first["next"]).json()["items"][0]["id"] not in {row["id"] for row in first["items"]}


def test_it_makes_a_long_paper_in_the_worker_and_hands_it_out(desk, clerk, monkeypatch):
    monkeypatch.setattr("clearing.api.papers.AT_ONCE", 5)
    desk.generate().accept().verify().submit()
    waiting = clerk.get("papers/disbursement.pdf", **SCOPE)
    assert (waiting.status_code, waiting["Retry-After"]) == (202, "5")
    assert clerk.get("papers/disbursement.pdf", **SCOPE).status_code == 202
    desk.work()
    assert clerk.client.get(waiting["Location"]).content[:4] == b"%PDF"
