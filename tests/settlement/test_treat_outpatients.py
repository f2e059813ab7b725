"""An outpatient visit of several bills over the wire, back from every depth, and every step in doubt."""

from decimal import Decimal

import pytest

from portal.gateway.journal import Operation, State
from settlement.models import BillState, FeeLine, LineState, SettlementState, Visit, VisitState
from settlement.services.outpatient.bills import begin_bill, change_bill, correct_bill
from settlement.services.outpatient.fetching import fetch_registration
from settlement.services.outpatient.information import DiagnosisGiven, InformationGiven, inform
from settlement.services.outpatient.registration import register, unregister
from settlement.services.outpatient.removing import clear_upload, remove_all, remove_bill
from settlement.services.outpatient.sending import send_bill
from settlement.services.refusals import Refused
from settlement.services.settling.previews import ask_preview
from tests.settlement.outpatients import BASKETS, COUGH, Clinic, lines
from tests.settlement.settling_desk import line


@pytest.fixture
def clinic(settling):
    return Clinic(settling)


def refused(clinic, words, step, *given):
    with clinic.desk.door(), pytest.raises(Refused, match=words):
        step(*given, by=clinic.desk.by)


def test_two_bills_are_settled_and_everything_goes_back(clinic):
    patient = clinic.desk.patient(at_least="300")
    before = clinic.state()
    visit = clinic.informed(patient)
    assert (visit.state, bool(visit.mdtrt_id)) == (VisitState.OPEN, True)
    one, two = (clinic.sent(visit, basket) for basket in BASKETS)
    assert (one.state, one.total, one.lines_count) == (BillState.SENT, Decimal("560.00"), 2)
    with clinic.desk.door():
        assert not FeeLine.objects.filter(in_scope=None).exists()
    paid = clinic.settled(one)
    assert (paid.state, clinic.now(visit).state) == (SettlementState.DONE, VisitState.OPEN)
    assert paid.differs == ""
    refused(clinic, "先撤销结算", remove_bill, clinic.bill_now(one))
    refused(clinic, "1 个收费批次已结算", unregister, visit)
    other = clinic.settled(two)
    assert clinic.now(visit).state == VisitState.SETTLED
    assert paid.total + other.total == Decimal("890.00")
    assert clinic.desk.balance(patient) == patient_balance(before, patient) - paid.account - other.account

    # one settlement goes back, and is settled once more without anything else going back
    assert clinic.taken_back(paid).state == SettlementState.UNDONE
    assert (clinic.bill_now(one).state, clinic.now(visit).state) == (BillState.SENT, VisitState.OPEN)
    again = clinic.settled(clinic.bill_now(one))
    assert (again.total, again.number != paid.number) == (paid.total, True)

    # lines are corrected: taken back by batch, charged anew under another number
    clinic.taken_back(again)
    clinic.do(remove_bill, clinic.bill_now(one))
    assert clinic.bill_now(one).state == BillState.REMOVED
    with clinic.desk.door():
        anew = correct_bill(clinic.bill_now(one), by=clinic.desk.by)
        change_bill(anew, [line("F00000001", "410.00")], by=clinic.desk.by)
    assert anew.number != one.number
    refused(clinic, "不能重复更正", correct_bill, clinic.bill_now(one))
    clinic.do(send_bill, anew)
    assert clinic.settled(clinic.bill_now(anew)).total == Decimal("410.00")

    # and all of it
    for settlement in list(_standing(clinic, visit)):
        clinic.taken_back(settlement)
    clinic.do(remove_all, visit)
    clinic.do(unregister, visit)
    assert clinic.now(visit).state == VisitState.UNDONE
    assert clinic.state() == before
    assert clinic.live("2201", "2204", "2207A") == []
    assert agreed(clinic)


def patient_balance(state, patient):
    return Decimal(str(next(one for key, one in flat(state["balances"]) if patient.person_no in key)))


def flat(balances):
    for key, value in balances.items():
        if isinstance(value, dict):
            yield from ((f"{key}/{inner}", one) for inner, one in value.items())
        else:
            yield key, value


def _standing(clinic, visit):
    with clinic.desk.door():
        return list(visit.settlements.filter(state=SettlementState.DONE).select_related("bill", "operation"))


def agreed(clinic):
    """Every effect at the centre is a finished operation here, and the other way round."""
    with clinic.desk.door():
        mine = Operation.objects.filter(gateway="national")
        here = sorted(mine.filter(state=State.DONE).values_list("kind", flat=True))
        assert not mine.exclude(state__in=[State.DONE, State.REVERSED]).exists()
    there = sorted(one["code"] for one in clinic.desk.party.truth()["effects"] if one["code"] != "9001")
    assert here == there
    return True


def test_a_chronic_patient_needs_the_filed_disease(clinic):
    patient = clinic.desk.patient("chronic")
    visit = clinic.registered(patient, med_type="14")
    refused(clinic, "病种编码", inform, visit, InformationGiven("14"), [COUGH])
    refused(clinic, "先上传就诊信息", send_bill, clinic.bill(visit))
    clinic.do(inform, visit, InformationGiven("14", "M03900", "高血压"), [DiagnosisGiven("I10.x00", "高血压")])
    bill = clinic.sent(clinic.now(visit))
    assert (bill.state, bill.disease_code) == (BillState.SENT, "M03900"), clinic.now(visit).note
    settled = clinic.settled(bill)
    assert (settled.state, settled.fund > 0) == (SettlementState.DONE, True)
    refused(clinic, "撤销结算后才能修改", inform, clinic.now(visit), InformationGiven("11"), [COUGH])
    clinic.taken_back(settled)
    clinic.do(inform, clinic.now(visit), InformationGiven("14", "M99999", "样例"), [COUGH])
    assert "7114" in clinic.now(visit).note  # not filed: the centre keeps what it had
    refused(clinic, "就诊信息有变动", ask_preview, clinic.now(visit), bill)
    assert clinic.do(inform, clinic.now(visit), InformationGiven("14", "M03900", "高血压"), [COUGH])
    assert clinic.settled(clinic.bill_now(bill)).state == SettlementState.DONE


