"""Filings over the wire: made from the table, decided by the centre, taken back, in doubt proven or given to people."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.gateway.journal import Operation, State
from portal.gateway.national.keeping import bring_edition, use_edition
from portal.gateway.sandbox.national.editions import SAMPLE
from settlement.models import Filing, FilingState
from settlement.rules.identity import Certificate
from settlement.services.filings import file, start_look, withdraw
from settlement.services.identity import identify
from settlement.services.refusals import Refused


def day(days=0):
    return f"{timezone.localdate() + timedelta(days=days)}"


TRANSFER = {
    "insutype": "310",
    "diag_code": "C34.900",
    "diag_name": "肺恶性肿瘤",
    "reflin_medins_no": "H44010000002",
    "reflin_medins_name": "样例省级医院",
    "mdtrtarea_admdvs": "440100",
    "refl_type": "2",
    "refl_rea": "本院不具备条件",
    "refl_opnn": "同意转院",
}


def chronic(patient):
    return {
        "insutype": patient.insurance,
        "insu_optins": patient.insured_at,
        "opsp_dise_code": "M01600",
        "opsp_dise_name": "糖尿病",
        "ide_fixmedins_no": "H44010000001",
        "ide_fixmedins_name": "样例医院",
        "hosp_ide_date": day(),
        "diag_dr_codg": "D5101000001",
        "diag_dr_name": "沐样例",
        "begndate": day(),
    }


@pytest.fixture
def known(settling):
    """Somebody who was identified."""
    patient = settling.patient()
    with settling.door():
        found = identify(Certificate("02", patient.document, name=patient.name), by=settling.by)
    settling.run_jobs()
    with settling.door():
        found.refresh_from_db()
    return patient, found


def filed(settling, kind, values, found):
    with settling.door():
        made = file(kind, values, found, by=settling.by)
    settling.carry()
    return now(settling, made)


def now(settling, filing):
    with settling.door():
        return Filing.objects.select_related("operation").get(pk=filing.pk)


def taken_back(settling, filing):
    with settling.door():
        operation = withdraw(filing, by=settling.by, memo="填写有误")
    assert operation.state == State.DRAFT
    settling.approve(operation)
    settling.carry()
    return now(settling, filing)


def test_a_filing_is_submitted_confirmed_and_taken_back(settling, known):
    patient, found = known
    with settling.door(), pytest.raises(Refused, match="开始日期") as refused:
        file("chronic", {**chronic(patient), "begndate": "", "diag_dr_name": ""}, found, by=settling.by)
    assert {name for name, _ in refused.value.faults} == {"begndate", "diag_dr_name"}
    filing = filed(settling, "chronic", chronic(patient), found)
    assert (filing.state, bool(filing.number), filing.name) == (FilingState.SUBMITTED, True, "糖尿病"), filing.note
    with settling.door(), pytest.raises(Refused, match="已有同样的备案"):
        file("chronic", chronic(patient), found, by=settling.by)
    with settling.door():
        start_look(filing, by=settling.by)
    settling.run_jobs()
    assert (now(settling, filing).state, "还没有审核" in now(settling, filing).note) == (FilingState.SUBMITTED, True)
    settling.sandbox.act(
        "national", "decide", party=settling.party.app_code, trt_dcla_detl_sn=filing.number, approved=True
    )
    with settling.door():
        start_look(filing, by=settling.by)
    settling.run_jobs()
    assert now(settling, filing).state == FilingState.CONFIRMED
    refused = taken_back(settling, filing)  # decided filings are the centre's
    assert (refused.state, "7402" in refused.note) == (FilingState.CONFIRMED, True)

    transfer = filed(settling, "transfer", {**TRANSFER, "refl_date": day()}, found)
    assert transfer.state == FilingState.SUBMITTED, transfer.note
    assert taken_back(settling, transfer).state == FilingState.WITHDRAWN
    assert [one["code"] for one in settling.effects("2501", "2501A", "2502", "2503", "2504")] == [
        *("2503", "2501A", "2502"),
    ]


@pytest.mark.parametrize(("fault", "verdict"), [("drop_response", "applied"), ("drop_request", "not_applied")])
def test_a_transfer_in_doubt_is_proven_by_5304(settling, known, fault, verdict):
    settling.sandbox.switch_on(fault, count=1, codes=["2501A"])
    settling.sandbox.switch_on(fault, count=1, codes=["2502"])
    filing = filed(settling, "transfer", {**TRANSFER, "refl_date": day()}, known[1])
    assert filing.state == FilingState.SUBMITTED
    with settling.door():
        operation = Operation.objects.get(kind="2501A")
        assert [one.verdict for one in operation.evidence_rows.all()] == [verdict]
    if verdict == "applied":  # 5304 has no number, so only the centre can take it back
        assert "流水号" in filing.note
        with settling.door(), pytest.raises(Refused, match="在医保中心撤销"):
            withdraw(filing, by=settling.by, memo="填写有误")
    else:
        assert taken_back(settling, filing).state == FilingState.WITHDRAWN
    assert len(settling.effects("2501A")) == 1


def test_silence_of_a_query_that_lists_only_approved_filings_proves_nothing(settling, known):
    patient, found = known
    settling.sandbox.switch_on("drop_response", count=1, codes=["2503"])
    filing = filed(settling, "chronic", chronic(patient), found)
    assert (filing.state, filing.operation.is_doubtful) == (FilingState.SENDING, True)
    (effect,) = settling.effects("2503")
    settling.sandbox.act("national", "decide", party=settling.party.app_code, trt_dcla_detl_sn=effect["business_key"])
    settling.carry()
    assert now(settling, filing).state == FilingState.SUBMITTED
    assert len(settling.effects("2503")) == 1


def test_the_form_is_made_from_the_table_and_pages_work(settling, known, alice):
    _, found = known
    address = reverse("settlement:filing-new", args=["transfer"]) + f"?identification={found.pk}"
    page = alice.get(address).content.decode()
    assert "转往医院名称" in page
    assert "转往省内异地" in page
    wrong = alice.post(address, {"person": str(found.pk), **TRANSFER})
    assert "请填写转院日期" in wrong.content.decode()
    sent = alice.post(address, {"person": str(found.pk), **TRANSFER, "refl_date": day()})
    assert sent.status_code == 302
    settling.carry()
    detail = alice.get(sent.url).content.decode()
    assert "样例省级医院" in detail
    assert found.person_no.reveal() not in detail
    assert "样例省级医院" in alice.get(reverse("settlement:filing-list")).content.decode()
    assert alice.get(reverse("settlement:filing-new", args=["two"])).status_code == 404


def test_a_province_own_filing_comes_with_its_edition(settling, known, alice):
    patient, found = known
    with settling.door():
        use_edition(bring_edition(json.loads(SAMPLE.read_text(encoding="utf-8")), by=settling.by), by=settling.by)
    assert "两病病种编码" in alice.get(reverse("settlement:filing-new", args=["two"])).content.decode()
    values = {"insutype": patient.insurance, "two_dise_code": "M00200", "two_dise_name": "高血压", "begndate": day()}
    values |= {"diag_date": day(), "diag_dr_codg": "D5101000001", "diag_dr_name": "沐样例"}
    filing = filed(settling, "two", values, found)
    assert (filing.state, filing.transaction) == (FilingState.SUBMITTED, "Z1101"), filing.note
    assert taken_back(settling, filing).state == FilingState.WITHDRAWN
