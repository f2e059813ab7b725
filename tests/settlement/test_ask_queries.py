"""Any query of the interface as a form, its answer as tables; dictionaries beside ours."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.audit.models import Event
from portal.gateway.national.classes import current_edition
from portal.gateway.national.models import NationalEdition
from settlement.forms.enquiry import QueryForm
from settlement.models import Enquiry, EnquiryState, Identification, IdentificationState, RegionCodes
from settlement.rules.questions import NUMBERS
from settlement.services.answers import tables_of
from settlement.services.code_lists import adopt, ask_codes, compared, held_list, keep_codes
from settlement.services.enquiries import enquire
from settlement.services.refusals import Refused
from tests.cast import signed_in


@pytest.fixture
def bought(settling):
    """A desk with one purchase that is settled."""
    settlement = settling.bought()
    return settling, settlement


def answered(desk, enquiry):
    desk.run_jobs()
    with desk.door():
        return Enquiry.objects.get(pk=enquiry.pk)


def test_every_query_has_a_form_and_every_answer_becomes_a_table(bought):
    desk, settlement = bought
    with desk.door():
        visit = settlement.visit
        said = {
            "psn_no": visit.person_no.reveal(), "insured_at": visit.insured_at, "setl_id": settlement.setl_id,
            "mdtrt_id": visit.mdtrt_id, "begntime": "2020-01-01", "endtime": "2099-01-01", "begndate": "",
            "updt_time": "2000-01-01", "med_type": visit.med_type, "fixmedins_type": "1", "biz_appy_type": "03",
            "prac_psn_type": "1", "rpotc_no": "R1", "fixmedins_code": "",
        }  # fmt: skip
        edition, asked, unfit = current_edition("test"), {}, {}
        for number in NUMBERS:
            form = QueryForm(number, edition, said, people=[], region="440100")
            if not form.is_valid():
                unfit[number] = dict(form.errors)
                continue
            asked[number] = enquire(number, form.content, by=desk.by, insured_at=form.insured_at, label=form.label)
    assert not (unfit.keys() - {"5402"}), unfit
    while desk.run_jobs():
        pass
    with desk.door():
        found = {one.number: one for one in Enquiry.objects.all()}
        states = {number: (one.state, one.code, one.sentence[:40]) for number, one in found.items()}
        refused = {number for number, said in states.items() if said[0] != EnquiryState.ANSWERED}
        assert not refused - {"5402", "5401"}, states
        assert found["1316"].count > 100, "every page was asked for"
        assert {"5201", "5203", "1201"} <= {number for number in found if found[number].count}, states
        assert visit.person_no.reveal() not in found["5203"].label


def test_what_identifies_a_person_is_masked_until_somebody_says_why(bought, alice_member):
    desk, settlement = bought
    with desk.door():
        visit = settlement.visit
        no, name = visit.person_no.reveal(), visit.name.reveal()
        content = {"data": {"psn_no": no, "mdtrt_id": visit.mdtrt_id}}
        asked = enquire("5203", content, by=desk.by, insured_at=visit.insured_at, label="甲")
        again = enquire("5203", content, by=desk.by, insured_at=visit.insured_at, label="甲")
        assert again.pk == asked.pk, "the same question is asked once"
    asked = answered(desk, asked)
    with desk.door():
        whole = [value for table in tables_of(asked, full=True) for row in table.rows for value in row]
        shown = [value for table in tables_of(asked) for row in table.rows for value in row]
    assert {no, name} <= set(whole)
    assert not {no, name} & set(shown)
    browser: Client = signed_in(alice_member)
    page = browser.get(reverse("settlement:query-detail", args=[asked.pk]))
    text = page.content.decode()
    assert "医疗费总额" in text
    assert f"{settlement.total:,.2f}" in text
    assert no not in text
    assert name not in text
    full = reverse("settlement:query-full", args=[asked.pk])
    assert no not in browser.post(full, {"reason": ""}).content.decode()
    assert no in browser.post(full, {"reason": "核对人员"}).content.decode()
    sheet = browser.get(reverse("settlement:query-detail", args=[asked.pk]) + "?export=1")
    assert sheet.content[:2] == b"PK"
    assert browser.get(reverse("settlement:query-detail", args=[asked.pk]) + "?export=9").status_code == 404
    with desk.door():
        actions = list(Event.objects.values_list("action", flat=True))
        assert {"settlement.enquiry.asked", "settlement.enquiry.read", "settlement.enquiry.exported"} <= set(actions)


def test_a_form_takes_the_person_from_an_identification_and_says_everything_at_once(settling, alice_member):
    browser, address = signed_in(alice_member), reverse("settlement:query-ask", args=["5301"])
    person = settling.patient("chronic")
    with settling.door():
        known = Identification.objects.create(
            environment="test", way="card", certificate={}, certificate_type="02", state=IdentificationState.KNOWN,
            person_no=person.person_no, name_masked="某*", document_masked="990***1234", insured_at=person.insured_at,
        )  # fmt: skip
    text = browser.post(address, {}).content.decode()
    assert "请选择参保人" in text
    assert "某*" in text
    text = browser.post(address, {"psn_no": "123"}).content.decode()
    assert "须同时填写参保地医保区划" in text
    missing = browser.post(reverse("settlement:query-ask", args=["5201"]), {"person": str(known.pk), "begntime": "x"})
    assert missing.content.decode().count("field-error") >= 3
    sent = browser.post(address, {"person": str(known.pk)})
    assert sent.status_code == 302
    settling.run_jobs()
    page = browser.get(sent["Location"]).content.decode()
    assert "门慢门特病种名称" in page
    assert person.person_no not in page
    assert browser.get(reverse("settlement:query")).status_code == 200
    assert "人员慢特病备案查询" in browser.get(reverse("settlement:query-list")).content.decode()
    assert browser.get(reverse("settlement:query-ask", args=["2207"])).status_code == 404


def test_a_lost_answer_is_no_answer_and_is_asked_again(settling):
    settling.sandbox.switch_on("drop_response", codes=["1201"], count=9)
    with settling.door():
        asked = enquire("1201", {"medinsinfo": {"fixmedins_type": "1"}}, by=settling.by)
        nobody = enquire("5301", {"data": {"psn_no": "44010099990000"}}, by=settling.by, insured_at="440100")
        with pytest.raises(Refused, match="必填"):
            enquire("5301", {"data": {}}, by=settling.by, insured_at="440100")
        with pytest.raises(Refused, match="没有这种查询"):
            enquire("2601", {}, by=settling.by)
    assert answered(settling, asked).state == EnquiryState.DOUBTFUL
    refused = answered(settling, nobody)
    assert refused.state == EnquiryState.REFUSED
    assert "44010099990000" not in refused.sentence, "the centre repeats what it was asked"
    assert "440*******0000" in refused.sentence


def test_dictionaries_of_the_centre_stand_beside_ours_and_are_taken_over_by_an_edition(settling, dora_member):
    with settling.door():
        ask_codes(["insutype", "gend"], by=settling.by)
    settling.run_jobs()
    with settling.door():
        same = RegionCodes.objects.get(kind="gend")
        assert same.is_same
        assert same.count
        with pytest.raises(Refused, match="一致"):
            adopt(same, by=dora_member)
        entries = [entry for entry in same.entries if entry[0] != "2"]
        entries += [["7", "第七种", "0", "9", "1", "1"], ["8", "停用的", "0", "9", "0", "1"]]
        entries[0][1] += "性"
        told = keep_codes("test", "gend", entries, date(2026, 1, 1))
        assert (told.added, told.missing, told.renamed) == (1, 1, 1)
        made = adopt(told, by=dora_member)
        assert not NationalEdition.objects.get(pk=made.pk).is_current, "the administrator puts it into use"
        NationalEdition.objects.filter(pk=made.pk).update(is_current=True)
        ours = held_list("gend", current_edition("test"))
        assert not [one for one in compared(ours, told.entries) if one.difference]
    browser = signed_in(dora_member)
    assert "gend" in browser.get(reverse("settlement:code-lists") + "?differing=1").content.decode()
    assert "第七种" in browser.get(reverse("settlement:code-list", args=["gend"])).content.decode()


def test_a_hospital_system_asks_and_reads(bought, alice_member):
    desk, settlement = bought
    with desk.door():
        visit = settlement.visit
        no, asked = visit.person_no.reveal(), {"mdtrt_id": visit.mdtrt_id}
    key: dict[str, Any] = {"HTTP_IDEMPOTENCY_KEY": "q-1", "content_type": "application/json"}
    browser, address = signed_in(alice_member), reverse("api:settlement-api:queries")
    body = {"number": "5203", "content": {"data": {**asked, "psn_no": no}}, "insured_at": visit.insured_at}
    sent = browser.post(address, body, **key)
    assert sent.status_code == 202, sent.content
    assert browser.post(address, body, **key).json()["id"] == sent.json()["id"]
    wrong = browser.post(
        address,
        {"number": "5203", "content": {"data": {}}},
        **{**key, "HTTP_IDEMPOTENCY_KEY": "q-2"},
    )
    assert {one["pointer"] for one in wrong.json()["errors"]} >= {"/psn_no", "/mdtrt_id"}
    desk.run_jobs()
    found = browser.get(sent["Location"]).json()
    assert (found["state"], found["answer"]["setlinfo"][0]["psn_no"]) == ("answered", no)
    assert browser.get(address).json()["items"][0]["number"] == "5203"
    assert browser.get(reverse("api:settlement-api:catalogue-entries") + "?q=x").json()["items"] == []
