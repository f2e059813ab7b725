"""The cashier's pages and its interface: every page opens, money is asked for once, nobody else's row is there."""

import uuid

import pytest
from django.urls import reverse

from portal.access.door import tenant_tx
from settlement.models import CardReading, Recharge, Refund
from tests.settlement.cashier_desk import PARTY, open_desk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cashier(alice_member, bob_member, sandbox, settings, tmp_path):
    with open_desk(alice_member, bob_member, sandbox, tmp_path, settings) as desk:
        yield desk


def at(name, *args):
    return reverse(f"settlement:{name}", args=args)


def test_a_clerk_at_the_desk(cashier, alice, charlie, hospital_a):
    known = cashier.sandbox.act("onetrans", "people", party=PARTY, kind="employee", limit=1)["people"][0]
    cashier.sandbox.act("onetrans", "card", party=PARTY, psn_no=known["psn_no"], kind="social")
    desk = str(cashier.desk.pk)
    read = alice.post(at("card-read"), {"way": "reader", "desk": desk, "business_type": "01301"})
    cashier.run_jobs()
    shown = alice.get(read.url).content.decode()
    assert "医保识别（1101）" in shown
    assert known["certno"] not in shown
    with cashier.door():
        reading = CardReading.objects.get()
    form = alice.get(f"{at('recharge-new')}?reading={reading.pk}").content.decode()
    assert known["certno"] in form, "the form of the one who recharges has the number"
    handed = alice.get(f"{reverse('injury:people')}?handed=reading:{reading.pk}").content.decode()
    assert known["certno"] in handed
    assert (
        known["certno"] not in charlie.get(f"{reverse('injury:people')}?handed=reading:{reading.pk}").content.decode()
    )

    typed = {"account_type": "01", "card_type": "03", "card_no": "C9", "patient_id": "P9", "name": "甲", "amount": "80"}
    wrong = alice.post(at("recharge-new"), {**typed, "name": "张𬱖", "desk": desk}).content.decode()
    assert "GBK" in wrong
    made = alice.post(at("recharge-new"), {**typed, "desk": desk})
    assert made.status_code == 302, [one for one in made.content.decode().split("<") if "error" in one]
    cashier.carry()
    with cashier.door():
        paid = Recharge.objects.get(state="paid")
    assert made.url == at("recharge", paid.pk)
    wanted = {"amount": "30.00", "mode": "1", "flow": "hisDecide", "reason": "病人申请", "desk": desk}
    assert "最多可退 80.00 元" in alice.post(made.url, {**wanted, "amount": "80.01"}).content.decode()
    back = alice.post(made.url, wanted)
    with cashier.door():
        drafted = Refund.objects.select_related("operation").get()
    assert "须由复核人员复核" in alice.get(back.url).content.decode()
    cashier.approve(drafted.operation)
    cashier.carry()
    assert cashier.again(drafted).state == "refunded"
    for kind, row in (("recharge", paid), ("refund", drafted)):
        paper = alice.post(at("money-receipt", kind, row.pk))
        assert paper.content[:5] == b"%PDF-"

    opened = [at(name) for name in ("card-read", "card-grants", "prepaid-list", "recharge-list", "refund-list")]
    opened += [at(name) for name in ("charge-list", "charge-new", "recharge-new")]
    rows = [at("prepaid", paid.account_id), at("recharge", paid.pk), at("refund", drafted.pk), read.url]
    assert [alice.get(one).status_code for one in opened] == [200] * len(opened)
    assert [alice.get(one).status_code for one in rows] == [200] * len(rows)
    assert {charlie.get(one).status_code for one in rows} == {404}
    with tenant_tx(hospital_a.pk):
        assert Recharge.objects.get(pk=paid.pk).receipts == 1


def test_hospital_systems_ask_for_money_once(cashier, alice):
    key = {"HTTP_IDEMPOTENCY_KEY": str(uuid.uuid4())}
    address = reverse("api:settlement-api:recharges")
    body = {"card_type": "03", "card_no": "C7", "patient_id": "P7", "name": "乙", "amount": "20.00"}
    body["desk"] = str(cashier.desk.pk)
    first = alice.post(address, body, content_type="application/json", **key)
    second = alice.post(address, body, content_type="application/json", **key)
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json()["number"] == second.json()["number"]
    cashier.carry()
    one = alice.get(reverse("api:settlement-api:recharge", args=[first.json()["id"]])).json()
    assert (one["state"], one["refundable"]) == ("paid", "20.00")
    again = {"HTTP_IDEMPOTENCY_KEY": str(uuid.uuid4())}
    over = reverse("api:settlement-api:recharge-refunds", args=[one["id"]])
    asked = {"amount": "20.01", "reason": "多退", "desk": body["desk"]}
    refused = alice.post(over, asked, content_type="application/json", **again)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/amount"
    assert len(cashier.effects("hop.trade.recharge")) == 1
