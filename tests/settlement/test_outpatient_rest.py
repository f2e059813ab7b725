"""Outpatients over REST and on pages without scripts: what is possible is offered, what is not says why."""

import json
import uuid
from decimal import Decimal

import pytest
from django.urls import reverse

from settlement.models import Bill, Visit
from settlement.rules.identity import Certificate
from settlement.services.identity import identify
from tests.settlement.outpatients import Clinic

LINES = [{"own_code": "ZL1", "own_name": "血常规", "item_code": "F00000001", "quantity": "1", "price": "400.00"}]
SEEN_IN = {
    "specialty": "A03",
    "department_code": "A03",
    "department_name": "内科",
    "doctor_code": "D5101000001",
    "doctor_name": "沐样例",
}


@pytest.fixture
def identified(settling):
    """Somebody who showed an identity card."""
    patient = settling.patient(at_least="100")
    with settling.door():
        found = identify(Certificate("02", patient.document, name=patient.name), by=settling.by)
    settling.run_jobs()
    return found


def test_a_program_treats_an_outpatient_and_takes_everything_back(settling, alice, charlie, identified):
    refusals: list[tuple[str, int, bool]] = []  # another key while the operation is under way

    def post(path, body=None, client=alice, key=""):
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        address, text = f"/api/v1/settlement/{path}", json.dumps(body or {})
        found = client.post(address, text, "application/json", headers=headers)
        if found.status_code == 202 and "/operations/" in found["Location"] and not found.get("Idempotency-Replayed"):
            told = client.post(address, text, "application/json", headers={"Idempotency-Key": str(uuid.uuid4())})
            refusals.append((path, told.status_code, told.json().get("operation") == found["Location"]))
        settling.carry()
        return found

    def get(path, client=alice):
        return client.get(f"/api/v1/settlement/{path}")

    before = Clinic(settling).state()
    begin = {"identification": str(identified.pk), "number": "MZ0001", **SEEN_IN}
    assert post("outpatient-visits", {**begin, "med_type": "2101"}).status_code == 422
    made = post("outpatient-visits", begin, key="one")
    assert (made.status_code, made.json()["state"]) == (202, "opening")
    again = post("outpatient-visits", begin, key="one")
    assert (again.json(), again["Location"]) == (made.json(), made["Location"])
    assert alice.get(made["Location"]).json()["state"] == "done"
    visit = f"outpatient-visits/{made.json()['id']}"
    assert post(f"{visit}/diagnoses", {"diagnoses": []}).json()["errors"][0]["pointer"] == "/diagnoses"
    told = {"diagnoses": [{"code": "J06.900", "name": "急性上呼吸道感染"}]}
    assert [post(f"{visit}/diagnoses", told).status_code for _ in range(2)] == [202, 200]
    wrong = [{**LINES[0], "amount": "400.02"}]
    refused = post(f"{visit}/bills", {"number": "B1", "lines": wrong})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/lines/0/amount")
    bills = [post(f"{visit}/bills", {"number": number, "lines": LINES}).json() for number in ("B1", "B2")]
    assert [one["state"] for one in bills] == ["sending", "sending"]
    assert [one["state"] for one in get(f"{visit}/bills").json()["items"]] == ["sent", "sent"]
    one, two = (f"bills/{bill['id']}" for bill in bills)
    assert "in_scope" in get(f"{one}/lines").json()["items"][0]
    shown = post(f"{one}/preview").json()
    assert (shown["state"], shown["bill"]) == ("asking", bills[0]["id"])
    assert post(f"{two}/settlement", {"preview": shown["id"]}).json()["errors"][0]["pointer"] == "/preview"
    assert post(f"{one}/settlement", {"preview": shown["id"]}).status_code == 202
    done = get(f"settlements/{shown['id']}").json()
    assert (done["state"], Decimal(done["fund"]) + Decimal(done["person"])) == ("done", Decimal("400.00"))

    # back: the settlement, a batch, the rest, the registration
    for path, words in ((f"{one}/cancellations", "先撤销结算"), (f"{visit}/registration-cancellations", "已结算")):
        assert words in post(path).json()["detail"]
    undoing = post(f"settlements/{shown['id']}/cancellations").json()
    with settling.door():
        settling.approve(Visit.objects.get().operation)
    settling.carry()
    assert (undoing["state"], get(f"settlements/{shown['id']}").json()["state"]) == ("draft", "undone")
    assert post(f"{one}/cancellations").status_code == 202
    anew = post(f"{one}/corrections").json()
    changed = post(f"bills/{anew['id']}/lines", {"lines": [{**LINES[0], "quantity": "2"}]}).json()
    assert (changed["total"], changed["state"], changed["number"] != "B1") == ("800.00", "draft", True)
    assert post(f"bills/{anew['id']}/drops").status_code == 204
    assert [post(f"{visit}/{step}").status_code for step in ("bill-cancellations", "registration-cancellations")] == [
        *(202, 202)
    ]
    assert get(f"visits/{made.json()['id']}").json()["state"] == "undone"
    assert Clinic(settling).state() == before
    assert {get(one, charlie).status_code, get(f"{visit}/bills", charlie).status_code} == {404}
    assert (len(refusals), [one for one in refusals if one[1:] != (409, True)]) == (9, [])


def test_pages_offer_what_is_possible_and_say_why_not_the_rest(settling, alice, bob, identified):
    new = f"{reverse('settlement:outpatient-new')}?identification={identified.pk}"
    form = {**SEEN_IN, "med_type": "11", "use_account": "1", "number": ""}
    wrong = alice.post(new, {**form, "doctor_name": "", "register": "1"}).content.decode()
    assert 'value="D5101000001"' in wrong
    assert bob.get(new).status_code == 403
    detail = alice.post(new, form)["Location"]
    page = alice.get(detail).content.decode()
    assert "修改挂号信息" in page
    assert "新的收费批次" not in page
    with settling.door():
        visit = Visit.objects.get()
    assert 'value="沐样例"' in alice.get(new).content.decode()  # the next one begins in the same room
    alice.post(reverse("settlement:outpatient-register", args=[visit.pk]))
    settling.carry()
    informing = reverse("settlement:outpatient-information", args=[visit.pk])
    typed = {"diagnoses": "2", "diagnosis-0-code": "I10.x00", "diagnosis-0-name": "高血压", "med_type": "14"}
    told = alice.post(informing, typed).content.decode()
    assert "须填写病种编码" in told
    assert 'value="I10.x00"' in told
    assert alice.post(informing, {**typed, "more": "1"}).content.decode().count('诊断编码"') == 3
    bill = reverse("settlement:bill-new", args=[visit.pk])
    row = {f"lines-0-{name}": value for name, value in LINES[0].items()}
    alice.post(bill, {"count": "1", "number": "B1", **row, "send": "1"})  # kept, but not sent before the diagnoses
    page = alice.get(detail).content.decode()
    assert "请先上传就诊信息和诊断" in page
    alice.post(informing, {**typed, "med_type": "11"})
    settling.carry()
    with settling.door():
        one = Bill.objects.get()
    assert "B1" in alice.get(reverse("settlement:bill-edit", args=[one.pk])).content.decode()
    alice.post(reverse("settlement:bill-send", args=[one.pk]))
    settling.carry()
    page = alice.get(detail).content.decode()
    assert "还有 1 个收费批次的明细在医保中心，请先撤销费用明细" in page
    assert "撤销上传" in page
    assert "撤销上传" not in bob.get(detail).content.decode()
    assert alice.get(reverse("settlement:bill-edit", args=[one.pk]))["Location"] == detail
