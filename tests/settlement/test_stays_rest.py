"""Stays and filings over REST, and stays on pages without scripts: what is possible is offered, the rest says why."""

import json
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from settlement.models import Visit
from settlement.rules.identity import Certificate
from settlement.services.identity import identify
from tests.settlement.inpatients import Ward
from tests.settlement.test_file_for_people import TRANSFER, day

IN_BED = {
    "department_code": "A03",
    "department_name": "内科",
    "bed": "12",
    "doctor_code": "D5101000001",
    "doctor_name": "澄样例",
}
PNEUMONIA = {"code": "J18.900", "name": "肺炎", "is_main": True}
LINE = {"own_code": "CW1", "own_name": "床位费", "item_code": "F00000001", "quantity": "2", "price": "50.00"}


@pytest.fixture
def identified(settling):
    """Somebody who showed an identity card."""
    patient = settling.patient()
    with settling.door():
        found = identify(Certificate("02", patient.document, name=patient.name), by=settling.by)
    settling.run_jobs()
    return found


def test_a_program_treats_an_inpatient_and_takes_everything_back(settling, alice, charlie, identified):
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

    before = Ward(settling).state()
    begin = {"identification": str(identified.pk), "number": "ZY0001", **IN_BED, "diagnoses": [PNEUMONIA]}
    begin["started_at"] = f"{timezone.now() - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
    wrong = post("stays", {**begin, "diagnoses": [{**PNEUMONIA, "is_main": False}]})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/diagnoses")
    made = post("stays", begin, key="one")
    assert (made.status_code, made.json()["state"]) == (202, "opening")
    assert post("stays", begin, key="one").json() == made.json()
    assert alice.get(made["Location"]).json()["state"] == "done"
    stay = f"stays/{made.json()['id']}"
    assert get(stay.replace("stays", "visits"), charlie).status_code == 404
    again = {name: begin[name] for name in (*IN_BED, "diagnoses", "started_at")} | {"bed": "31"}
    assert post(f"{stay}/admission", again).status_code == 202
    assert post(f"{stay}/admission", again).json()["detail"] == "入院信息没有变动"
    assert post(f"{stay}/fees", {"lines": [LINE] * 1001}).status_code == 422
    wrong = {"lines": [{**LINE, "amount": "100.02"}, {**LINE, "quantity": "x"}], "atomic": True}
    refused = post(f"{stay}/fees", wrong)
    assert [one["pointer"] for one in refused.json()["errors"]] == ["/lines/1/quantity"]
    refused = post(f"{stay}/fees", wrong | {"atomic": False})
    assert [one["pointer"] for one in refused.json()["errors"]] == ["/lines/0/amount", "/lines/1/quantity"]
    taken = post(f"{stay}/fees", {"lines": [LINE] * 120, "upload": True}, key="fees").json()
    assert (taken["taken"], taken["amount"]) == (120, "12000.00")
    assert post(f"{stay}/fees", {"lines": [LINE] * 120, "upload": True}, key="fees").json() == taken
    assert [one["amounts"]["rows"] for one in settling.effects("2301")] == [100, 20]
    assert post(f"{stay}/removals", {"numbers": taken["numbers"][:20]}).status_code == 202
    assert post(f"{stay}/removals", {"numbers": ["1"], "all": True}).status_code == 422
    shown = post(f"{stay}/preview").json()
    assert "先办理出院" in post(f"{stay}/settlement", {"preview": shown["id"]}).json()["detail"]
    leaving = {"ended_at": f"{timezone.now():%Y-%m-%dT%H:%M:%SZ}", "diagnoses": [PNEUMONIA]}
    assert post(f"{stay}/discharge", {**leaving, "way": "5"}).json()["errors"][0]["pointer"] == "/died_on"
    assert post(f"{stay}/discharge", leaving).status_code == 202
    shown = post(f"{stay}/preview").json()
    assert post(f"{stay}/settlement", {"preview": shown["id"]}).status_code == 202
    assert get(f"settlements/{shown['id']}").json()["total"] == "10000.00"

    # back: settlement, discharge, charges, admission
    assert "先撤销结算" in post(f"{stay}/discharge-cancellations").json()["detail"]
    post(f"settlements/{shown['id']}/cancellations")
    with settling.door():
        settling.approve(Visit.objects.get().operation)
    settling.carry()
    for step, body in (("discharge-cancellations", {}), ("removals", {"all": True}), ("cancellations", {})):
        assert (step, post(f"{stay}/{step}", body).status_code) == (step, 202)
    assert get(stay.replace("stays", "visits")).json()["state"] == "undone"
    assert Ward(settling).state() == before
    filing = {"kind": "transfer", "identification": str(identified.pk), "content": {**TRANSFER, "refl_date": day()}}
    assert post("filings", {**filing, "content": TRANSFER}).json()["errors"][0]["pointer"] == "/refl_date"
    filed = post("filings", filing)
    assert filed.status_code == 202
    found = get(f"filings/{filed.json()['id']}").json()
    assert (found["state"], bool(found["number"])) == ("submitted", True)
    assert post(f"filings/{found['id']}/withdrawals", {"memo": "填写有误"}).json()["state"] == "draft"
    assert get(f"filings/{found['id']}", charlie).status_code == 404
    assert (len(refusals), [one for one in refusals if one[1:] != (409, True)]) == (11, [])


