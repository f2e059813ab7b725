"""The admission's pages and calls: what was typed stays, faults stand beside fields, foreign rows are not there."""

import json
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from injury.models import Admission, AdmissionState, CentreTreatment, Enquiry, EnquiryState
from injury.rules.identity import check_digit
from injury.services.enquiries import forget_old_enquiries
from portal.access.door import tenant_tx
from portal.audit.models import Event
from tests.cast import actions_of
from tests.injury.fees import make_admission

pytestmark = pytest.mark.django_db

FIRST = "15010219800229001"
TYPED = {
    "identity": FIRST + check_digit(FIRST),
    "name": "沐样例",
    "gender": "1",
    "person_no": "1001",
    "employer_no": "2002",
    "number": "ZY2026-1",
    "visit_kind": "21",
    "treatment": "7",
    "admitted_on": str(timezone.localdate()),
    "department": "骨科",
    "ward": "三病区",
    "bed": "12",
    "doctor": "孙样例",
    "diseases": "T14.900，S82.100",
}


def text(response):
    return response.content.decode()


@pytest.fixture
def door(hospital_a):
    return lambda: tenant_tx(hospital_a.pk)


@pytest.fixture
def draft(alice, door):
    alice.post(reverse("injury:admission-new"), TYPED)
    with door():
        return Admission.objects.get()


def test_a_draft_keeps_everything_that_was_typed_and_says_what_is_missing(alice, door):
    wrong = TYPED | {"doctor": "医" * 21, "name": "名" * 31, "admitted_on": "2026/03/20", "bed": ""}
    answer = alice.post(reverse("injury:admission-new"), wrong)
    assert "格式应为 年-月-日" in text(answer)
    assert 'value="' + "名" * 31 in text(answer)
    answer = alice.post(reverse("injury:admission-new"), wrong | {"admitted_on": TYPED["admitted_on"]}, follow=True)
    shown = text(answer)
    for words in ("最多 30 个字符，现在是 31 个", "最多 20 个字符，现在是 21 个", "住院必须填写", "还有 3 处"):
        assert words in shown
    assert 'value="' + "医" * 21 in shown
    with door():
        kept = Admission.objects.get()
        assert (kept.state, kept.name.reveal(), kept.doctor) == (AdmissionState.DRAFT, "名" * 31, "")
    assert kept.name_masked.startswith("名*")


def test_the_form_marks_what_registering_needs(alice):
    page = text(alice.get(reverse("injury:admission-new")))
    mark = '<span class="required" title="必填" aria-hidden="true">*</span></label>'
    for needed in ("身份证号", "姓名", "性别", "单位编号", "住院号/门诊号", "入院日期", "病种编码", "科室", "主治医师"):
        assert f">{needed}{mark}" in page, needed
    for free in ("社保卡卡号", "备注", "病房"):
        assert f">{free}{mark}" not in page, free
    assert page.count("住院必填") == 2


def test_a_wrong_checksum_is_refused_and_nothing_is_sent(alice, door):
    wrong = TYPED["identity"][:17] + ("1" if TYPED["identity"][17] != "1" else "2")
    alice.post(reverse("injury:admission-new"), TYPED | {"identity": wrong})
    with door():
        admission = Admission.objects.get()
    answer = alice.post(reverse("injury:admission-register", args=[admission.pk]), follow=True)
    assert "校验码不对" in text(answer)
    with door():
        assert Admission.objects.get().operation is None


def test_registering_twice_is_one_operation_and_the_number_stays(alice, draft, door):
    address = reverse("injury:admission-register", args=[draft.pk])
    for _ in range(2):
        assert "登记中·排队中" in text(alice.post(address, follow=True))
    with door():
        admission = Admission.objects.select_related("operation").get()
    assert admission.operation is not None
    assert (admission.operation.business_key, admission.diseases) == ("ZY2026-1", "T14.900,S82.100")
    again = alice.get(reverse("injury:admission-edit", args=[draft.pk]))
    assert again.status_code == 302


def test_the_path_offers_what_is_possible_and_explains_the_rest(alice, draft):
    shown = text(alice.get(reverse("injury:admission-detail", args=[draft.pk])))
    for words in ("信息完整，可以登记", "没有事故备案，不影响登记和上传", "登记入院之后才能办理", "单位报销"):
        assert words in shown
    assert "继续治疗申请</strong>" not in shown


