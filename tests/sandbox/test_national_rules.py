"""Who is refused what at the national interface's centre, and what its faults and reversals leave behind."""

from decimal import Decimal

import pytest

from portal.gateway.wire import Outcome
from tests.sandbox.national_clinic import Clinic, balanced
from tests.sandbox.test_national_flows import refused


@pytest.fixture
def clinic(national_counterpart):
    return Clinic(national_counterpart("RULES"))


def test_people_are_known_by_four_certificates_and_a_voucher_serves_once(clinic):
    patient, foreign, cross = (clinic.patient(kind) for kind in ("both", "foreign", "cross"))
    person = patient.person
    own = {"psn_cert_type": "01", "certno": person["certno"], "psn_name": person["psn_name"]}
    code = clinic.voucher(patient)
    by_code = {"mdtrt_cert_type": "01", "mdtrt_cert_no": code, **own}
    assert [one.insutype for one in clinic.identify(**by_code).require().insuinfo] == ["310", "390"]
    refused(clinic.identify(**by_code), "7006")
    refused(clinic.identify(**by_code | {"mdtrt_cert_no": "1" * 28}), "7005")
    by_number = {"mdtrt_cert_type": "02", "mdtrt_cert_no": person["certno"], **own}
    assert clinic.identify(**by_number).require().baseinfo.psn_no == patient.psn_no
    refused(clinic.identify(**by_number | {"psn_name": "旁人"}), "7009")
    card = {"mdtrt_cert_type": "03", "mdtrt_cert_no": cross.person["card_no"], "card_sn": cross.person["card_sn"]}
    card |= {"psn_cert_type": "1", "certno": cross.person["certno"], "psn_name": cross.person["psn_name"]}
    found = clinic.identify(**card).require()
    assert found.insuinfo[0].insuplc_admdvs == "510100" != clinic.party.settings.region
    refused(clinic.identify(**card | {"card_sn": "0" * 32}), "7008")
    number = foreign.person["certno"]
    papers = {"mdtrt_cert_type": "03", "mdtrt_cert_no": number, "card_sn": number, "psn_cert_type": "99"}
    papers |= {"certno": number, "psn_name": foreign.person["psn_name"]}
    assert clinic.identify(**papers).require().baseinfo.psn_no == foreign.psn_no
    refused(
        clinic.ask("2201", clinic.registration(patient, mdtrt_cert_type="01", mdtrt_cert_no="9" * 28), patient), "7005"
    )
    fresh = clinic.voucher(patient)
    content = clinic.registration(patient, mdtrt_cert_type="01", mdtrt_cert_no=fresh)
    refused(clinic.ask("2201", content, patient), "7007")
    refused(clinic.ask("2201", clinic.registration(patient), patient, insured_at="999900"), "7002")
    paused = clinic.patient("suspended")
    refused(clinic.ask("2201", clinic.registration(paused), paused), "7004")


def test_lines_and_sums_that_do_not_fit_are_refused_and_nothing_is_kept(clinic):
    patient = clinic.outpatient("cross")
    line = clinic.line("X00000003", "80.00", 2)
    refused(clinic.bill(patient, "B1", line | {"det_item_fee_sumamt": Decimal("160.02")}), "7206")
    refused(clinic.bill(patient, "B1", line, line), "7201")
    mixed = [clinic.line() | {"chrg_bchno": "B1", "dise_codg": code} for code in ("M1", "M2")]
    more = {"bilg_dept_codg": "A03", "bilg_dept_name": "内科", "bilg_dr_codg": "D1", "bilg_dr_name": "沐医师"}
    more |= {"hosp_appr_flag": "1"} | clinic.named(patient)
    refused(clinic.ask("2204", {"feedetail": [one | more for one in mixed]}, patient), "7203")
    clinic.bill(patient, "B1", line).require()
    refused(clinic.bill(patient, "B1", clinic.line()), "7202")
    patient.bills["B1"] = [line]
    refused(clinic.settle(patient, "B1", medfee_sumamt=Decimal("161.00")), "7302")
    refused(clinic.settle(patient, "B1", inscp_scp_amt=Decimal("1.00")), "7303")
    refused(clinic.foretell(patient, "B9", medfee_sumamt=Decimal("160.00")), "7301")
    data = {name: one for name, one in clinic.settling(patient, "B1").items() if name not in ("psn_type", "psn_name")}
    refused(clinic.ask("2207", {"data": data}, patient), "7011")
    assert balanced(clinic.settle(patient, "B1").require().setlinfo)
    assert not [one for one in clinic.party.effects("2204") if one["undone_by"]]


