"""Uploading by hand, by schedule and by program: what people see, may do, and are told."""

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from injury.models import Advice, EpochState, FeeEpoch, UploadSchedule
from injury.services.refusals import Refused
from injury.services.uploading.scheduling import next_time, read_times, run_schedule
from portal.access.models import Institution
from tests.injury.fees import make_admission
from tests.injury.upload_desk import UPLOAD


@pytest.fixture
def desk(uploads):
    return uploads


@pytest.fixture
def stay(desk):
    return desk.admit("ZY1")[0]


def at(name, *args):
    return reverse(f"injury:{name}", args=args)


def text(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_the_button_uploads_and_the_page_says_what_happens_next(desk, stay, alice, carol):
    desk.charge(stay, 7)
    shown = text(alice.get(at("upload", stay.pk)))
    assert "上传 7 条" in shown
    assert alice.post(at("upload-one", stay.pk)).status_code == 302
    assert "可以离开本页" in text(alice.get(at("upload", stay.pk)))
    assert "hx-get" in text(alice.get(at("upload-progress", stay.pk)))
    desk.settle()
    shown = text(carol.get(at("upload", stay.pk)))
    assert "与本院一致" in shown
    assert "核对中心金额" not in shown  # an auditor reads
    assert carol.post(at("upload-one", stay.pk)).status_code == 403
    assert "HX-Refresh" in alice.get(at("upload-progress", stay.pk)).headers
    batch = desk.batches(stay)[0]
    assert "F000001" in text(alice.get(at("upload-detail", batch.pk)))
    alice.post(at("upload-check", stay.pk))
    desk.settle()
    assert desk.standing(stay).gate == ""


def test_selected_and_all_admissions_are_uploaded_from_the_list(desk, alice):
    first, second = desk.admit("ZY1", "ZY2")
    for one in (first, second):
        desk.charge(one, 2)
    shown = text(alice.get(at("upload-list")))
    assert "全部上传（2 次就诊）" in shown
    alice.post(at("upload-start"), {"ids": [str(first.pk)], "claimed": "1"})
    with desk.door():
        assert [one.admission_id for one in FeeEpoch.objects.all()] == [first.pk]
    alice.post(at("upload-start"), {"everything": "1"})
    desk.settle()
    with desk.door():
        assert set(FeeEpoch.objects.values_list("state", flat=True)) == {EpochState.COMPLETE}
    text(alice.get(at("upload-list"), {"open": "waiting"}))
    text(alice.get(at("upload-list"), {"open": "stuck", "q": "ZY1"}))


def test_a_partial_upload_is_a_task_of_the_reviewer(desk, stay, alice, bob):
    desk.charge(stay, 4)
    desk.sandbox.switch_on("partial_batch", count=1, codes=[UPLOAD])
    desk.upload(stay)
    desk.settle()
    assert "查看作废申请" in text(alice.get(at("upload", stay.pk)))
    shown = text(bob.get(at("upload", stay.pk)))
    assert "复核作废" in shown
    assert "费用作废等待复核" in text(bob.get(reverse("web:dashboard")))
    assert "等待复核人员决定作废" in text(alice.get(reverse("web:dashboard")))
    wipe = desk.epoch(stay).wipe
    assert "中心金额（元）" in text(bob.get(reverse("gateway:operation", args=[wipe.pk])))


def test_a_wipe_is_asked_for_with_a_reason(desk, stay, alice):
    assert "还没有上传过费用" in text(alice.get(at("wipe", stay.pk)))
    desk.charge(stay, 3)
    desk.upload(stay)
    desk.settle()
    assert "请写明作废的原因" in text(alice.post(at("wipe", stay.pk), {"reason": ""}))
    assert alice.post(at("wipe", stay.pk), {"reason": "对照的类别错了"}).status_code == 302
    epoch = desk.epoch(stay)
    assert (epoch.state, epoch.is_sent_again, epoch.wipe_reason) == (EpochState.WIPING, False, "对照的类别错了")


def test_the_centres_refusal_names_the_items_and_keeps_the_rest(desk, stay):
    desk.charge(stay, 4)
    desk.charge(stay, 3, first=5, own_grade="1", own_category="21")
    desk.sandbox.act("injury", "restrict", party=desk.party.app_code, akc190="ZY1")
    desk.upload(stay)
    desk.settle()
    standing = desk.standing(stay)
    assert standing.held == 7
    assert "暂不能上传" in standing.gate
    assert "被中心拒绝" in desk.batches(stay)[0].get_state_display()


def test_changed_advices_go_once_with_what_links_them_or_alone(desk, stay):
    with desk.door():
        for number in ("YZ1", "YZ2"):
            Advice.objects.create(
                environment="test",
                admission=stay,
                number=number,
                started_on=timezone.localdate(),
                text="换药",
                doctor="孙样例",
                nurse="李样例",
            )
    desk.charge(stay, 2, advice_no="YZ1")
    desk.upload(stay)
    desk.settle()
    assert [(one.sign, len(one.advices)) for one in desk.batches(stay)] == [(0, 1), (1, 1)]
    with desk.door():
        assert all(one.is_uploaded for one in Advice.objects.all())
        Advice.objects.filter(number="YZ2").update(version=2, text="换药 每日两次")
    desk.sandbox.switch_on("drop_response", count=1, codes=[UPLOAD])
    desk.upload(stay)
    desk.settle()
    assert [(one.sign, one.state) for one in desk.batches(stay)[2:]] == [(0, "cancelled"), (0, "applied")]
    assert desk.differences(stay) == []


def test_programs_start_and_read_the_standing(desk, stay, alice):
    desk.charge(stay, 3)
    address = f"/api/v1/injury/admissions/{stay.pk}"

    def post():
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        return alice.post(f"{address}/uploads", "{}", content_type="application/json", headers=headers)

    begun = post()
    assert (begun.status_code, begun.json()["state"]) == (202, "starting")
    another = post()
    assert (another.status_code, another.json()["code"]) == (409, "already-running")
    desk.settle()
    told = alice.get(f"{address}/fee-standing").json()
    assert (told["uploaded"], told["gate"], told["state"]) == (3, "", "complete")
    assert told["ours"] == told["centre"]
    again = post()
    assert again.status_code == 409
    assert "没有等待上传的费用" in again.json()["detail"]


# --- by themselves


def test_the_schedule_starts_what_waits_and_says_when_next(desk, stay, dora, alice):
    desk.charge(stay, 3)
    assert alice.get(at("upload-schedule")).status_code == 403
    shown = text(dora.post(at("upload-schedule"), {"is_on": "on", "times": "25:00", "every": "30"}))
    assert "不是时刻" in shown
    assert "25:00" in shown
    dora.post(at("upload-schedule"), {"is_on": "on", "times": "", "every": "30"})
    with desk.door():
        assert run_schedule(Institution.objects.get(pk=desk.institution_id)) == 0  # not due yet
        UploadSchedule.objects.update(next_at=timezone.now() - timedelta(minutes=1))
        assert run_schedule(Institution.objects.get(pk=desk.institution_id)) == 1
        assert run_schedule(Institution.objects.get(pk=desk.institution_id)) == 0
    desk.settle()
    epoch = desk.epoch(stay)
    assert (epoch.state, epoch.started_as, epoch.is_scheduled) == (EpochState.COMPLETE, "自动上传", True)
    with desk.door():
        assert desk.batches(stay)[0].operation.created_label == "自动上传"


def test_times_are_read_as_people_type_them():
    assert read_times("8:00，12：30 08:00") == ("08:00", "12:30")
    with pytest.raises(Refused, match="中午"):
        read_times("8:00 中午")
    china = ZoneInfo("Asia/Shanghai")
    nine, seven = datetime(2026, 11, 21, 9, tzinfo=china), datetime(2026, 11, 21, 19, tzinfo=china)
    assert next_time("08:00,18:30", 30, nine) == datetime(2026, 11, 21, 18, 30, tzinfo=china)
    assert next_time("08:00,18:30", 30, seven) == datetime(2026, 11, 22, 8, tzinfo=china)
    assert next_time("", 30, nine) == datetime(2026, 11, 21, 9, 30, tzinfo=china)


def test_drafts_and_strangers_are_not_uploaded(desk, alice, charlie):
    with desk.door():
        draft = make_admission("ZY9", state="draft")
    desk.charge(draft, 1)
    shown = text(alice.post(at("upload-one", draft.pk), follow=True))
    assert "登记入院后" in shown
    assert charlie.get(at("upload", draft.pk)).status_code == 404