def test_a_clerk_goes_the_way_page_by_page(settling, alice, identified):
    address = reverse("settlement:inpatient-new") + f"?identification={identified.pk}"
    typed = {**IN_BED, "med_type": "2101", "use_account": "1", "diagnoses": "1", "diagnosis-0-type": "1"}
    typed |= {"started_at": f"{timezone.localtime():%Y-%m-%dT%H:%M}", "diagnosis-0-code": "J18.900"}
    wrong = alice.post(address, {**typed, "send": "1"}).content.decode()
    assert "请填写诊断名称" in wrong
    assert "J18.900" in wrong
    sent = alice.post(address, {**typed, "diagnosis-0-name": "肺炎", "send": "1"})
    settling.carry()
    page = alice.get(sent.url).content.decode()
    assert "录入费用" in page
    assert "没有办理出院" in page
    with settling.door():
        visit = Visit.objects.get()
    enter = reverse("settlement:charges-enter", args=[visit.pk])
    head = "机构项目编码\t医疗目录编码\t数量\t单价\t金额\n"
    assert "缺少：医疗目录编码" in alice.post(enter, {"text": "机构项目编码\t数量\t单价\n1\t1\t1"}).content.decode()
    bad = alice.post(enter, {"text": f"{head}A\tX00000001\t3\t3.30\t9.92\nB\tX00000001\t两\t1\t1"}).content.decode()
    assert "金额填写的是 9.92" in bad
    assert "数量应为数字，填写的是 两" in bad
    good = {"text": f"{head}A\tX00000001\t3\t3.30\t\nB\tX00000002\t1\t1\t1"}
    assert "2 条，合计 10.90 元" in alice.post(enter, good).content.decode()
    assert alice.post(enter, {**good, "take": "1"}).status_code == 302
    alice.post(reverse("settlement:inpatient-step", args=[visit.pk, "upload"]))
    settling.carry()
    charges = alice.get(reverse("settlement:charges", args=[visit.pk])).content.decode()
    assert "与医保中心一致" in charges
    with settling.door():
        key = visit.lines.order_by("number").values_list("pk", flat=True)[0]
    alice.post(reverse("settlement:charges-act", args=[visit.pk]), {"act": "remove", "line": [str(key)]})
    settling.carry()
    leave = reverse("settlement:inpatient-discharge", args=[visit.pk])
    form = {"ended_at": typed["started_at"], "way": "1", "diagnoses": "1", "diagnosis-0-type": "1"}
    form |= {name: IN_BED[name] for name in ("department_code", "department_name", "bed")}
    form |= {"diagnosis-0-code": "J18.900", "diagnosis-0-name": "肺炎", "send": "1"}
    assert "不能早于入院时间" in alice.post(leave, {**form, "ended_at": "2026-01-01T08:00"}).content.decode()
    assert alice.post(leave, form).status_code == 302
    settling.carry()
    assert "预结算并结算" in alice.get(sent.url).content.decode()
    alice.post(reverse("settlement:inpatient-undo", args=[visit.pk, "discharge"]))
    settling.carry()
    with settling.door():
        assert Visit.objects.get().state == "open"
