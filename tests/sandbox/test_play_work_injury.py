"""The three flows of the work-injury specification over the wire, and what the centre knows afterwards."""

from dataclasses import replace
from decimal import Decimal

import pytest

from portal.gateway.wire import Outcome
from tests.jobs.waiting import until
from tests.sandbox.injury_hospital import Hospital, advice, as_cross, days


@pytest.fixture
def hospital(injury_counterpart):
    return Hospital(injury_counterpart("HOSP1", institution={"code": "H15050000001", "name": "沙箱医院"}))


def test_an_old_injury_goes_from_the_search_to_the_final_sheet(hospital):
    person = hospital.person("inpatient")
    injuries = hospital.ask("getInjuryByNameAndId", {"aac002": person["aac002"], "aac003": person["aac003"]}).require()
    assert injuries.counts == len(injuries.lc01s.lc01) == len(person["injuries"])
    number = injuries.lc01s.lc01[-1].alca02 or injuries.lc01s.lc01[0].alca02
    assert hospital.ask("getCure", {"alca02": number}).code in ("0", "190002")
    hospital.taken.clear()
    stay = hospital.admit()
    drug, treatment = hospital.item("0"), hospital.item("1")
    assert hospital.upload(stay, hospital.line(drug, aae080="YZ1"), advices=[advice()]).require().counts == 1
    dear = Decimal(treatment["price_limit"]) + 10
    assert (
        hospital.upload(stay, hospital.line(treatment, alc405=str(dear), alc407=str(dear * 2)), hospital.outside())
        .require()
        .counts
        == 2
    )
    approval = hospital.approve(stay).require()
    total = Decimal(drug["price"]) * 2 + dear * 2 + Decimal("12.5")
    assert approval.alc407 == total
    sums = {one.aka063: one.alc407 for one in approval.collections.collection}
    assert sums == {"11": Decimal(drug["price"]) * 2 + Decimal("12.5"), treatment["aka063"]: dear * 2}
    before = hospital.sheet(stay)
    assert [(one.marktype, one.alc408) for one in before.kc22dtos.kc22dto] == [("5", 20), ("1", Decimal("12.5"))]
    assert (before.akc667, before.akc194, before.hsfbtje) == ("0", "", 0)
    content = hospital.discharge(stay, km12s={"km12": [hospital.invoice(str(total))]})
    assert hospital.code("leaveHos", content) == "0"
    hospital.act("audit", akc190=stay["akc190"], deductions=[{"name": "换药", "rejected": "3", "reason": "12"}])
    after = hospital.sheet(stay)
    assert (after.akc667, after.akc194, after.hsfbtje) == ("1", days(), 100)
    assert (after.alc408sum, after.jjin) == (Decimal("35.50"), total - Decimal("35.5"))
    assert after.ylaccounts == after.jjin + 100
    assert hospital.code("leaveHosUndo", {"akc190": stay["akc190"]}) == "120003"
    known = hospital.state(stay)
    assert (known["state"], known["count"], known["invoices"][0]["money"]) == ("audited", 3, f"{total:.2f}")


def test_a_new_injury_needs_neither_number_nor_report(hospital):
    reported, silent = hospital.admit("new"), hospital.admit("new_unreported")
    assert hospital.ask("getReport", {"aac001": reported["aac001"]}).require().ldc1[0].aac003 == reported["aac003"]
    assert hospital.ask("getReport", {"aac001": silent["aac001"]}).require().ldc1 == []
    for stay in (reported, silent):
        hospital.upload(stay, hospital.line()).require()
        hospital.approve(stay).require()
        hospital.ask("leaveHos", hospital.discharge(stay)).require()
        assert hospital.state(stay)["state"] == "discharged"


