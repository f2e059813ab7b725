"""What programs read of differences and do about them, and what they are told of without asking."""

from __future__ import annotations

import json
import uuid
from datetime import time, timedelta

import pytest
from django.utils import timezone

from portal.access.door import tenant_tx
from portal.gateway.journal import Operation, State
from portal.hooks.models import Delivery, Webhook
from reconciliation.models import Alarm, Difference, RunSchedule
from reconciliation.services import alarms, schedule
from reconciliation.services.alarms import look
from tests.journal.test_transitions import take
from tests.reconciliation.test_compare_books import compared, entry, ours, row, run_of, unknown

ROOT = "/api/v1/reconciliation/"
YESTERDAY = timezone.localdate() - timedelta(days=1)


@pytest.fixture
def found(hospital_a, alice_member, bob_member):
    """A dearer one, and one that the centre does not have."""
    with tenant_tx(hospital_a.pk):
        ours(*(entry(number, total, day=YESTERDAY) for number, total in (("1", "10.00"), ("2", "20.00"), ("3", "30"))))
        compared(run_of(YESTERDAY), row("1", "10.00"), row("2", "21.00", "1"), unknown("3"))
        return {one.kind: str(one.pk) for one in Difference.objects.all()}


def post(client, path, body=None, key=""):
    headers = {"Idempotency-Key": key or str(uuid.uuid4())}
    return client.post(ROOT + path, json.dumps(body or {}), "application/json", headers=headers)


def test_programs_read_decide_agree_assign_and_remark(found, alice, bob, charlie, dora, hospital_a):
    listed = alice.get(ROOT + "differences", {"kind": "amount"}).json()["items"]
    assert [(one["number"], one["total_gap"], one["assigned_to"]) for one in listed] == [("2", "-1.00", None)]
    amount, lost = f"differences/{found['amount']}", f"differences/{found['only_ours']}"
    elsewhere = [charlie.get(ROOT + amount), post(charlie, f"{amount}/decisions", {"action": "accept", "reason": "试"})]
    assert [one.status_code for one in elsewhere] == [404, 404]
    assert post(dora, f"{amount}/decisions", {"action": "accept", "reason": "试"}).status_code == 403

    key = str(uuid.uuid4())
    wrong = post(alice, f"{amount}/decisions", {"action": "reverse", "reason": "试"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/action")
    made = post(alice, f"{amount}/decisions", {"action": "accept", "reason": "中心补记"}, key)
    assert (made.status_code, made.json()["state"], made.json()["needs_second"]) == (201, "proposed", True)
    assert post(alice, f"{amount}/decisions", {"action": "accept", "reason": "中心补记"}, key).json() == made.json()
    decision = f"decisions/{made.json()['id']}"
    assert post(alice, f"{decision}/approve").status_code == 403
    assert post(bob, f"{decision}/refuse", {"reason": "请附说明"}).json()["state"] == "refused"
    many = {"differences": list(found.values()), "action": "accept", "reason": "核对无误"}
    assert post(alice, "decisions", many | {"differences": [str(uuid.uuid4())]}).status_code == 422
    some = many | {"differences": [*found.values(), str(uuid.uuid4())]}
    assert post(alice, "decisions", some | {"atomic": True}).json()["errors"][0]["pointer"] == "/differences/2"
    taken = post(alice, "decisions", some)
    assert (taken.status_code, taken.json()["count"]) == (207, 2)
    states = {one["id"]: one["state"] for one in taken.json()["rows"]}
    assert states == {found["amount"]: "proposed", found["only_ours"]: "proposed", None: "refused"}
    told = alice.get(ROOT + amount).json()
    assert [one["state"] for one in told["decisions"]] == ["proposed", "refused"]
    assert post(alice, f"decisions/{told['decisions'][0]['id']}/withdraw").json()["state"] == "withdrawn"
    other = alice.get(ROOT + lost).json()["decisions"][0]["id"]
    assert post(bob, f"decisions/{other}/approve").json()["state"] == "done"
    again = post(bob, f"decisions/{other}/approve")
    assert (again.status_code, again.json()["code"]) == (409, "refused")
    assert alice.get(f"{ROOT}decisions/{other}").json()["state"] == "done"
    of_batch = alice.get(f"{ROOT}decisions", {"batch": taken.json()["batch"], "state": "withdrawn"}).json()["items"]
    assert [one["id"] for one in of_batch] == [told["decisions"][0]["id"]]
    assert alice.get(f"{ROOT}decisions", {"state": "x"}).status_code == 422

    assert post(alice, f"{amount}/comments", {"text": "已电话核实"}).status_code == 201
    assigned = post(alice, f"{amount}/assignments", {"to": "bob"})
    assert (assigned.status_code, assigned.json()["assigned_to"]) == (200, "bob")
    assert post(alice, f"{amount}/assignments", {"to": ""}).json()["assigned_to"] is None
    for path, to, status, pointer in ((amount, "charlie", 422, ["/to"]), (lost, "bob", 409, [])):
        refused = post(alice, f"{path}/assignments", {"to": to})
        assert (refused.status_code, [one["pointer"] for one in refused.json().get("errors", [])]) == (status, pointer)
    told = alice.get(ROOT + amount).json()
    assert (told["state"], [one["text"] for one in told["comments"]]) == ("open", ["已电话核实"])


def test_a_missed_day_and_an_old_doubt_are_told_once(hospital_a, alice, alice_member, monkeypatch):
    with tenant_tx(hospital_a.pk):
        since = timezone.now() - timedelta(days=2)
        RunSchedule.objects.create(environment="test", at=time.min, changed_at=since)
        events = ["run.missed", "doubt.old"]
        Webhook.objects.create(
            environment="test", name="HIS", url="http://127.0.0.1:9/", events=events, secret="s", made_label="x"
        )
        for module in (alarms, schedule):
            monkeypatch.setattr(module, "families_of", lambda environment: ["national"])
        named = {"gateway": "national", "environment": "test", "kind": "2304", "business_key": "k", "title": "结算"}
        doubt = Operation.objects.create(request="{}", created_by=alice_member.user, state=State.QUEUED, **named)
        for state in (State.SENDING, State.IN_DOUBT):
            take(doubt, state, ())
        look(hospital_a.pk)
        assert timedelta(minutes=30) == alarms.PATIENCE
        assert not Alarm.objects.filter(kind="doubt").exists(), "half an hour has not gone by"
        monkeypatch.setattr(alarms, "PATIENCE", timedelta(0))
        count = look(hospital_a.pk)
        assert look(hospital_a.pk) == count == Alarm.objects.count()
        told = [(one.event, one.body["facts"]) for one in Delivery.objects.order_by("pk")]
        assert len(told) == count
        days = sorted(facts["day"] for event, facts in told if event == "run.missed" and facts["family"] == "national")
        assert f"{YESTERDAY - timedelta(days=1)}" in days
        facts = {"id": str(doubt.pk), "gateway": "national", "kind": "2304"}
        assert [facts for event, facts in told if event == "doubt.old"] == [facts]
    shown = alice.get("/").content.decode()
    assert "结果待确认超过 30 分钟" in shown
    assert "没有完成的对账" in shown
