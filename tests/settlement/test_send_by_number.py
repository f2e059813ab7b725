"""Transactions by number over REST: what no flow carries is sent once, the rest names the resource to use."""

import json
import uuid
from typing import Any

from portal.access.door import tenant_tx
from portal.gateway.journal import Operation, approve
from portal.gateway.national.keeping import bring_edition, use_edition
from settlement.models import Enquiry
from tests.api.posts.records import OWN
from tests.api.posts.visits import did

QUERY = {"input": {"data": {"set": [["rx_no", "处方号", "text", "30", True]]}}}


def test_a_number_that_no_flow_carries_is_sent_once_and_others_name_their_resource(
    alice, bob_member, dora_member, hospital_a
):
    def post(number, body=None, about="CF1", path="transactions/{}"):
        said = {"about": about, "content": {"data": {"rx_no": "CF1"}}} if body is None else body
        address = f"/api/v1/settlement/{path.format(number)}"
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        return alice.post(address, json.dumps(said), "application/json", headers=headers)

    assert "S3701" in post("S3701").json()["detail"]  # known by name only
    known: dict[str, Any] = OWN["transactions"]
    own = {**OWN, "transactions": {**known, "S5201": QUERY}}
    with tenant_tx(hospital_a.pk):
        use_edition(bring_edition(own, by=dora_member), by=dora_member)
    sent = post("S3701")
    assert (sent.status_code, sent.json()["kind"], sent.json()["state"]) == (202, "S3701", "draft")
    another = post("S3701")
    assert (another.status_code, another.json()["operation"]) == (409, sent["Location"])
    assert post("S3701", about="CF2").status_code == 202
    with tenant_tx(hospital_a.pk):
        operation = Operation.objects.get(pk=sent.json()["id"])
        approve(operation, by=bob_member)
        did(operation)
    assert (post("S3701").status_code, post("S3701").json()["detail"]) == (409, "CF1 已办理过交易 S3701，没有重复提交")
    wrong = post("S3701", {"about": "CF3", "content": {"data": {"rx_no": "9" * 31}, "more": {}}})
    assert {one["pointer"] for one in wrong.json()["errors"]} == {"/content/data/rx_no", "/content/more"}
    for number, words in (
        ("2207A", "outpatient-visits"), ("2304A", "stays"), ("2102A", "settlements/{id}/settlement"),
        ("4101A", "records/{number}"), ("5203", "settlement/queries"), ("2601", "reversals"),
        ("3201", "reconciliation"),
        ("9001", "自动签到"), ("S5201", "settlement/queries"), ("2501", "filings"),
    ):  # fmt: skip
        refused = post(number)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/number"), number
        assert words in refused.json()["detail"]
    asked = post("", {"number": "S5201", "content": {"data": {"rx_no": "CF1"}}}, path="queries")
    assert asked.status_code == 202, asked.content
    refused = post("", {"number": "S3701", "content": {"data": {"rx_no": "CF1"}}}, path="queries")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/number")
    with tenant_tx(hospital_a.pk):
        assert Operation.objects.count() == 2
        assert Enquiry.objects.get().number == "S5201"
    listed = {one["number"]: one for one in alice.get("/api/v1/settlement/transactions").json()["items"]}
    assert [listed["S3701"]["by_number"], listed["S5201"]["by_query"]] == [True, True]
    assert "outpatient-visits" in listed["2207A"]["resource"]