def test_nothing_is_sent_twice_or_out_of_turn(clinic):
    visit = clinic.begun()
    refused(clinic, "请先挂号", inform, visit, InformationGiven("11"), [COUGH])
    with clinic.desk.door():
        operation = register(visit, by=clinic.desk.by)
        assert register(visit, by=clinic.desk.by) == operation
    clinic.desk.carry()
    refused(clinic, "已经挂号", register, clinic.now(visit))
    clinic.do(inform, visit, InformationGiven("11"), [COUGH])
    assert clinic.do(inform, clinic.now(visit), InformationGiven("11"), [COUGH]) is None  # nothing has changed
    refused(clinic, "最多 100 条", begin_bill, visit, lines(101))
    with clinic.desk.door():
        assert visit.bills.count() == 0
    full = clinic.sent(visit, lines(100))
    assert (full.state, clinic.desk.effects("2204")[0]["amounts"]["rows"]) == (BillState.SENT, 100)
    refused(clinic, "已上传，撤销上传后更正", change_bill, full, [line()])
    clinic.settled(full)
    assert [one["code"] for one in clinic.desk.effects("2201", "2203A", "2204", "2207A")] == [
        *("2201", "2203A", "2204", "2207A")
    ]


def test_a_registration_whose_answer_nobody_could_read_gets_its_number(clinic):
    visit = clinic.registered()
    with clinic.desk.door():
        Visit.objects.update(mdtrt_id="")
    refused(clinic, "没有读到就诊ID", inform, visit, InformationGiven("11"), [COUGH])
    clinic.do(fetch_registration, clinic.now(visit))
    assert clinic.now(visit).mdtrt_id == visit.mdtrt_id
    refused(clinic, "已经取得", fetch_registration, clinic.now(visit))


STEPS = ("2201", "2203A", "2204", "2207A", "2208", "2205", "2202")


def walked(clinic, patient, fault, codes):
    """A whole visit there and back; while one of `codes` is sent, the fault lies in wait. The visit as it ends."""
    for code in codes:
        clinic.desk.sandbox.switch_on(fault, count=1, codes=[code])
    visit = clinic.informed(patient)
    bill = clinic.sent(visit)
    settlement = clinic.settled(bill)
    assert settlement.state == SettlementState.DONE
    clinic.taken_back(settlement)
    clinic.do(remove_bill, clinic.bill_now(bill))
    clinic.do(unregister, clinic.now(visit))
    return clinic.now(visit)


@pytest.mark.parametrize(("fault", "verdict"), [("drop_response", "applied"), ("drop_request", "not_applied")])
def test_each_step_in_doubt_ends_with_evidence(clinic, fault, verdict):
    patient = clinic.desk.patient()
    before = clinic.state()
    visit = walked(clinic, patient, fault, STEPS)
    assert (visit.state, clinic.state()) == (VisitState.UNDONE, before)
    for code in STEPS:
        operation = clinic.operation(visit, code)
        with clinic.desk.door():
            assert (code, [one.verdict for one in operation.evidence_rows.all()]) == (code, [verdict])
            assert operation.evidence_rows.get().asked
        assert operation.attempts == (1 if verdict == "applied" else 2)
    assert [len(clinic.desk.effects(code)) for code in STEPS] == [1] * len(STEPS)
    assert agreed(clinic)


def test_a_batch_of_which_only_a_part_arrived_is_not_settled(clinic):
    visit = clinic.informed()
    clinic.desk.sandbox.switch_on("partial_batch", count=1, codes=["2204"])
    bill = clinic.sent(visit)  # the reply names the lines that were taken
    assert (bill.state, "没有接收其中 1 条" in bill.note) == (BillState.SENT, True)
    refused(clinic, "没有接收全部", ask_preview, clinic.now(visit), bill)
    clinic.do(remove_bill, bill)
    assert clinic.bill_now(bill).state == BillState.REMOVED


def test_an_upload_that_nothing_proves_is_taken_back(clinic):
    visit = clinic.informed()
    clinic.desk.sandbox.switch_on("drop_response", count=1, codes=["2204"])
    clinic.desk.sandbox.switch_on("drop_request", codes=["5204"])
    bill = clinic.sent(visit)
    clinic.desk.sandbox.switch_off()
    assert bill.state == BillState.SENDING
    refused(clinic, "结果待确认", remove_bill, bill)
    with clinic.desk.door():
        operation = clear_upload(bill, by=clinic.desk.by)
    assert operation.state == State.DRAFT
    clinic.desk.approve(operation)
    clinic.desk.carry()
    assert (clinic.bill_now(bill).state, clinic.now(visit).is_moving) == (BillState.REMOVED, False)
    assert clinic.operation(visit, "2204").state == State.REVERSED
    assert clinic.live("2204") == []
    with clinic.desk.door():
        anew = correct_bill(clinic.bill_now(bill), by=clinic.desk.by)
    clinic.do(send_bill, anew)
    assert clinic.settled(clinic.bill_now(anew)).state == SettlementState.DONE
    with clinic.desk.door():
        assert not FeeLine.objects.filter(bill=bill).exclude(state=LineState.REMOVED).exists()
