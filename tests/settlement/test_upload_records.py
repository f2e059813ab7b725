"""Collected records arrive, are kept, go to the centre, and every one says what became of it."""

from __future__ import annotations

import os
import signal
import time

import pytest
from django.db import connections

from portal.gateway.journal import Attempt, Evidence, Operation, State
from portal.gateway.journal.models import Lease
from portal.gateway.journal.states import DOUBTFUL
from portal.gateway.national import compose
from portal.jobs import Job, JobState
from portal.jobs.tasks import repair_jobs
from settlement.models import UploadRecord, UploadRunState, UploadState
from settlement.services.uploads.mending import mend, send_again
from settlement.services.uploads.plans import save_plans
from settlement.services.uploads.runs import pause
from settlement.services.uploads.taking_back import take_back
from settlement.tasks import upload_by_plan
from tests.settlement.outpatients import Clinic
from tests.settlement.upload_desk import UploadDesk, department, order, record_of, time_of_day


@pytest.fixture
def uploads(settling):
    return UploadDesk(settling)


def test_records_are_kept_whatever_they_look_like_and_go_once(uploads):
    """The same content is nothing, another one replaces; what is wrong stays with all its faults until it is mended."""
    right, wrong = order("ZY1", "1"), order("ZY1", "2", drord_isu_no="昨天", exe_dept_name="长" * 300)
    first = uploads.take("4402", right, wrong, order("ZY1", "3"), order("ZY2", "1"))
    assert [(one.outcome, len(one.wrong)) for one in first] == [("new", 0), ("new", 2), ("new", 0), ("new", 0)]
    blocked = uploads.row("4402", state=UploadState.BLOCKED)
    assert [where for where, _, _ in blocked.faults] == ["drord_isu_no", "exe_dept_name"]
    run = uploads.run("4402")
    assert (run.state, run.total, run.sent, run.refused) == (UploadRunState.DONE, 3, 3, 0)
    assert [len(keys) for keys in uploads.keys("4402")] == [2, 1]  # one visit a message
    again = uploads.take("4402", right, order("ZY2", "1", drord_detl_name="另一种药"))
    assert [one.outcome for one in again] == ["same", "replaced"]
    with uploads.desk.door():
        mended = mend(blocked, order("ZY1", "2"), insured_at="", by=uploads.desk.by)
    assert (mended.state, mended.faults) == (UploadState.WAITING, [])
    assert uploads.run("4402").sent == 2
    assert set(uploads.states("4402")) == {UploadState.SENT}
    assert uploads.states("4402", is_current=False) == [UploadState.SUPERSEDED]
    assert [one["detail"]["replaced"] for one in uploads.effects("4402")] == [0, 0, 0, 1]
    with uploads.desk.door():
        assert not UploadRecord.objects.exclude(state__in=[UploadState.SENT, UploadState.SUPERSEDED]).exists()


def test_a_refused_record_keeps_no_other_back_and_says_what_the_centre_said(uploads):
    """A message of many that is refused goes again one by one; the wrong one stays with the centre's words."""
    patient = uploads.desk.patient()
    named = {"psn_no": patient.person_no, "insuplc_admdvs": patient.insured_at}
    three = [order("ZY3", str(number)) | named for number in range(3)]
    uploads.take("4402", *three, order("ZY3", "9") | named | {"psn_no": "P-NOBODY"})
    refusing = uploads.run("4402")
    assert (refusing.sent, refusing.refused) == (3, 1)
    assert len(uploads.effects("4402")) == 3
    row = uploads.row("4402", state=UploadState.REFUSED)
    assert "没有人员编号为 *** 的参保人" in row.note
    with uploads.desk.door():
        assert send_again(UploadRecord.objects.filter(number="4402"), by=uploads.desk.by) == 1
    assert uploads.run("4402").refused == 1
    row = uploads.row("4402", state=UploadState.REFUSED)
    assert len(row.operations) == 3
    with uploads.desk.door():
        mend(row, order("ZY3", "9"), insured_at="", by=uploads.desk.by)
    assert uploads.run("4402").sent == 1