def test_undoing_names_what_goes_along_and_why_it_cannot(alice, door):
    with door():
        admission, gone = make_admission("ZY1"), make_admission("ZY2", state=AdmissionState.DISCHARGED)
    shown = text(alice.get(reverse("injury:admission-undo", args=[admission.pk])))
    assert "没有已上传的费用和医嘱" in shown
    assert "请先撤销出院" in text(alice.get(reverse("injury:admission-undo", args=[gone.pk])))
    answer = alice.post(reverse("injury:admission-undo", args=[admission.pk]), follow=True)
    assert "须由复核人员复核" in text(answer)
    assert "撤销登记中·待复核" in text(answer)


def test_full_identity_takes_a_reason_and_is_recorded(alice, draft, hospital_a):
    address = reverse("injury:admission-identity", args=[draft.pk])
    assert TYPED["identity"] not in text(alice.get(reverse("injury:admission-detail", args=[draft.pk])))
    assert "请填写查看的理由" in text(alice.post(address, follow=True))
    assert TYPED["identity"] in text(alice.post(address, {"reason": "核对身份证原件"}))
    assert "injury.person.read" in actions_of(hospital_a.pk)
    with tenant_tx(hospital_a.pk):
        assert not Event.objects.filter(body__contains=TYPED["identity"]).exists()


def test_another_hospitals_admission_is_not_there(draft, charlie):
    for name in ("detail", "edit", "undo", "state"):
        for pk in (draft.pk, uuid.uuid4()):
            assert charlie.get(reverse(f"injury:admission-{name}", args=[pk])).status_code == 404
    assert charlie.post(reverse("injury:admission-register", args=[draft.pk])).status_code == 404
    assert charlie.get(f"/api/v1/injury/admissions/{draft.pk}").status_code == 404
    assert draft.number not in text(charlie.get(reverse("injury:admission-list")))


def test_the_list_filters_by_state_person_and_what_is_open(alice, door):
    with door():
        make_admission("ZY1", name="钱样例")
        make_admission("ZY2", name="赵某某", state=AdmissionState.DRAFT, note="代码 51015")
        make_admission("ZY3", state=AdmissionState.UNDONE)
    address = reverse("injury:admission-list")

    def numbers(**query):
        shown = text(alice.get(address, query))
        return {number for number in ("ZY1", "ZY2", "ZY3") if f">{number}<" in shown}

    assert numbers() == {"ZY1", "ZY2"}
    assert numbers(state="undone") == {"ZY3"}
    assert numbers(name="赵某某") == {"ZY2"}
    assert numbers(open="refused") == {"ZY2"}
    assert alice.get(address, {"export": "xlsx"}).status_code == 200
    assert "工伤入院登记被拒绝" in text(alice.get("/"))


def test_wrong_search_details_are_refused_at_the_desk_and_the_answer_is_polled(alice, door):
    answer = alice.post(reverse("injury:people"), {"where": "local", "identity": "123", "name": ""})
    assert "应为 18 位" in text(answer)
    assert "姓名：请填写" in text(answer)
    line = f"A12345678|{'0' * 32}|{TYPED['identity'].lower()}|沐样例"
    answer = alice.post(reverse("injury:people-by", args=["card"]), {"where": "local", "card": line}, follow=True)
    assert "正在向工伤中心查询" in text(answer)
    with door():
        enquiry = Enquiry.objects.get()
    assert enquiry.params.reveal()["identity"] == TYPED["identity"]
    state = alice.get(reverse("injury:enquiry-state", args=[enquiry.pk]))
    assert "HX-Refresh" not in state.headers
    with door():
        Enquiry.objects.update(state=EnquiryState.DOUBTFUL, sentence="接口在规定时间内没有答复")
    assert alice.get(reverse("injury:enquiry-state", args=[enquiry.pk])).headers["HX-Refresh"] == "true"


def test_the_same_question_twice_is_asked_once_and_old_answers_are_forgotten(alice, door):
    for _ in range(2):
        alice.post(reverse("injury:people"), {"where": "local", "identity": TYPED["identity"], "name": "沐样例"})
    with door():
        assert Enquiry.objects.count() == 1
        Enquiry.objects.update(asked_at=timezone.now() - timedelta(days=181))
        assert forget_old_enquiries() == 1


def call(client, path, body, key="k1"):
    return client.post(
        f"/api/v1/injury/{path}", json.dumps(body), content_type="application/json", headers={"Idempotency-Key": key}
    )


