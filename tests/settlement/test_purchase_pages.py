"""A purchase at the desk and over REST: the basket, the confirmation, the receipt, the lists."""

import json
import uuid
from decimal import Decimal

import pytest
from django.urls import reverse

from portal.gateway.journal import send_queued
from settlement.models import OwnItem, Settlement, SettlementState, Visit
from settlement.rules.identity import Certificate
from settlement.services.identity import identify
from tests.settlement.settling_desk import line

ROWS = {
    "count": "2",
    "med_type": "41",
    "use_account": "1",
    "lines-0-own_code": "A1",
    "lines-0-own_name": "阿莫西林胶囊",
    "lines-0-item_code": "X00000001",
    "lines-0-quantity": "2",
    "lines-0-price": "12.50",
    "lines-1-own_code": "B2",
    "lines-1-own_name": "维生素C片",
    "lines-1-item_code": "X00000002",
    "lines-1-quantity": "3",
    "lines-1-price": "3.333333",
    "lines-1-amount": "10.01",
}


@pytest.fixture
def identified(settling):
    """Somebody who showed an identity card."""
    patient = settling.patient(at_least="100")
    with settling.door():
        found = identify(Certificate("02", patient.document, name=patient.name), by=settling.by)
    settling.run_jobs()
    return found


def test_a_clerk_sells_and_prints(settling, alice, bob, identified):
    new = f"{reverse('settlement:pharmacy-new')}?identification={identified.pk}"
    wrong = alice.post(new, {**ROWS, "preview": "1"})
    assert wrong.status_code == 200
    told = wrong.content.decode()
    assert "第 2 行：数量 3 × 单价 3.333333 = 10.00，金额填写的是 10.01，相差 0.01" in told
    assert 'value="阿莫西林胶囊"' in told
    asked = alice.post(new, {**ROWS, "lines-1-amount": "", "preview": "1"})
    settling.run_jobs()
    with settling.door():
        shown = Settlement.objects.get()
        assert OwnItem.objects.get(own_code="B2").initials == "wsscp"
    assert asked["Location"] == reverse("settlement:settle", args=[shown.pk])
    page = alice.get(asked["Location"]).content.decode()
    assert "病人须付现金" in page
    assert "35.00" in page
    assert alice.post(reverse("settlement:receipt", args=[shown.pk])).status_code == 302
    detail = reverse("settlement:settlement-detail", args=[shown.pk])
    assert alice.post(asked["Location"], {"invoice": "FP1"})["Location"] == detail
    settling.carry()
    done = alice.get(detail).content.decode()
    assert "打印结算单" in done
    first = alice.post(reverse("settlement:receipt", args=[shown.pk]))
    assert first["Content-Type"] == "application/pdf"
    assert first.content.startswith(b"%PDF")
    assert "补打结算单（已打印 1 次）" in alice.get(detail).content.decode()
    undone = alice.post(reverse("settlement:undo", args=[shown.pk]))
    assert undone["Location"] == detail
    assert "须由复核人员复核" in alice.get(detail).content.decode()
    assert bob.get(detail).status_code == 200


def test_a_doubt_tells_the_desk_what_to_do(settling, alice):
    settling.sandbox.switch_on("drop_response", count=1, codes=["2102A"])
    shown = settling.preview(settling.basket())
    settling.settle(shown)
    send_queued(settling.institution_id, "national")
    page = alice.get(reverse("settlement:settlement-detail", args=[shown.pk])).content.decode()
    assert "请先不要收现金、不要打印单据，也不要重新办理" in page
    assert "失败" not in page
    listed = alice.get(reverse("settlement:settlement-list") + "?open=doubt").content.decode()
    assert shown.number in listed
    assert shown.visit.number in alice.get(reverse("settlement:visit-list") + "?open=doubt").content.decode()
    early = alice.post(reverse("settlement:reverse", args=[shown.pk]), {"reason": "急"}).content.decode()
    assert "静默期未满" in early


def test_a_program_buys_over_rest(settling, alice, charlie, identified):
    def post(path, body, client=alice):
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        return client.post(f"/api/v1/settlement/{path}", json.dumps(body), "application/json", headers=headers)

    def get(path, client=alice):
        return client.get(f"/api/v1/settlement/{path}")

    lines = [{"own_code": "A1", "item_code": "X00000001", "quantity": "2", "price": "12.50", "amount": "25.10"}]
    refused = post("purchases", {"identification": str(identified.pk), "lines": lines})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/lines/0/amount")
    lines[0]["amount"] = "25.00"
    made = post("purchases", {"identification": str(identified.pk), "lines": lines, "number": "LS0001"})
    assert (made.status_code, made.json()["number"], made.json()["state"]) == (201, "LS0001", "draft")
    visit = made.json()["id"]
    asked = post(f"visits/{visit}/previews", {})
    assert asked.status_code == 202
    settling.run_jobs()
    shown = get(f"settlements/{asked.json()['id']}").json()
    assert (shown["state"], shown["total"], len(shown["lines"])) == ("preview", "25.00", 1)
    sent = post(f"settlements/{shown['id']}/settlement", {})
    assert sent.status_code == 202
    settling.carry()
    done = get(f"settlements/{shown['id']}").json()
    assert done["state"] == "done"
    assert Decimal(done["fund"]) + Decimal(done["person"]) == Decimal("25.00")
    assert [one["number"] for one in get("settlements").json()["items"]] == [done["number"]]
    assert get(f"visits/{visit}").json()["state"] == "settled"
    assert get(f"visits/{visit}", charlie).status_code == 404
    assert post(f"settlements/{shown['id']}/cancellations", {}).status_code == 202
    with settling.door():
        assert Settlement.objects.get().state == SettlementState.UNDOING
        assert Visit.objects.count() == 1


def test_own_items_are_found_by_code_name_and_initials(settling, alice):
    settling.basket(
        None, line(own_name="板蓝根颗粒", own_code="BLG1"), line("X00000002", own_name="感冒灵", own_code="GML1")
    )
    for words in ("BLG", "板蓝", "blg"):
        found = alice.get(reverse("settlement:item-search"), {"q": words}).content.decode()
        assert "板蓝根颗粒" in found
        assert "感冒灵" not in found
