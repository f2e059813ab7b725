"""Partial and doubled uploads: emptied by two people, proven empty, sent again, three times at most (design 3.4)."""

import time

import pytest

from injury.messages import UploadFees
from injury.models import Admission, BatchState, CentreReading, EpochState, FeeBatch, FeeEpoch, FeeItem, FeeState
from injury.services.refusals import Refused
from injury.services.uploading import outcomes, request_wipe, start_check, start_upload
from portal.gateway import client
from portal.gateway.journal import Finding, NotAllowed, State, approve, decide_manually, refuse, send_queued
from portal.gateway.sessions import services as sessions
from portal.gateway.wire import exchange
from tests.injury.upload_desk import UPLOAD, WIPE


@pytest.fixture
def desk(uploads):
    return uploads


@pytest.fixture
def stay(desk):
    return desk.admit("ZY1")[0]


def begun(desk, stay, fault, **more):
    desk.charge(stay, 9)
    desk.sandbox.switch_on(fault, count=1, codes=[UPLOAD], **more)
    desk.upload(stay)
    desk.settle()


def test_fewer_stored_than_sent_stops_at_once_and_a_reviewer_empties_it(desk, stay):
    begun(desk, stay, "partial_batch")
    epoch = desk.epoch(stay)
    assert (epoch.state, epoch.wipe.state) == (EpochState.WIPING, State.DRAFT)
    assert "只保存了 3 条" in epoch.wipe_reason
    assert [one.state for one in desk.batches(stay)] == [BatchState.PARTIAL, BatchState.CANCELLED]
    assert "作废" in desk.standing(stay).gate
    with desk.door(), pytest.raises(NotAllowed, match="复核"):
        approve(epoch.wipe, by=desk.by)
    with desk.door(), pytest.raises(Refused):
        start_upload(stay, by=desk.by)
    desk.approve_wipe(stay)
    desk.settle()
    after = desk.epoch(stay)
    assert (after.n, after.state) == (2, EpochState.COMPLETE)
    assert desk.differences(stay) == []
    with desk.door():
        assert FeeItem.objects.filter(state=FeeState.UPLOADED).count() == 9
        empty = CentreReading.objects.filter(purpose="empty")
        assert empty.count() >= 2
        assert all(one.is_empty for one in empty)


def test_a_part_whose_reply_was_lost_is_found_by_the_sums(desk, stay, monkeypatch):
    # The sandbox has one fault for each call, so the reply's count is withheld here instead of its bytes.
    monkeypatch.setattr(outcomes, "saved_of", lambda reply: None)
    begun(desk, stay, "partial_batch")
    epoch = desk.epoch(stay)
    assert (epoch.state, epoch.wipe.state) == (EpochState.WIPING, State.DRAFT)
    desk.approve_wipe(stay)
    desk.settle()
    assert desk.epoch(stay).state == EpochState.COMPLETE
    assert desk.differences(stay) == []


def test_what_runs_late_after_it_was_sent_again_is_caught_before_the_gate_opens(desk, stay):
    desk.charge(stay, 4)
    desk.sandbox.switch_on("late_execution", count=1, seconds=2.5, codes=[UPLOAD])
    desk.upload(stay)
    desk.settle()
    assert desk.epoch(stay).state == EpochState.COMPLETE  # equal when it was read; the first message still waits there
    waited(lambda: desk.differences(stay))
    with desk.door():
        start_check(stay, by=desk.by)
    desk.settle()
    epoch = desk.epoch(stay)
    assert epoch.state == EpochState.WIPING
    assert "第 1 轮第 1 批" in epoch.wipe_reason
    assert desk.standing(stay).gate
    desk.approve_wipe(stay)
    desk.settle()
    assert desk.differences(stay) == []
    assert desk.standing(stay).gate == ""


def test_a_doubt_with_part_of_it_there_stays_parked_until_the_wipe_makes_it_moot(desk, stay):
    """Something else arrives between: neither with nor without; nobody may have the message sent again."""
    desk.charge(stay, 4)
    desk.sandbox.switch_on("late_execution", count=1, seconds=1.5, codes=[UPLOAD])
    desk.upload(stay)
    desk.run_jobs()
    send_queued(desk.institution_id, "injury")
    another_program_uploads(desk, stay)
    desk.settle()
    epoch = desk.epoch(stay)
    batch = desk.batches(stay)[0]
    assert (epoch.state, batch.state) == (EpochState.WIPING, BatchState.PARTIAL)
    assert batch.operation.is_doubtful
    with desk.door():
        refuse(epoch.wipe, by=desk.reviewer, reason="先向中心核对")
        again = request_wipe(stay, reason="核对过，重新上传", again=True, by=desk.by)
        assert again.pk != epoch.wipe_id
    # The late message has arrived by now, however slow or quick this machine is: the wipe takes it away as well.
    assert waited(lambda: [one["code"] for one in desk.party.truth()["effects"]].count(UPLOAD) == 2)
    desk.approve_wipe(stay)
    desk.settle()
    assert desk.batches(stay)[0].operation.state == State.REVERSED