def test_what_nobody_answered_goes_again_because_the_same_key_replaces(uploads):
    """Evidence first, then the very same content; a newer content that came meanwhile waits for its turn."""
    uploads.desk.sandbox.switch_on("drop_response", codes=["4401"], count=1)
    uploads.take("4401", record_of("4401", mdtrt_sn="ZY4"), record_of("4401", mdtrt_sn="ZY5"))
    run = uploads.run("4401", carry=False)
    assert sorted(uploads.states("4401")) == [UploadState.DOUBTFUL, UploadState.SENT]
    assert "1 条结果待确认" in run.note
    (doubtful,) = uploads.rows("4401", state=UploadState.DOUBTFUL)
    uploads.take("4401", record_of("4401", mdtrt_sn=doubtful.reference, medcasno="另一号"))
    assert uploads.run_refused("4401") == "没有可以上传的记录"
    uploads.desk.carry()
    assert uploads.run("4401").sent == 1
    assert set(uploads.states("4401")) == {UploadState.SENT}
    with uploads.desk.door():
        assert Operation.objects.filter(kind="4401", state=State.REVERSED).count() == 1  # replaced: it does not matter
        assert Evidence.objects.filter(note__contains="更新的内容").count() == 1
    uploads.desk.sandbox.switch_on("drop_request", codes=["4401"], count=1)
    uploads.take("4401", record_of("4401", mdtrt_sn="ZY6"))
    uploads.run("4401")
    with uploads.desk.door():
        again = Operation.objects.get(kind="4401", business_key="ZY6")
        assert (again.state, again.attempts) == (State.DONE, 2)
        assert Evidence.objects.get(operation=again).note.startswith("同一业务主键")


def test_departments_are_uploaded_changed_proven_and_withdrawn(uploads):
    """3401A for what is new, 3402 for a change, 3403 to withdraw; 5101 proves what nobody answered."""
    there = [department(f"A0{number}", f"科室{number}") for number in range(4)]
    uploads.desk.party.ask(compose("3401", {"deptinfo": there[0]})).require()
    uploads.take("3401", *there)
    uploads.desk.sandbox.switch_on("drop_request", codes=["3401A"], count=1)
    uploads.run("3401A")
    assert uploads.states("3401A") == [UploadState.SENT, UploadState.WAITING, UploadState.WAITING, UploadState.WAITING]
    with uploads.desk.door():
        lost = Operation.objects.get(kind="3401A")
        assert (lost.state, Evidence.objects.get().note) == (
            State.DONE,
            "医保中心（5101）有其中 1 / 4 个科室，其余重新上传",
        )
    uploads.run("3401A")
    assert uploads.states("3401A") == [UploadState.SENT] * 4
    assert uploads.keys("3401A") == [["A01", "A02", "A03"]]
    uploads.take("3402", department("A01", "骨科"))
    uploads.run("3401A")
    assert uploads.keys("3402") == [["A01"]]
    row = next(one for one in uploads.rows("3401A") if one.reference == "A01")
    uploads.desk.sandbox.switch_on("drop_response", codes=["3403"], count=1)
    with uploads.desk.door():
        take_back(row, by=uploads.desk.by)
    uploads.desk.carry()
    assert uploads.row("3403").state == UploadState.SENT
    assert uploads.states("3401A") == [UploadState.SENT, UploadState.WITHDRAWN, UploadState.SENT, UploadState.SENT]
    uploads.take("3401A", department("A01", "骨科"))
    uploads.run("3401A")
    assert len(uploads.effects("3401")) == 2
    assert uploads.rows("3403") == []  # the centre has it again: the withdrawal is history


def test_stock_in_doubt_is_for_people_and_is_deleted_before_it_is_uploaded_anew(uploads):
    """No query shows stock and a second upload would count twice: two people decide, 3507 takes it back."""
    bought = record_of("3503", fixmedins_bchno="B1", fixmedins_hilist_id="OWN1")
    back = record_of("3504", fixmedins_bchno="B1", fixmedins_hilist_id="OWN1")
    uploads.take("3504", back)
    uploads.take("3503", bought)
    assert uploads.run_refused("3504") == "没有可以上传的记录"  # its purchase goes first
    assert uploads.run("3503").sent == 1
    assert uploads.run("3504").sent == 1
    (other,) = uploads.take("3503", record_of("3503", fixmedins_bchno="B1", fixmedins_hilist_id="OWN1", memo="改"))
    assert "3507" in other.wrong[0].sentence
    assert uploads.row("3503").state == UploadState.BLOCKED
    with uploads.desk.door():
        take_back(UploadRecord.objects.get(number="3503", is_current=True), by=uploads.desk.by)
    uploads.desk.carry()
    assert uploads.row("3503").state == UploadState.WAITING
    uploads.desk.sandbox.switch_on("drop_response", codes=["3503"], count=1)
    uploads.run("3503")
    assert uploads.row("3503").state == UploadState.DOUBTFUL
    with uploads.desk.door():
        assert Operation.objects.filter(kind="3503", state=State.MANUAL).count() == 1


