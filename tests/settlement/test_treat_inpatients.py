"""A stay over the wire, back from every depth; every step in doubt ends with evidence; parts are told line by line."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.access.models import Institution
from portal.gateway.journal import Applied, NotApplied, Operation, State, StillUnknown, send_queued
from settlement.models import ChargeSchedule, FeeLine, LineState, SettlementState, VisitState
from settlement.services.inpatient.admission import admit, tell_change, unadmit
from settlement.services.inpatient.centre import LineThere
from settlement.services.inpatient.discharge import discharge, undo_discharge
from settlement.services.inpatient.fees import add_lines, charge_again, drop_lines
from settlement.services.inpatient.reading import start_reading
from settlement.services.inpatient.removing import clear_upload, remove_all, remove_lines
from settlement.services.inpatient.scenes import READING, details_of
from settlement.services.inpatient.scheduling import run_schedule, save_schedule
from settlement.services.inpatient.sending import start_upload, verdict
from settlement.services.inpatient.writing import DiagnosisGiven, begin_stay, change_stay
from settlement.services.refusals import Refused
from settlement.services.settling.settle import settle
from settlement.services.settling.undoing import undo
from tests.settlement.inpatients import PNEUMONIA, Ward, charges, in_bed, many
from tests.settlement.settling_desk import line


@pytest.fixture
def ward(settling):
    return Ward(settling)


def refused(ward, words, step, *given, **more):
    with ward.desk.door(), pytest.raises(Refused, match=words) as found:
        step(*given, by=ward.desk.by, **more)
    return found.value


def agreed(ward):
    """Every effect at the centre is a finished operation here, and the other way round."""
    with ward.desk.door():
        mine = Operation.objects.filter(gateway="national")
        here = sorted(mine.filter(state=State.DONE).values_list("kind", flat=True))
        assert not mine.exclude(state__in=[State.DONE, State.REVERSED]).exists()
    there = sorted(one["code"] for one in ward.desk.party.truth()["effects"] if one["code"] != "9001")
    assert here == there
    return True


def test_a_stay_is_settled_in_parts_and_goes_back_from_every_depth(ward):
    patient = ward.desk.patient()
    before = ward.state()
    visit = ward.admitted(patient)
    assert (visit.state, bool(visit.mdtrt_id)) == (VisitState.OPEN, True)
    visit = ward.charged(visit)
    assert ward.lines(visit) == {"sent": 3}
    with ward.desk.door():
        assert not FeeLine.objects.filter(in_scope=None).exists()
        assert not FeeLine.objects.filter(category="").exists()

    # moved to another bed, with a second diagnosis
    fever = DiagnosisGiven("R50.900", "发热")
    with ward.desk.door():
        changed = replace(in_bed(bed="31"), started_at=visit.started_at)
        change_stay(visit, changed, [fever, PNEUMONIA], by=ward.desk.by)
    refused(ward, "变更", discharge, visit)
    ward.do(tell_change, visit)
    refused(ward, "没有变动", tell_change, visit)

    # shown at any time, settled only after the discharge; an interim settlement before it
    shown = ward.desk.preview(ward.now(visit))
    assert (shown.state, shown.total) == (SettlementState.PREVIEW, Decimal("5050.00"))
    refused(ward, "先办理出院", settle, shown)
    interim = ward.settled(visit, is_interim=True)
    assert (interim.state, interim.differs, ward.now(visit).state) == (SettlementState.DONE, "", VisitState.OPEN)
    assert ward.lines(visit) == {"settled": 3}
    visit = ward.charged(visit, [line("X00000003", "80.00", "2")])
    visit = ward.left(visit)
    assert (visit.state, visit.ended_at is not None) == (VisitState.LEFT, True)
    final = ward.settled(visit)
    assert (final.state, final.total, ward.now(visit).state) == (
        *(SettlementState.DONE, Decimal("160.00"), VisitState.SETTLED),
    )

    # only the last step may go back, one after the other
    refused(ward, "先撤销结算", undo_discharge, visit)
    refused(ward, "先撤销结算", unadmit, visit)
    refused(ward, "撤销结算后", add_lines, visit, charges())
    refused(ward, "先撤销之后的结算", undo, ward.desk.again(interim))
    ward.taken_back(final)
    assert (ward.now(visit).state, ward.lines(visit)) == (VisitState.LEFT, {"settled": 3, "sent": 1})
    again = ward.settled(visit)
    assert again.total == Decimal("160.00")
    ward.taken_back(again)
    ward.do(undo_discharge, ward.now(visit))
    assert (ward.now(visit).state, ward.now(visit).ended_at) == (VisitState.OPEN, None)
    refused(ward, "中途结算", unadmit, visit)
    ward.taken_back(interim)
    assert ward.lines(visit) == {"sent": 4}
    refused(ward, "4 条费用明细", unadmit, visit)
    ward.do(remove_all, visit)
    ward.do(unadmit, visit)
    assert (ward.now(visit).state, ward.lines(visit)) == (VisitState.UNDONE, {"removed": 4})
    assert ward.state() == before
    assert ward.live("2301", "2304A", "2401", "2402") == []
    assert agreed(ward)


def test_charges_arrive_daily_and_go_once(ward, settling):
    visit = ward.admitted()
    wrong = [line("X00000001", "10.00", "-1"), replace(line(price="3.00", quantity="2"), amount=Decimal("6.02"))]
    faults = dict(refused(ward, "退费须填写", add_lines, visit, wrong).faults)
    assert set(faults) == {"lines.0.initial_number", "lines.1.amount"}
    assert "6.02" in faults["lines.1.amount"]
    with ward.desk.door():
        made = add_lines(visit, many(205), by=ward.desk.by)
        drop_lines(visit, [str(made[-1].pk)], by=ward.desk.by)
        save_schedule(is_on=True, at=timezone.localtime().time(), by=ward.desk.by)
        ChargeSchedule.objects.update(next_at=timezone.now())
        institution = Institution.objects.get(pk=ward.desk.institution_id)
        assert (run_schedule(institution), run_schedule(institution)) == (1, 0)
    ward.desk.carry()
    assert [one["amounts"]["rows"] for one in ward.live("2301")] == [100, 100, 4]
    assert ward.lines(visit) == {"sent": 204}
    refused(ward, "没有待上传", start_upload, visit)
    with ward.desk.door():
        found = details_of(ward.now(visit))[READING]
        assert {one.created_label for one in Operation.objects.filter(kind="2301")} == {"定时上传"}
    assert (found["whole"][0][5:], found["missing"], found["extra"]) == ([204, "204.00", "0.00"], [], [])

    # a refund goes after its charge, and a charge is not taken back without it
    numbers = sorted(numbers_of(ward, visit))
    refund = line("X00000001", "1.00", "-1", initial_number=numbers[0])
    refused(ward, "累计退费 2.00", add_lines, visit, [refund, refund])
    ward.charged(visit, [refund])
    chosen = ward.keys(visit, number=numbers[0])
    refused(ward, "已有退费", remove_lines, visit, chosen)
    ward.do(remove_lines, visit, [*chosen, *ward.keys(visit, initial_number=numbers[0])])
    assert ward.lines(visit) == {"sent": 203, "removed": 2}
    again = ward.do(charge_again, visit, chosen)
    assert again[0].number not in numbers
    assert agreed(ward)


def numbers_of(ward, visit):
    with ward.desk.door():
        return list(FeeLine.objects.filter(visit=visit).values_list("number", flat=True))


STEPS = ("2401", "2403", "2301", "2402", "2304A", "2305", "2405", "2302", "2404")


def walked(ward, patient, fault, codes):
    """A whole stay there and back; while one of `codes` is sent, the fault lies in wait. The visit as it ends."""
    for code in codes:
        ward.desk.sandbox.switch_on(fault, count=1, codes=[code])
    visit = ward.admitted(patient)
    with ward.desk.door():
        change_stay(visit, replace(in_bed("31"), started_at=visit.started_at), [PNEUMONIA], by=ward.desk.by)
    ward.do(tell_change, visit)
    ward.charged(visit)
    visit = ward.left(visit)
    settlement = ward.settled(visit)
    assert settlement.state == SettlementState.DONE
    ward.taken_back(settlement)
    ward.do(undo_discharge, ward.now(visit))
    ward.do(remove_all, ward.now(visit))
    ward.do(unadmit, ward.now(visit))
    return ward.now(visit)


@pytest.mark.parametrize(("fault", "verdict"), [("drop_response", "applied"), ("drop_request", "not_applied")])
def test_each_step_in_doubt_ends_with_evidence(ward, fault, verdict):
    patient = ward.desk.patient()
    before = ward.state()
    visit = walked(ward, patient, fault, STEPS)
    assert (visit.state, ward.state()) == (VisitState.UNDONE, before)
    for code in STEPS:
        operation = ward.operation(visit, code)
        with ward.desk.door():
            assert (code, [one.verdict for one in operation.evidence_rows.all()]) == (code, [verdict])
            assert operation.evidence_rows.get().asked
        assert (code, operation.attempts) == (code, 1 if verdict == "applied" else 2)
    assert [len(ward.desk.effects(code)) for code in STEPS] == [1] * len(STEPS)
    assert agreed(ward)


def test_parts_of_an_upload_are_told_and_the_rest_is_sent(ward):
    visit = ward.admitted()
    on = ward.desk.sandbox.switch_on
    on("partial_batch", count=1, codes=["2301"])
    visit = ward.charged(visit)
    assert ward.lines(visit) == {"sent": 2, "draft": 1}
    with ward.desk.door():
        (missing,) = FeeLine.objects.filter(state=LineState.DRAFT)
    assert f"缺少 1 条（{missing.number}）" in visit.note
    ward.do(start_upload, visit)
    assert ward.lines(visit) == {"sent": 3}
    assert len(ward.live("2301")) == 2

    # a removal of which only a part took effect: its reply names no line, so reading shows it
    on("partial_batch", count=1, codes=["2302"])
    ward.do(remove_all, visit)
    with ward.desk.door():
        assert len(details_of(ward.now(visit))[READING]["extra"]) == 1
    ward.do(remove_all, visit)
    ward.do(start_reading, visit)
    assert details(ward, visit)["extra"] == []
    ward.do(unadmit, visit)
    assert ward.now(visit).state == VisitState.UNDONE


def details(ward, visit):
    with ward.desk.door():
        return details_of(ward.now(visit))[READING]


def test_what_queries_show_of_an_upload_decides_line_by_line():
    mine = dict.fromkeys("123", Decimal("5.00"))
    there = [LineThere(number, Decimal("5.00"), "", "09", "2026-01-01", {"feedetl_sn": number}) for number in "12"]
    assert isinstance(verdict(mine, []), NotApplied)
    part = verdict(mine, there)
    assert isinstance(part, Applied)
    reply: Any = part.reply
    assert [one.feedetl_sn for one in reply.result] == ["1", "2"]
    assert "缺少 1 条（3）" in part.evidence
    assert isinstance(verdict(mine, [*there, replace(there[0], number="3")]), Applied)
    odd = verdict(mine, [*there, replace(there[0], number="3", amount=Decimal("6.00"))])
    assert isinstance(odd, StillUnknown)
    assert odd.for_people


def test_an_upload_that_nothing_proves_is_taken_back(ward):
    visit = ward.admitted()
    ward.desk.sandbox.switch_on("drop_response", count=1, codes=["2301"])
    ward.desk.sandbox.switch_on("drop_request", codes=["5204"])
    visit = ward.charged(visit)
    ward.desk.sandbox.switch_off()
    assert ward.lines(visit) == {"sending": 3}
    refused(ward, "结果待确认", discharge, visit)
    with ward.desk.door():
        operation = clear_upload(visit, by=ward.desk.by)
    assert operation.state == State.DRAFT
    ward.desk.approve(operation)
    ward.desk.carry()
    assert (ward.lines(visit), ward.now(visit).is_moving) == ({"removed": 3}, False)
    assert ward.operation(visit, "2301").state == State.REVERSED


def test_what_is_wrong_is_said_at_once_and_nothing_goes_twice(ward):
    patient = ward.desk.patient()
    faults = refused(
        ward, "主诊断", begin_stay, patient, in_bed("", med_type="11"), [DiagnosisGiven("", "肺炎")]
    ).faults
    assert {name for name, _ in faults} == {"bed", "med_type", "diagnoses", "diagnoses.0.code"}
    visit = ward.begun(patient)
    with ward.desk.door():
        operation = admit(visit, by=ward.desk.by)
        assert admit(visit, by=ward.desk.by) == operation
    ward.desk.carry()
    refused(ward, "已经办理入院", admit, visit)
    refused(ward, "先填写出院信息", discharge, visit)
    with ward.desk.door(), pytest.raises(Refused, match="死亡日期"):
        ward.written(visit, way="5")
    assert len(ward.desk.effects("2401")) == 1
    # the centre has an open stay of the same person: it refuses, and everything is as before
    other = ward.admitted(patient)
    assert (other.state, "7105" in other.note) == (VisitState.DRAFT, True)


def test_an_admission_in_doubt_is_reversed_and_proven(ward, alice):
    ward.desk.sandbox.switch_on("drop_response", count=1, codes=["2401"])
    ward.desk.sandbox.switch_on("drop_request", codes=["5201", "5303"])
    visit = ward.admitted()
    assert visit.is_doubtful
    page = alice.get(reverse("settlement:visit-detail", args=[visit.pk])).content.decode()
    assert "冲正入院登记" in page
    alice.post(reverse("settlement:inpatient-reverse", args=[visit.pk]), {"reason": "病人要转院"})
    with ward.desk.door():
        draft = Operation.objects.get(kind="2601")
    ward.desk.sandbox.switch_off()
    ward.desk.approve(draft)
    send_queued(ward.desk.institution_id, "national")
    ward.desk.carry()
    visit = ward.now(visit)
    assert (visit.state, visit.is_moving, visit.mdtrt_id) == (VisitState.DRAFT, False, "")
    assert ward.live("2401") == []
    ward.do(admit, visit)
    assert ward.now(visit).state == VisitState.OPEN