def test_another_province_has_messages_of_its_own(hospital):
    stay = hospital.admit("cross")
    filings = hospital.ask("getBSTdjyba", {"aac002": stay["aac002"], "aac003": stay["aac003"]}).require().Bs001Gets
    assert {one.alc011 for one in filings} >= {stay["alc011"]}
    outside = as_cross(hospital.outside("SZFZL999"), "01")
    assert hospital.upload(stay, hospital.cross_line(), outside).require().count == 2
    assert hospital.ask("sendMedInfo", {"akc190": stay["akc190"], "meds": {"med": [hospital.line()]}}).code == "81006"
    total = hospital.approve(stay).require().alc407
    paper = hospital.invoice(str(total), invoiceType=None, filetype="01")
    plan = hospital.invoice("0", invoiceType=None, filetype="02")
    content = hospital.cross_discharge(stay, bskm12s={"bskm12": [paper, plan]})
    assert hospital.code("offsiteLeaveHos", content) == "0"
    assert hospital.sheet(stay).alc407sum == total
    assert len(hospital.state(stay)["invoices"]) == 2
    assert hospital.code("offsiteLeaveHosUndo", {"akc190": stay["akc190"]}) == "0"
    assert hospital.state(stay)["invoices"] == []
    assert hospital.code("medInfoInvalidData", {"akc190": stay["akc190"]}) == "0"
    assert hospital.code("offsiteRegisterUndo", {"akc190": stay["akc190"], "alc011": stay["alc011"]}) == "0"
    assert all(one["undone_by"] for one in hospital.party.effects("sendBsMedInfo"))


def test_a_repeated_batch_really_doubles_and_a_wipe_takes_all_of_it_back(hospital):
    stay = hospital.admit()
    batch = [hospital.line(), hospital.line(quantity=5, alc400="CF9")]
    once = hospital.upload(stay, *batch).require() and hospital.approve(stay).require().alc407
    hospital.upload(stay, *reversed(batch)).require()
    assert hospital.approve(stay).require().alc407 == once * 2
    assert sorted(times for *_, times in hospital.state(stay)["lines"]) == [2, 2]
    effects = hospital.party.effects("sendMedInfo")
    assert [(one["duplicate"], one["detail"]["repeated"]) for one in effects] == [(False, 0), (True, 2)]
    assert hospital.party.truth()["totals"]["sendMedInfo"]["amounts"] == {"amount": f"{once * 2:.2f}", "rows": 4}
    refund = [hospital.line(quantity=-2), hospital.line(quantity=-5, alc400="CF9")]
    hospital.upload(stay, *refund).require()
    hospital.upload(stay, *batch).require()
    assert [one["duplicate"] for one in hospital.party.effects("sendMedInfo")] == [False, True, False, False]
    assert hospital.code("invalidData", {"akc190": stay["akc190"]}) == "0"
    assert (hospital.state(stay)["count"], hospital.approve(stay).code) == (0, "91006")
    assert all(one["undone_by"] for one in hospital.party.effects("sendMedInfo"))


def test_a_partial_batch_says_honestly_how_much_was_stored(hospital):
    stay = hospital.admit()
    hospital.party.sandbox.switch_on("partial_batch", codes=["sendMedInfo"], count=1)
    answer = hospital.upload(stay, *(hospital.line(alc400=f"CF{number}") for number in range(5)))
    assert answer.require().counts == 3
    assert [one[0] for one in hospital.state(stay)["lines"]] == ["CF0", "CF1", "CF2"]


@pytest.mark.parametrize(("ending", "outcome"), [("-REJECT", Outcome.REJECTED), ("-GARBLE", Outcome.UNKNOWN)])
def test_a_magic_number_asks_for_its_fault(hospital, ending, outcome):
    number = f"ZY-MAGIC{ending}"
    assert hospital.ask("register", hospital.admission(akc190=number)).outcome is outcome
    admitted = hospital.party.truth()["state"]["HOSP1"]["admissions"]
    assert (number in admitted) is (outcome is not Outcome.REJECTED)


def test_an_answer_that_comes_too_late_leaves_its_effect(hospital):
    content = hospital.admission(akc190="ZY-MAGIC-TIMEOUT")
    hospital.party.sign_in()
    hospital.party.settings = replace(hospital.party.settings, read_timeout=0.5)
    assert hospital.ask("register", content).outcome is Outcome.UNKNOWN
    until(lambda: "ZY-MAGIC-TIMEOUT" in hospital.party.truth()["state"]["HOSP1"]["admissions"])


def test_a_lost_answer_leaves_its_effect(hospital):
    stay = hospital.admit()
    hospital.party.sandbox.switch_on("drop_response", codes=["sendMedInfo"], count=1)
    assert hospital.upload(stay, hospital.line()).outcome is Outcome.UNKNOWN
    assert hospital.state(stay)["count"] == 1


