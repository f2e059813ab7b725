"""Who comes to the desk, over the wire: the ways of showing it, insurances and entitlements, codes that serve once."""

from dataclasses import replace

import pytest
from django.utils import timezone

from portal.access.door import tenant_tx
from portal.gateway.channels.models import Channel
from portal.gateway.journal.models import Attempt
from portal.gateway.journal.services import subject_text
from settlement.models import CheckMedium, Identification, UsedVoucher
from settlement.rules.identity import Way, shown
from settlement.services.control import ask_desk, keep_medium, refuse_without_medium
from settlement.services.identity import (
    ask_again,
    choose_insurance,
    fresh_certificate,
    identify,
    patient_of,
    person_shown,
)
from settlement.services.pharmacy import begin_purchase
from settlement.services.refusals import Refused
from settlement.services.vouchers import REGISTRATION, SETTLEMENT, spend_voucher
from tests.settlement.settling_desk import line


@pytest.fixture
def desk(settling):
    return settling


def person(desk, kind="employee"):
    told = desk.sandbox.act("national", "people", party=desk.party.app_code, kind=kind, limit=1)
    return told["people"][0]


def identified(desk, way, by=None, med_type="11", about="", **given):
    with desk.door():
        made = shown(way, given, timezone.localdate())
        found = identify(made, by=by or desk.by, way=way, med_type=med_type, about=about)
    desk.run_jobs()
    with desk.door():
        return Identification.objects.get(pk=found.pk)


def seen(found):
    shown = person_shown(found)
    assert shown
    return shown


def switched(desk, **switches):
    with desk.door():
        channel = Channel.objects.get(gateway="national")
        channel.switches = {**channel.switches, **switches}
        channel.save()


def test_the_four_ways_find_the_same_people(desk):
    insured, cross, foreign = person(desk), person(desk, "cross"), person(desk, "foreign")
    code = desk.sandbox.act("national", "vouchers", party=desk.party.app_code, psn_no=insured["psn_no"])["codes"][0]
    card = {"card": cross["card_no"], "card_sn": cross["card_sn"], "identity": cross["certno"]}
    found = [
        (insured, identified(desk, Way.VOUCHER, code=code)),
        (insured, identified(desk, Way.IDENTITY, identity=insured["certno"], name=insured["psn_name"])),
        (cross, identified(desk, Way.CROSS_CARD, **card)),
        (foreign, identified(desk, Way.PAPER, document=foreign["certno"])),
    ]
    with desk.door():
        for expected, one in found:
            assert one.state == "known", one.sentence
            patient = patient_of(one)
            assert (patient.person_no, patient.document) == (expected["psn_no"], expected["certno"])
            assert patient.insured_at == expected["insurances"][0]["insuplc_admdvs"]
            assert expected["certno"] not in f"{one} {one.name_masked} {one.document_masked} {one.sentence}"
        told = seen(found[0][1])
        assert told.insurances[0].balance is not None
        assert told.insurances[0].is_granted
        # Everything about a person names their region in the envelope, and is asked by whoever stands there.
        assert {one.asked_by for one in Attempt.objects.filter(kind="2001")} == {desk.by.label}


def test_a_suspended_insurance_is_not_used_when_there_is_another(desk):
    both = person(desk, "both")
    found = identified(desk, Way.IDENTITY, identity=both["certno"])
    with desk.door():
        insurances = seen(found).insurances
        assert found.insurance == "310"
        other = next(one for one in insurances if one.insurance == "390")
        choose_insurance(found, other.key, by=desk.by)
        assert patient_of(found).insurance == "390"
        with pytest.raises(Refused):
            choose_insurance(found, "999-000000", by=desk.by)
    paused = person(desk, "suspended")
    found = identified(desk, Way.IDENTITY, identity=paused["certno"])
    with desk.door():
        assert not seen(found).insurances[0].is_in_force
        assert not seen(found).insurances[0].has_been_checked


def test_a_wrong_name_is_the_centres_refusal(desk):
    insured = person(desk)
    found = identified(desk, Way.IDENTITY, identity=insured["certno"], name="别人")
    assert found.state == "refused"
    assert "7009" in found.sentence
    with desk.door(), pytest.raises(Refused, match="还没有识别成功"):
        patient_of(found)