def test_a_hospital_system_creates_registers_and_reads(alice, door):
    body = {"flow": "new", **TYPED, "diseases": "T14.900", "register": True}
    answer = call(alice, "admissions", body)
    assert (answer.status_code, answer.json()["kind"]) == (202, "register")
    assert call(alice, "admissions", body).json() == answer.json()
    with door():
        admission = Admission.objects.get()
    shown = alice.get(f"/api/v1/injury/admissions/{admission.pk}").json()
    assert (shown["state"], shown["number"], TYPED["identity"] in str(shown)) == ("registering", "ZY2026-1", False)


def test_every_fault_of_a_call_has_its_pointer_and_nothing_is_kept(alice, door):
    answer = call(alice, "admissions", {"flow": "new", **TYPED, "name": "名" * 31, "bed": ""}, key="k2")
    assert answer.status_code == 422
    assert {one["pointer"] for one in answer.json()["errors"]} == {"/name", "/bed", "/diseases"}
    late = call(alice, "admissions", {"flow": "new", **TYPED, "admitted_on": "2026/03/20"}, key="k3")
    assert (late.status_code, late.json()["errors"][0]["pointer"]) == (422, "/admitted_on")
    assert call(alice, "admissions", {"flow": "old", **TYPED}, key="k4").json()["errors"][0]["pointer"] == "/enquiry"
    with door():
        assert not Admission.objects.exists()


def test_an_enquiry_is_accepted_with_its_address(alice):
    body = {"where": "local", "means": "identity", "identity": TYPED["identity"], "name": "沐样例"}
    answer = call(alice, "people-enquiries", body)
    assert answer.status_code == 202
    shown = alice.get(answer.headers["Location"]).json()
    assert (shown["state"], shown["choices"], "沐样例" in str(shown)) == ("asking", [], False)
    wrong = call(alice, "people-enquiries", body | {"identity": "1"}, key="k5").json()
    assert wrong["errors"] == [{"pointer": "/identity", "detail": "身份证号：应为 18 位，现在是 1 位"}]


def an_application(door, member, state, *, ago=0, number="JX1"):
    with door():
        enquiry = Enquiry.objects.create(
            environment="test", kind="getCureBatch", title="批量", params={}, state=EnquiryState.ANSWERED, count=1
        )
        Enquiry.objects.filter(pk=enquiry.pk).update(asked_at=timezone.now() - timedelta(days=ago))
        return CentreTreatment.objects.create(
            environment="test",
            enquiry=enquiry,
            identity=TYPED["identity"],
            name="沐样例",
            name_masked="沐**",
            treatment_no=number,
            state=state,
            diagnosis="骨折未愈合",
            ends_on=timezone.localdate(),
        )


def test_an_approval_that_came_since_it_was_asked_about_is_an_open_task(alice, alice_member, door):
    an_application(door, alice_member, "0", ago=3)
    row = an_application(door, alice_member, "1")
    an_application(door, alice_member, "1", number="JX2")  # approved from the beginning: no news
    assert "新审核通过的继续治疗申请" in text(alice.get("/"))
    listed = text(alice.get(reverse("injury:treatment-batch"), {"enquiry": str(row.enquiry_id)}))
    assert reverse("injury:centre-row", args=["treatment", row.pk]) in listed
    assert "骨折未愈合" in text(alice.get(reverse("injury:centre-row", args=["treatment", row.pk])))
    alice.post(reverse("injury:enquiry-of-row", args=["treatment", row.pk]))
    with door():
        assert Enquiry.objects.get(kind="person.local.identity").params.reveal()["identity"] == TYPED["identity"]
        make_admission("ZY1", treatment_no="JX1")
    assert "新审核通过的继续治疗申请" not in text(alice.get("/"))


def test_what_was_taken_back_begins_again_with_the_same_data(alice, door):
    with door():
        gone = make_admission("ZY1", state=AdmissionState.UNDONE)
    again = alice.post(reverse("injury:admission-again", args=[gone.pk]), follow=True)
    assert "老工伤入院" in text(again)
    with door():
        draft = Admission.objects.get(state=AdmissionState.DRAFT)
        assert (draft.number, draft.identity.reveal()) == ("ZY1", gone.identity.reveal())
    assert "已经用在另一次就诊上" in text(alice.post(reverse("injury:admission-again", args=[gone.pk]), follow=True))