def test_a_plan_starts_a_run_that_pauses_and_a_killed_worker_s_run_goes_on(uploads, settings):
    """Nothing goes twice: not after a pause, and not after a worker was killed between two messages."""
    uploads.take("4602", *(record_of("4602", mdtrt_sn=f"ZY{number:03}") for number in range(16)))
    with uploads.desk.door():
        save_plans(["4602"], is_on=True, at=time_of_day(), every=5, at_once=2, by=uploads.desk.by)
        plan = uploads.plan("4602")
        plan.next_at = plan.changed_at
        plan.save()
    upload_by_plan(uploads.desk.institution_id)
    run = uploads.newest_run("4602")
    assert (run.is_scheduled, run.total) == (True, 16)
    with uploads.desk.door():
        pause(run)
    uploads.desk.run_jobs()
    assert uploads.effects("4602") == []
    run = uploads.start("4602")
    connections.close_all()
    if (pid := os.fork()) == 0:
        try:
            uploads.desk.run_jobs()
        finally:
            os._exit(1)
    until = time.monotonic() + 20
    while len(uploads.effects("4602")) < 3 and time.monotonic() < until:
        time.sleep(0.02)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    before = len(uploads.effects("4602"))
    assert 3 <= before < 16
    with uploads.desk.door():
        Job.objects.filter(state=JobState.RUNNING).update(beat_at=plan.changed_at.replace(year=2020))
        Lease.objects.update(expires_at=plan.changed_at.replace(year=2020))
        Operation.objects.filter(state=State.SENDING).update(deadline=plan.changed_at.replace(year=2020))
    repair_jobs(uploads.desk.institution_id)
    uploads.look_after()
    uploads.desk.carry()
    assert set(uploads.states("4602")) == {UploadState.SENT}
    run = uploads.again(run)
    assert (run.state, run.sent, run.opened) == (UploadRunState.DONE, 16, 16)
    with uploads.desk.door():
        sent_twice = [one for one in Operation.objects.filter(kind="4602") if one.attempts > 1]
        assert all(Evidence.objects.filter(operation=one).exists() for one in sent_twice)
        assert Attempt.objects.filter(kind="4602").count() == 16 + len(sent_twice)
        assert not Operation.objects.filter(state__in=DOUBTFUL).exists()


def test_a_message_carries_no_more_than_the_interface_takes(uploads):
    """Rows are packed up to the longest input of their transaction; one that is too large by itself is not lost."""
    uploads.take("4201", *(record_of("4201", mdtrt_sn="ZF1", feedetl_sn=str(number)) for number in range(90)))
    assert uploads.run("4201").sent == 90
    assert len(uploads.effects("4201")) > 1
    (given,) = uploads.take("4201", record_of("4201", mdtrt_sn="ZF1", feedetl_sn="x", memo="长" * 40_000))
    assert "上限" in given.wrong[-1].sentence
    assert uploads.states("4201", key="ZF1/x") == [UploadState.BLOCKED]


def test_a_large_record_of_a_visit_of_ours_knows_where_the_patient_is_insured(uploads):
    """A medical record of some megabytes goes by itself; the region is that of our visit."""
    clinic = Clinic(uploads.desk)
    visit = clinic.registered()
    course = record_of("4701")["coursrinfo"][0] | {"dise_plan": "病" * 2000}
    whole = record_of("4701", mdtrt_sn=visit.number, mdtrt_id=visit.mdtrt_id, psn_no=visit.person_no.reveal())
    (given,) = uploads.take("4701", whole | {"coursrinfo": [course] * 400})
    assert (given.insured_at, given.wrong) == (visit.insured_at, [])
    assert uploads.run("4701").sent == 1
    assert uploads.row("4701").size > 2_000_000