def test_nobody_reaches_another_institutions_visit(clinic, national_counterpart):
    patient = clinic.outpatient("employee")
    other = Clinic(national_counterpart("OTHER", code="H44010000002"))
    stranger = other.patient("employee")
    stranger.mdtrt_id = patient.mdtrt_id
    refused(other.undo("2202", stranger, ipt_otp_no=patient.number), "7102")
    refused(other.ask("2202", {"data": clinic.named(patient, ipt_otp_no="1")}, patient), "7001")


def test_2601_makes_a_message_never_have_been(clinic):
    patient = clinic.outpatient("retired")
    before = clinic.state()
    clinic.bill(patient, "B1", clinic.line("F00000006", "500.00"), clinic.line("X00000001", "90.00")).require()
    settled = clinic.settle(patient, "B1", acct_used_flag="2")
    paid = settled.require().setlinfo
    assert balanced(paid)
    refused(clinic.reverse(patient, settled.msgid[:-1] + "X", "2207A"), "7601")
    refused(clinic.reverse(patient, settled.msgid, "2204"), "7602")
    refused(clinic.reverse(clinic.patient("employee"), settled.msgid, "2207A"), "7605")
    undo = clinic.undo("2208", patient, setl_id=paid.setl_id)
    clinic.reverse(patient, undo.msgid, "2208").require()
    assert clinic.state()["settlements"][paid.setl_id]["state"] == "live"
    assert [one["undone_by"] for one in clinic.party.effects("2207A")] == [None]
    reversal = clinic.reverse(patient, settled.msgid, "2207A")
    assert reversal.outcome == Outcome.OK
    refused(clinic.reverse(patient, settled.msgid, "2207A"), "7603")
    refused(clinic.reverse(patient, reversal.msgid, "2601"), "7604")
    refused(clinic.ask("5203", {"data": clinic.named(patient, setl_id=paid.setl_id)}, patient), "7512")
    after = clinic.state()
    for name in ("balances", "cumulated", "settled"):
        assert after[name] == before[name], name
    assert balanced(clinic.settle(patient, "B1").require().setlinfo)


def test_faults_lose_answers_but_not_the_truth(clinic):
    patient = clinic.outpatient("employee")
    sandbox = clinic.party.sandbox
    sandbox.switch_on("partial_batch", codes=["2204"], count=1)
    lines = [clinic.line("X00000001", "10.00") for _ in range(4)]
    assert len(clinic.bill(patient, "B1", *lines).require().result) == 2
    patient.bills["B1"] = patient.bills["B1"][:2]
    sandbox.switch_on("drop_response", codes=["2207A"], count=1)
    lost = clinic.settle(patient, "B1")
    assert lost.outcome == Outcome.UNKNOWN
    found = clinic.ask("5203", {"data": clinic.named(patient)}, patient).require().setlinfo
    assert [one.medins_setl_id for one in found] == [lost.msgid]
    sandbox.switch_on("drop_request", codes=["2208"], count=1)
    assert clinic.undo("2208", patient, setl_id=found[0].setl_id).outcome == Outcome.UNKNOWN
    assert clinic.state()["settled"]["count"] == 1
    other = clinic.patient("employee")
    other.number = "MZ1-REJECT"
    assert clinic.ask("2201", clinic.registration(other), other).outcome == Outcome.REJECTED
