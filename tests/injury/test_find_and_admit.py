"""Finding people and admitting them over the real wire: three flows, doubts, undoing, one admission for 100 clicks."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from injury.models import Admission, CentreReport, CentreTreatment, Enquiry, EnquiryState, UploadedPerson
from injury.services import (
    Refused,
    ask_reports,
    ask_treatments,
    ask_uploaded,
    register_admission,
    save_draft,
    undo_registration,
)
from injury.services.adopting import look_for_registration
from injury.services.findings import person_of
from injury.services.guiding import guidance
from injury.services.uploaded_people import statistics_of
from portal.access.door import tenant_tx
from portal.gateway.journal import Operation, State, approve
from tests.injury.admission_desk import admission_desk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(alice_member, bob_member, injury_counterpart, settings, tmp_path):
    settings.PORTAL_QUIET_FACTOR = 0.0001
    settings.SPOOL_DIR = tmp_path / "spool"
    party = injury_counterpart("ADMITS")
    settings.SANDBOX_URL = party.sandbox.url
    return admission_desk(alice_member, bob_member, party)


def path_of(desk, admission):
    with desk.door():
        return {step.key: str(step.progress) for step in guidance(admission).steps}


def test_an_old_injury_is_found_chosen_and_admitted(desk):
    person = desk.somebody("inpatient")
    enquiry = desk.ask_for(person)
    assert enquiry.state == EnquiryState.ANSWERED
    assert person["aac002"] not in enquiry.label
    assert person["aac002"][-4:] in enquiry.label
    with desk.door():
        found = person_of(enquiry, timezone.localdate())
    listed = [one for injury in found.injuries for one in injury.treatments]
    assert found.usable
    assert all(one.fault for one in listed if one not in found.usable)
    draft = desk.draft(enquiry, "old", desk.choice(enquiry, jxzl="2", ale021="7"), "ZY1")
    assert path_of(desk, draft)["register"] == "now"
    admission = desk.register(draft)
    assert (admission.state, admission.operation) == ("admitted", None)
    stay = desk.stays()["ZY1"]
    assert (stay["state"], stay["new"], stay["person"]) == ("admitted", False, person["aac001"])
    path = path_of(desk, admission)
    assert list(path.values()) == ["done", "done", "done", "now", "later", "later", "later", "later"]


def test_a_new_injury_needs_no_number_and_no_approval_even_without_a_report(desk):
    enquiry = desk.ask_for(desk.somebody("new_unreported"))
    with desk.door():
        found = person_of(enquiry, timezone.localdate())
    assert found.fresh
    assert not found.reports
    admission = desk.register(desk.draft(enquiry, "new", found.fresh.key, "ZY2"))
    assert (admission.state, admission.injury_no, admission.treatment_no) == ("admitted", "", "")
    assert desk.stays()["ZY2"]["new"] is True
    assert path_of(desk, admission)["report"] == "done"


def test_somebody_from_another_province_is_read_by_card_and_admitted_with_a_valid_filing(desk):
    person = desk.somebody("cross")
    enquiry = desk.ask("cross", "card", card=person["card_no"], code=person["card_code"])
    admission = desk.draft(enquiry, "cross", desk.choice(enquiry), "ZY3")
    assert admission.card.reveal() == person["card_no"]
    admission = desk.register(admission)
    assert (admission.state, desk.stays()["ZY3"]["cross_province"]) == ("admitted", True)


def test_an_electronic_card_says_who_it_is(desk):
    person = desk.somebody("inpatient")
    enquiry = desk.ask("local", "qr", qr=person["qrcode"])
    assert enquiry.answer.reveal()["person"]["identity"] == person["aac002"]
    # A number that nobody has is an answer, not an error.
    unknown = desk.ask("cross", "identity", identity="110101199003070134", name="没有这人")
    assert (unknown.state, unknown.count) == (EnquiryState.ANSWERED, 0)


def test_an_application_that_is_not_approved_or_has_run_out_admits_nobody(desk):
    enquiry = desk.ask_for(desk.somebody("waiting"))
    with desk.door():
        found = person_of(enquiry, timezone.localdate()).injuries
        waiting = next(one for injury in found for one in injury.treatments if one.raw["akc175"] != "1")
    with pytest.raises(Refused, match="审核"):
        desk.draft(enquiry, "old", waiting.key, "ZY4")
    draft = desk.old("ZY4", admitted_on=timezone.localdate() + timedelta(days=90))
    with pytest.raises(Refused) as refusal, desk.door():
        register_admission(draft, by=desk.by)
    assert "有效期到" in str(dict(refusal.value.faults)) or "不能晚于今天" in str(dict(refusal.value.faults))
    assert desk.stays() == {}


def test_a_lost_answer_is_resolved_by_asking_and_never_sent_twice(desk):
    draft = desk.old()
    desk.sandbox.switch_on("drop_response", codes=["register"], count=1)
    admission = desk.register(draft)
    assert admission.state == "admitted"
    with desk.door():
        operation = Operation.objects.get(kind="register")
        assert (operation.state, operation.attempts) == (State.DONE, 1)
        assert [one.note for one in operation.evidence_rows.all() if "人员一致" in one.note]
    assert len(desk.party.effects("register")) == 1


def test_of_another_province_a_lost_answer_and_a_lost_undoing_are_resolved_too(desk):
    enquiry = desk.ask_for(desk.somebody("cross"), "cross")
    draft = desk.draft(enquiry, "cross", desk.choice(enquiry), "ZY3", card="A12345678")
    desk.sandbox.switch_on("drop_response", codes=["offsiteRegister", "offsiteRegisterUndo"], count=2)
    admission = desk.register(draft)
    assert admission.state == "admitted"
    with desk.door():
        approve(undo_registration(admission, by=desk.by), by=desk.reviewer)
    desk.settle()
    assert desk.again(admission).state == "undone"
    assert [len(desk.party.effects(code)) for code in ("offsiteRegister", "offsiteRegisterUndo")] == [1, 1]


def test_of_another_province_nothing_is_undone_while_fees_are_there(desk):
    enquiry = desk.ask_for(desk.somebody("cross"), "cross")
    draft = desk.draft(enquiry, "cross", desk.choice(enquiry), "ZY3", card="A12345678")
    admission = desk.register(draft)
    desk.charge(admission, 1, state="uploaded")
    with pytest.raises(Refused, match="先作废"), desk.door():
        undo_registration(desk.again(admission), by=desk.by)


def test_a_request_that_never_arrived_is_sent_again_with_evidence(desk):
    desk.sandbox.switch_on("drop_request", codes=["register"], count=1)
    assert desk.register(desk.old()).state == "admitted"
    with desk.door():
        operation = Operation.objects.get(kind="register")
    assert (operation.state, operation.attempts) == (State.DONE, 2)
    assert len(desk.party.effects("register")) == 1


def test_a_refusal_leaves_the_draft_with_the_reason_and_the_next_step(desk):
    desk.elsewhere("ZY1")
    admission = desk.register(desk.old())
    assert admission.state == "draft"
    assert "51014" in admission.note
    with desk.door():
        assert "属于另一人" in Enquiry.objects.get(about__endswith=str(admission.pk)).sentence
        save_draft(admission, {"number": "ZY1B"}, typed=None, by=desk.by)
    assert desk.register(admission).state == "admitted"


def test_what_is_registered_elsewhere_under_our_number_is_taken_over_without_sending(desk):
    person, treatment = desk.elsewhere("ZY5")
    enquiry = desk.ask_for(person)
    draft = desk.draft(enquiry, "old", desk.choice(enquiry, aae073=treatment["aae073"]), "ZY5")
    with desk.door():
        look_for_registration(draft, by=desk.by)
    desk.run_jobs()
    assert desk.again(draft).state == "admitted"
    assert len(desk.party.effects("register")) == 1


def test_a_number_that_is_taken_by_the_very_same_admission_is_found_out_by_itself(desk):
    person, treatment = desk.elsewhere("ZY6")
    enquiry = desk.ask_for(person)
    draft = desk.draft(enquiry, "old", desk.choice(enquiry, aae073=treatment["aae073"]), "ZY6")
    assert desk.register(draft).state == "admitted"
    assert len(desk.party.effects("register")) == 1


def test_undoing_takes_fees_along_and_says_so_to_the_second_person(desk):
    admission = desk.register(desk.old())
    desk.charge(admission, 3)
    desk.upload(admission)
    desk.settle()
    with desk.door():
        operation = undo_registration(desk.again(admission), by=desk.by)
        assert "已上传的费用 3 条" in operation.title
        assert operation.state == State.DRAFT
        assert undo_registration(desk.again(admission), by=desk.by) == operation
        approve(operation, by=desk.reviewer)
    desk.settle()
    assert desk.again(admission).state == "undone"
    assert "ZY1" not in desk.stays()
    with desk.door():
        assert set(admission.fee_items.values_list("state", flat=True)) == {"dropped"}


def test_of_a_hundred_clicks_of_two_clerks_one_admission_comes(desk):
    draft, results = desk.old(), []

    def click():
        try:
            with tenant_tx(desk.institution_id):
                results.append(register_admission(draft, by=desk.by).pk)
        finally:
            connection.close()

    for _ in range(10):
        together = [threading.Thread(target=click) for _ in range(10)]
        for one in together:
            one.start()
        for one in together:
            one.join()
    desk.settle()
    assert len(results) == 100
    assert len(set(results)) == 1
    assert len(desk.party.effects("register")) == 1
    assert desk.again(draft).state == "admitted"


def test_lists_of_the_centre_are_kept_and_laid_beside_our_own(desk):
    desk.elsewhere("ELSEWHERE")
    admission = desk.register(desk.old())
    with desk.door():
        first = timezone.localdate() - timedelta(days=300)
        ask_treatments({"akc176s": first, "akc176e": timezone.localdate()}, by=desk.by)
        ask_reports({"aae035": first, "aae037": timezone.localdate()}, by=desk.by)
        uploaded = ask_uploaded({}, by=desk.by)
    desk.run_jobs()
    with desk.door():
        assert CentreTreatment.objects.count() == Enquiry.objects.get(kind="getCureBatch").count > 0
        assert CentreReport.objects.count() == Enquiry.objects.get(kind="getReportBatch").count > 0
        told = {row.number: row.difference for row in UploadedPerson.objects.filter(enquiry=uploaded)}
        assert told == {admission.number: "", "ELSEWHERE": "本系统没有这次就诊"}
        sums = statistics_of(uploaded)
    assert (sums.admissions, sums.differing, sums.foreign, sums.missing) == (2, 1, 1, 0)


def test_a_number_belongs_to_one_live_admission(desk):
    desk.old("ZY9")
    with pytest.raises(Refused) as refusal:
        desk.draft(desk.ask_for(desk.somebody("new")), "new", "0", "ZY9")
    assert refusal.value.field == "number"
    with desk.door():
        assert Admission.objects.filter(number="ZY9").count() == 1
