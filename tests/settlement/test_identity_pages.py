"""The desk's first page, and the same over REST."""

import json

import pytest
from django.utils import timezone

from portal.gateway.channels.models import Channel
from settlement.models import CheckMedium, Identification, UsedVoucher


@pytest.fixture
def insured(settling):
    told = settling.sandbox.act("national", "people", party=settling.party.app_code, kind="both", limit=1)
    return told["people"][0]


def test_a_clerk_scans_reads_chooses_and_goes_on(settling, alice, carol, insured):
    text = alice.get("/settlement/identify/").content.decode()
    assert "电子凭证码" in text
    sent = {"card": "X1", "card_sn": "", "identity": "123", "med_type": "11"}
    text = alice.post("/settlement/identify/cross_card/", sent).content.decode()
    assert "请填写卡识别码" in text
    assert "应为 18 位" in text
    assert 'value="X1"' in text
    answer = alice.post("/settlement/identify/identity/", {"identity": insured["certno"], "med_type": "11"})
    assert "正在向医保中心获取人员信息" in alice.get(answer["Location"]).content.decode()
    settling.run_jobs()
    text = alice.get(answer["Location"]).content.decode()
    assert "职工基本医疗保险" in text
    assert "城乡居民基本医疗保险" in text
    assert insured["certno"] not in text
    assert insured["psn_no"] not in text
    assert "?identification=" in text
    with settling.door():
        found = Identification.objects.get()
    other = next(one for one in insured["insurances"] if one["insutype"] == "390")
    alice.post(f"{answer['Location']}insurance/", {"insurance": f"390-{other['insuplc_admdvs']}"})
    with settling.door():
        found.refresh_from_db()
    assert found.insurance == "390"
    state = alice.get(f"{answer['Location']}state/")
    assert state["HX-Refresh"] == "true"
    assert carol.get("/settlement/identify/").status_code == 403
    again = alice.post(f"{answer['Location']}again/")
    assert again["Location"] != answer["Location"]
    assert alice.post(f"{answer['Location']}again/", follow=True).status_code == 200


def test_a_fresh_certificate_leads_back_to_where_it_was_asked_for(settling, alice, insured):
    sent = {"identity": insured["certno"], "med_type": "11"}
    answer = alice.post("/settlement/identify/identity/?about=MZ1&next=/settlement/visits/", sent)
    settling.run_jobs()
    with settling.door():
        found = Identification.objects.get()
    assert found.about == "MZ1"
    back = alice.get(answer["Location"])
    assert back["Location"] == f"/settlement/visits/?fresh={found.pk}"
    sent = alice.post("/settlement/identify/identity/?next=https://elsewhere.example/", sent)
    assert "elsewhere" not in sent["Location"]


def test_media_are_typed_and_never_shown(settling, alice, carol, insured):
    sent = {"kind": "outpatient", "code": "2207a", "about": "MZ1", "medium": "SECRET-MEDIUM"}
    assert alice.post("/settlement/control/", sent).status_code == 302
    text = alice.get("/settlement/control/").content.decode()
    assert "2207A" in text
    assert "SECRET-MEDIUM" not in text
    wrong = alice.post("/settlement/control/", {**sent, "code": "5203"}).content.decode()
    assert "不需要校验介质" in wrong
    with settling.door():
        channel = Channel.objects.get(gateway="national")
        channel.switches = {"control": "dev_safe_info"}
        channel.save()
    known = {"identity": insured["certno"], "med_type": "11", "medium": "TYPED-MEDIUM"}
    answer = alice.post("/settlement/identify/identity/", known)
    settling.run_jobs()
    assert "职工基本医疗保险" in alice.get(answer["Location"]).content.decode()
    with settling.door():
        assert CheckMedium.objects.get(obtained_for="2207A", used=["1101"]).medium.reveal() == "TYPED-MEDIUM"
    assert "校验介质" in alice.get("/settlement/identify/").content.decode()
    assert "没有设置安全控件服务地址" in alice.post("/settlement/control/", {**sent, "medium": ""}).content.decode()
    assert carol.get("/settlement/control/").status_code == 403
    assert alice.get("/settlement/shift/")["Location"] == "/gateway/shifts/"


def test_a_hospital_system_identifies_and_passes_media_on(settling, alice, insured):
    def post(path, body, key):
        return alice.post(
            f"/api/v1/settlement/{path}",
            json.dumps(body),
            content_type="application/json",
            headers={"Idempotency-Key": key},
        )

    wrong = post("identifications", {"way": "cross_card", "identity": "1"}, "k-0")
    assert wrong.status_code == 422
    assert {one["pointer"] for one in wrong.json()["errors"]} == {"/card", "/card_sn", "/identity"}
    made = [post("identifications", {"way": "identity", "identity": insured["certno"]}, "k-1") for _ in range(2)]
    assert {one.status_code for one in made} == {202}
    assert made[0].json() == made[1].json()
    settling.run_jobs()
    told = alice.get(made[0]["Location"]).json()
    assert (told["state"], told["insurance"]) == ("known", "310")
    assert {one["insurance"] for one in told["insurances"]} == {"310", "390"}
    assert insured["certno"] not in json.dumps(told)
    given = {"obtained_for": "2207A", "kind": "outpatient", "about": told["id"], "medium": "M1"}
    kept = post("control-media", given, "k-2")
    assert kept.status_code == 201
    assert "medium" not in kept.json()
    assert len(alice.get("/api/v1/settlement/control-media").json()["items"]) == 1
    assert post("control-media", {**given, "obtained_for": "5203"}, "k-3").status_code == 422
    with settling.door():
        assert CheckMedium.objects.get().medium.reveal() == "M1"
        assert not UsedVoucher.objects.exists()
        assert Identification.objects.get().asked_at < timezone.now()