def another_program_uploads(desk, stay):
    """With the portal's own session, past the portal."""
    with desk.door():
        settings = client.wire_settings("injury", "test")
    settings = sessions.entered(settings, UPLOAD, desk.institution_id, "test")
    line = {
        "alc400": "X1",
        "alc401": "2026-11-21",
        "akc229": "1",
        "alc402": "SZFZL999",
        "alc403": "别的程序",
        "aka063": "21",
        "aka065": "3",
        "alc404": "1",
        "alc405": "7.77",
        "alc406": "1",
        "alc407": "7.77",
        "aka070": "无",
        "akc231": "别的程序",
        "akc515": "X1",
        "aae080": "999",
    }
    request = UploadFees.model_validate({"akc190": stay.number, "meds": {"med": [line]}})
    exchange(settings, request).require()


def waited(ready, seconds=8.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := ready():
            return found
        time.sleep(0.1)
    return None


@pytest.mark.parametrize("fault", ["drop_request", "drop_response"])
def test_a_wipe_in_doubt_is_proven_like_everything_else(desk, stay, fault):
    begun(desk, stay, "partial_batch")
    desk.sandbox.switch_on(fault, count=1, codes=[WIPE])
    desk.approve_wipe(stay)
    desk.settle()
    assert desk.epoch(stay).state == EpochState.COMPLETE
    assert desk.differences(stay) == []


def test_after_three_wipes_a_person_decides(desk, stay):
    desk.charge(stay, 4)
    desk.sandbox.switch_on("partial_batch", codes=[UPLOAD])
    desk.upload(stay)
    for _ in range(3):
        desk.settle()
        assert desk.epoch(stay).state == EpochState.WIPING
        desk.approve_wipe(stay)
    desk.settle()
    epoch = desk.epoch(stay)
    assert (epoch.n, epoch.state, epoch.wipe) == (4, EpochState.PEOPLE, None)
    desk.sandbox.switch_off()
    with desk.door():
        request_wipe(stay, reason="与中心核对过，全部重传", again=True, by=desk.by)
    desk.approve_wipe(stay)
    desk.settle()
    assert desk.epoch(stay).state == EpochState.COMPLETE
    assert desk.differences(stay) == []


def test_a_wipe_by_hand_takes_a_reason_a_second_person_and_quiet(desk, stay):
    desk.charge(stay, 3)
    desk.upload(stay)
    with desk.door(), pytest.raises(Refused, match="原因"):
        request_wipe(stay, reason=" ", again=False, by=desk.by)
    with desk.door(), pytest.raises(Refused):
        request_wipe(stay, reason="对照错了", again=False, by=desk.by)  # it is on its way
    desk.settle()
    with desk.door():
        wipe = request_wipe(stay, reason="对照错了", again=False, by=desk.by)
        assert wipe.state == State.DRAFT
        refuse(wipe, by=desk.reviewer, reason="先核对")
    assert desk.epoch(stay).state == EpochState.COMPLETE
    assert desk.standing(stay).gate != ""  # what was refused changes nothing, but the sums are to be read again
    with desk.door():
        request_wipe(stay, reason="对照错了", again=False, by=desk.by)
    desk.approve_wipe(stay)
    desk.settle()
    standing = desk.standing(stay)
    assert (standing.waiting, standing.uploaded, standing.epoch) == (3, 0, None)
    assert standing.is_known_empty
    assert desk.at_centre(stay)["count"] == 0


def test_sums_of_another_program_stop_everything_before_anything_is_sent(desk, stay):
    desk.charge(stay, 3)
    desk.upload(stay)
    desk.settle()
    another_program_uploads(desk, stay)
    desk.charge(stay, 2, first=4)
    desk.upload(stay)
    desk.settle()
    epoch = desk.epoch(stay)
    assert epoch.state == EpochState.STOPPED
    assert "其他程序" in epoch.note
    assert [one.state for one in desk.batches(stay)] == [BatchState.APPLIED, BatchState.PLANNED]
    with desk.door():
        request_wipe(stay, reason="别的程序上传过", again=True, by=desk.by)
    desk.approve_wipe(stay)
    desk.settle()
    assert desk.epoch(stay).state == EpochState.COMPLETE
    assert desk.differences(stay) == []


def test_two_people_may_not_have_a_stopped_batch_sent_again(desk, stay, dora_member):
    begun(desk, stay, "partial_batch")
    with desk.door():
        batch = FeeBatch.objects.select_related("operation").order_by("number")[0]
        assert batch.operation is not None
        batch.operation.state = State.MANUAL
        with pytest.raises(NotAllowed, match="不再重新发送"):
            decide_manually(batch.operation, Finding.NOT_APPLIED, by=desk.reviewer, reason="再发", again=True)
        assert FeeEpoch.objects.get().state == EpochState.WIPING
        assert Admission.objects.get().operation_id == FeeEpoch.objects.get().wipe_id
