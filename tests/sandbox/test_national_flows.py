"""Purchase, outpatient visit and stay over the wire, there and back; balances end where they began."""

from decimal import Decimal

import pytest

from portal.gateway.wire import Outcome
from tests.sandbox.national_clinic import Clinic, balanced


@pytest.fixture
def clinic(national_counterpart):
    return Clinic(national_counterpart("FLOW"))


def refused(exchange, code):
    assert exchange.outcome == Outcome.REJECTED, exchange
    assert f"{code} " in exchange.sentence, exchange.sentence


def test_a_purchase_is_settled_doubled_and_taken_back(clinic):
    patient = clinic.patient("employee")
    before = clinic.balance(patient)
    content = clinic.purchase(patient, clinic.line("X00000001", "12.50", 2), clinic.line("X00000006", "30.00"))
    foretold = clinic.ask("2101A", content, patient).require()
    first = clinic.ask("2102A", content, patient)
    paid = first.require()
    assert balanced(paid.setlinfo)
    assert paid.setlinfo.acct_pay == foretold.setlinfo.acct_pay == Decimal("55.00")
    assert paid.setlinfo.medins_setl_id == first.msgid
    assert len(paid.detlcutinfo) == 2
    again = clinic.ask("2102A", content, patient).require()
    assert again.setlinfo.setl_id != paid.setlinfo.setl_id
    effects = clinic.party.effects("2102A")
    assert [one["duplicate"] for one in effects] == [False, True]
    assert clinic.balance(patient) == before - Decimal("110.00")
    patient.mdtrt_id = paid.setlinfo.mdtrt_id
    gone = clinic.undo("2103", patient, setl_id=paid.setlinfo.setl_id).require()
    assert gone.setlinfo.medfee_sumamt == Decimal("-55.00")
    refused(clinic.undo("2103", patient, setl_id=paid.setlinfo.setl_id), "7104")
    clinic.reverse(patient, effects[1]["nonce"], "2102A").require()
    assert clinic.balance(patient) == before
    assert clinic.state()["settled"]["count"] == 0
    refused(clinic.reverse(patient, effects[1]["nonce"], "2102A"), "7603")


def test_an_outpatient_pays_two_bills_and_goes_back_from_every_depth(clinic):
    start = clinic.state()
    patient = clinic.outpatient("employee", voucher=True)
    clinic.bill(patient, "B1", clinic.line("F00000001", "400.00"), clinic.line("X00000003", "80.00", 2)).require()
    clinic.bill(patient, "B2", clinic.line("F00000002", "300.00"), clinic.line("T00000006", "3.00", 10)).require()
    assert balanced(clinic.foretell(patient, "B1").require().setlinfo)
    one = clinic.settle(patient, "B1", voucher=True).require()
    two = clinic.settle(patient, "B2").require()
    for paid in (one, two):
        assert balanced(paid.setlinfo)
        assert sum(share.fund_payamt for share in paid.setldetail) == paid.setlinfo.fund_pay_sumamt
    assert one.setlinfo.act_pay_dedc > 0
    refused(clinic.settle(patient, "B1"), "7304")
    refused(clinic.undo("2205", patient, chrg_bchno="B1"), "7205")
    refused(clinic.undo("2202", patient, ipt_otp_no=patient.number), "7111")
    clinic.undo("2208", patient, setl_id=one.setlinfo.setl_id).require()
    clinic.settle(patient, "B1").require()
    found = [each for each in clinic.state()["settlements"].items() if each[1]["state"] == "live"]
    for setl_id, _ in found:
        clinic.undo("2208", patient, setl_id=setl_id).require()
    clinic.undo("2205", patient, chrg_bchno="0000").require()
    clinic.undo("2202", patient, ipt_otp_no=patient.number).require()
    end = clinic.state()
    for name in ("balances", "cumulated", "settled", "visits"):
        assert end[name] == start[name], name
    assert not [
        one for one in clinic.party.effects() if one["code"] in ("2201", "2204", "2207A") and not one["undone_by"]
    ]


def test_a_reversed_admission_never_was(clinic):
    patient = clinic.patient("civil")
    admitted = clinic.ask("2401", clinic.admission(patient), patient)
    patient.mdtrt_id = admitted.require().result.mdtrt_id
    clinic.charge(patient, clinic.line()).require()
    refused(clinic.reverse(patient, admitted.msgid, "2401"), "7111")
    clinic.ask("2302", {"data": [clinic.named(patient, feedetl_sn="0000")]}, patient).require()
    clinic.reverse(patient, admitted.msgid, "2401").require()
    assert clinic.state()["visits"] == {}
    assert all(one["undone_by"] for one in clinic.party.effects() if one["code"] in ("2401", "2301"))


def test_a_stay_is_settled_and_taken_back(clinic):
    start = clinic.state()
    patient = clinic.admit("resident")
    refused(clinic.ask("2401", clinic.admission(patient), patient), "7105")
    clinic.charge(patient, clinic.line("F00000001", "4000.00"), clinic.line("C00000002", "900.00")).require()
    clinic.charge(patient, clinic.line("X00000001", "50.00", 3)).require()
    assert balanced(clinic.ask("2303A", clinic.stay(patient), patient).require().setlinfo)
    refused(clinic.ask("2304A", clinic.stay(patient), patient), "7109")
    refused(clinic.discharge(patient, days=-4), "7113")
    clinic.discharge(patient).require()
    paid = clinic.ask("2304A", clinic.stay(patient), patient).require()
    assert balanced(paid.setlinfo)
    assert paid.setlinfo.acct_pay == 0
    refused(clinic.ask("2304A", clinic.stay(patient), patient), "7304")
    refused(clinic.undo("2405", patient), "7112")
    clinic.undo("2305", patient, setl_id=paid.setlinfo.setl_id).require()
    clinic.undo("2405", patient).require()
    refused(clinic.undo("2404", patient), "7111")
    data = [clinic.named(patient, feedetl_sn="0000")]
    clinic.ask("2302", {"data": data}, patient).require()
    clinic.undo("2404", patient).require()
    end = clinic.state()
    for name in ("balances", "cumulated", "settled", "visits"):
        assert end[name] == start[name], name