def test_a_code_serves_once_and_a_settlement_wants_a_fresh_one(desk):
    insured = person(desk)
    told = desk.sandbox.act("national", "vouchers", party=desk.party.app_code, psn_no=insured["psn_no"], count=2)
    first, second = told["codes"]
    found = identified(desk, Way.VOUCHER, code=first)
    with desk.door():
        with pytest.raises(Refused, match="已经使用过"):
            identify(shown(Way.VOUCHER, {"code": first}, found.asked_at.date()), by=desk.by, way=Way.VOUCHER)
        with pytest.raises(Refused, match="只能使用一次"):
            ask_again(found, by=desk.by)
        spend_voucher(first, found.environment, purpose=REGISTRATION, key="MZ1")
        spend_voucher(first, found.environment, purpose=REGISTRATION, key="MZ1")
        for purpose, key in ((SETTLEMENT, "MZ1"), (REGISTRATION, "MZ2")):
            with pytest.raises(Refused, match="已经用于登记"):
                spend_voucher(first, found.environment, purpose=purpose, key=key)
        assert UsedVoucher.objects.count() == 1
        assert first.encode() not in bytes(UsedVoucher.objects.get().mark)
    fresh = identified(desk, Way.VOUCHER, code=second, about="MZ1")
    with desk.door():
        assert fresh_certificate(fresh, insured["psn_no"])["mdtrt_cert_no"] == second
        with pytest.raises(Refused, match="不是本次就诊的病人"):
            fresh_certificate(fresh, "somebody else")


def test_another_institution_has_its_own_codes_and_people(desk, hospital_b):
    found = identified(desk, Way.IDENTITY, identity=person(desk)["certno"])
    with tenant_tx(hospital_b.pk):
        assert not Identification.objects.filter(pk=found.pk).exists()


def test_no_answer_can_be_asked_again_with_the_same_code(desk):
    insured = person(desk)
    code = desk.sandbox.act("national", "vouchers", party=desk.party.app_code, psn_no=insured["psn_no"])["codes"][0]
    desk.sandbox.switch_on("drop_request", codes=["1101"])
    found = identified(desk, Way.VOUCHER, code=code)
    assert found.state == "doubtful"
    assert "可以再识别一次" in found.sentence
    desk.sandbox.switch_off()
    with desk.door():
        ask_again(found, by=desk.by)
    desk.run_jobs()
    with desk.door():
        assert Identification.objects.get(pk=found.pk).state == "known"


# --- the security control


def test_one_medium_goes_from_the_identification_to_the_settlement(desk):
    desk.sandbox.register(
        "national",
        desk.party.app_code,
        secret_key=desk.party.settings.secret_key,
        institution={"code": desk.party.settings.medins_code, "name": "测试医院", "region": "440100"},
        options={"control": True},
        switches={"control": "dev_safe_info"},
    )
    insured = person(desk)
    found = identified(desk, Way.IDENTITY, med_type="41", identity=insured["certno"])
    assert "1007" in found.sentence
    switched(desk, control="dev_safe_info")
    found = identified(desk, Way.IDENTITY, med_type="41", identity=insured["certno"])
    assert found.state == "doubtful"
    assert "须先调用安全控件" in found.sentence
    switched(desk, control_address=f"{desk.party.sandbox.url}/national/control")
    found = identified(desk, Way.IDENTITY, med_type="41", identity=insured["certno"])
    assert found.state == "known", found.sentence
    with desk.door():
        patient = replace(patient_of(found), identification=found.pk)
        medium = CheckMedium.objects.get()
        assert (medium.obtained_for, medium.used) == ("2102A", ["1101"])
    shown_ = desk.preview(desk.basket(patient))
    assert shown_.state == "preview", shown_.note
    desk.settle(shown_)
    desk.carry()
    with desk.door():
        assert desk.again(shown_).state == "done"
        assert CheckMedium.objects.get().used == ["1101", "2101A", "2102A"]
    with desk.door():
        assert medium.medium.reveal() not in f"{medium} {subject_text(medium)}"
    with desk.door(), pytest.raises(Refused, match=r"使用过|不能用于"):
        desk_settled_again(desk, patient)


def desk_settled_again(desk, patient):
    refuse_without_medium("2101A", begin_purchase(patient, [line()], by=desk.by))


def test_a_typed_medium_reaches_as_far_as_it_was_obtained_for(desk):
    switched(desk, control="dev_safe_info")
    with desk.door():
        for text, code in (("M1", "5203"), ("", "2201")):
            with pytest.raises(Refused):
                keep_medium(text, obtained_for=code, kind="outpatient", about="MZ1", by=desk.by)
        keep_medium("M1", obtained_for="2201", kind="outpatient", about="MZ1", by=desk.by)
        with pytest.raises(Refused, match="没有设置安全控件服务地址"):
            ask_desk("2201", "outpatient", "MZ1", by=desk.by)