def test_a_rehabilitation_loses_the_drugs_beyond_its_share(hospital):
    stay = hospital.admit("rehabilitation")
    drug = hospital.item("0")
    hospital.upload(stay, hospital.line(drug, quantity=10)).require()
    share = hospital.ask("getPerMed", {"akc190": stay["akc190"]}).require()
    assert (share.alc407per, share.alc407med) == ("100.00%", share.alc407sum)
    hospital.approve(stay).require()
    hospital.ask("leaveHos", hospital.discharge(stay)).require()
    assert hospital.sheet(stay).kc22dtos.kc22dto == []
    hospital.act("audit", akc190=stay["akc190"])
    (row,) = hospital.sheet(stay).kc22dtos.kc22dto
    assert (row.alc403, row.alc408) == ("药占比扣除", (share.alc407sum * Decimal("0.6")).quantize(Decimal("0.01")))


def test_uploaded_people_are_found_by_day_number_and_person(hospital):
    first, second = hospital.charged(), hospital.charged("new")
    assert hospital.code("getPerDetail", {"aac003": "没有这个人"}) == "230003"
    rows = hospital.ask("getPerDetail", {}).require().detailcolls.detailData
    assert [row.akc190 for row in rows] == [first["akc190"], second["akc190"]]
    asked = {"akc192s": days(-6), "akc192e": days(-4), "akc190": second["akc190"], "aac002": second["aac002"]}
    (row,) = hospital.ask("getPerDetail", asked).require().detailcolls.detailData
    assert (row.alc407per, row.auditlevel, row.alca18) == ("100.00%", "未审核", "1")
    assert hospital.code("getPerDetail", {"akc192s": days(-1)}) == "230003"


def test_cards_are_checked_and_read(hospital):
    people = hospital.act("people")["people"]
    seen = {one["card_state"]: one for one in people}
    assert {"1", "2", "3"} <= seen.keys()
    for state, person in seen.items():
        plastic = {"aaz500": person["card_no"], "aaz501": person["card_code"]}
        checked = hospital.ask("sbkAuth", plastic | {"aac002": person["aac002"], "aac003": person["aac003"]}).require()
        assert (checked.result == "1", bool(checked.errmsg)) == (state == "1", state != "1")
        assert hospital.ask("dzSbkAuth", {"qrcode": person["qrcode"]}).require().aaz502 == state
        assert hospital.ask("parsingQrcode", {"qrcode": person["qrcode"]}).require().aac147 == person["aac002"]
        assert hospital.ask("parsingSbk", plastic).require().aaz502 == state
    wrong = {"aaz500": seen["1"]["card_no"], "aaz501": "0" * 32, "aac002": "1", "aac003": "没有这个人"}
    assert hospital.ask("sbkAuth", wrong).require().result == "0"
    assert hospital.code("dzSbkAuth", {"qrcode": "NOBODY"}) == "1004"


def test_batch_queries_ask_by_days_and_swap_two_items(hospital):
    rows = hospital.ask("getCureBatch", {"akc176s": days(-200), "akc176e": days()}).require().lkb7s.lkb7
    assert {row.akc175 for row in rows} == {"0", "1", "2", "5"}
    approved = next(row for row in rows if row.akc175 == "1")
    (same,) = (
        row
        for row in hospital.ask("getCure", {"alca02": approved.alca02}).require().lkb7s.lkb7
        if row.aae073 == approved.aae073
    )
    assert (same.akc178, same.akc192) == (approved.akc192, approved.akc178)
    reports = hospital.ask("getReportBatch", {"aae035": "2015-01-01", "aae037": days()}).require().ldch
    assert {row.clc004 for row in reports} >= {"00", "10", "40"}


def test_there_is_a_catalogue_with_limits_versions_and_items_that_ran_out(hospital):
    found = hospital.act("catalogue", all_versions=True)
    assert len({one["code"] for one in found["items"]}) >= 400
    assert found["total"] > 420
    assert {one["kind"] for one in found["items"]} == {"0", "1", "9"}
    assert hospital.act("catalogue", valid=False)["total"] >= 10
    published = hospital.act("publish", code=found["items"][0]["code"], price_limit="9.99")
    assert published["version"] == str(int(found["items"][0]["version"]) + 1)
