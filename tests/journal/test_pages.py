"""What people see of an operation, and what they may do on its page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.access.door import tenant_tx
from portal.audit.models import Event
from portal.gateway.journal.doubt import give_to_people
from portal.gateway.journal.models import Operation
from portal.gateway.journal.moves import move
from portal.gateway.journal.sending import send_queued
from portal.gateway.journal.states import State
from portal.jobs.drawer import recent
from portal.web.dashboard import tasks_for


@pytest.fixture
def draft(desk):
    return desk.open(needs_second=True)


@pytest.fixture
def doubtful(desk):
    desk.sandbox.switch_on("drop_response", count=1, codes=["verifyClearing"])
    operation = desk.open()
    send_queued(desk.institution_id, "clearing")
    return desk.now(operation)


def url(operation, step=""):
    return f"/gateway/operations/{operation.pk}/{step}"


def test_it_says_what_happens_next_and_never_that_doubt_is_failure(desk, doubtful, alice):
    page = alice.get(url(doubtful)).content.decode()
    assert "结果待确认" in page
    assert "不会重复发送" in page
    assert "失败" not in page
    assert 'hx-trigger="again"' in page
    assert '"X-Background": "1"' in page
    assert desk.attempts(doubtful)[0].msgid in page
    assert 'action="' + url(doubtful, "withdraw/") not in page


def test_it_asks_in_the_background_and_reloads_when_the_state_changed(desk, doubtful, alice):
    part = alice.get(url(doubtful, "part/?state=in_doubt"))
    assert "HX-Refresh" not in part
    assert "结果待确认" in part.content.decode()
    assert alice.get(url(doubtful, "part/?state=sending")).headers["HX-Refresh"] == "true"


def test_it_stands_still_when_it_has_ended(desk, alice):
    operation = desk.open()
    send_queued(desk.institution_id, "clearing")
    page = alice.get(url(operation)).content.decode()
    assert "hx-trigger" not in page.split('id="operation"')[1].split(">")[0]
    assert "医保中心的答复" in page


def test_it_hides_the_operation_from_another_hospital(draft, charlie, rita):
    for client in (charlie, rita):
        for step in ("", "part/", "approve/", "refuse/"):
            call = client.get if step in ("", "part/") else client.post
            assert call(url(draft, step)).status_code in (403, 404)
    assert rita.post(url(draft, "approve/")).status_code == 404


def test_the_second_person_confirms_with_title_and_consequence(desk, draft, bob):
    page = bob.get("/gateway/approvals/").content.decode()
    assert f'data-confirm="{draft.title}' in page
    assert "复核通过后立即发送" in page
    assert bob.post(url(draft, "approve/"), {"version": draft.version, "back": "approvals"}).status_code == 302
    assert desk.now(draft).state == State.QUEUED


def test_an_approval_of_something_that_changed_meanwhile_is_refused(desk, draft, bob):
    answer = bob.post(url(draft, "approve/"), {"version": "99"}, follow=True)
    assert "刚刚发生了变化" in answer.content.decode()
    assert desk.now(draft).state == State.DRAFT


def test_own_drafts_show_no_buttons(desk, alice, alice_member, bob, bob_member, draft):
    assert "复核通过</button>" not in alice.get("/gateway/approvals/").content.decode()
    assert alice.post(url(draft, "approve/")).status_code == 403
    own = desk.open(1, by=bob_member, needs_second=True)
    assert url(own, "approve/") not in bob.get(url(own)).content.decode()
    answer = bob.post(url(own, "approve/"), {"version": own.version}, follow=True)
    assert "不能复核自己" in answer.content.decode()


def test_it_is_refused_with_a_reason(desk, draft, bob):
    bob.post(url(draft, "refuse/"), {"reason": "金额与核定表不符"})
    page = bob.get(url(draft)).content.decode()
    assert "金额与核定表不符" in page
    assert desk.now(draft).state == State.REFUSED


def test_it_is_withdrawn_from_its_page(desk, alice):
    operation = desk.open()
    assert url(operation, "withdraw/") in alice.get(url(operation)).content.decode()
    alice.post(url(operation, "withdraw/"), {"reason": "选错了"})
    assert desk.now(operation).state == State.WITHDRAWN


def test_doubt_is_looked_into_on_request_but_not_in_the_quiet_period(desk, doubtful, alice, settings):
    desk.update(doubtful, quiet_until=timezone.now() + timedelta(minutes=5))
    answer = alice.post(url(doubtful, "look/"), follow=True)
    assert "静默期" in answer.content.decode()
    desk.update(doubtful, quiet_until=None)
    assert "正在向医保中心查询" in alice.post(url(doubtful, "look/"), follow=True).content.decode()


def test_two_people_decide_on_the_page(desk, doubtful, bob, dora):
    desk.update(doubtful, quiet_until=None)
    with tenant_tx(desk.institution_id):
        operation = Operation.objects.get(pk=doubtful.pk)
        move(operation, State.RESOLVING)
        give_to_people(operation, "查询没有结果")
    answer = {"answer": "applied", "reason": "电话核对"}
    bob.post(url(doubtful, "decide/"), answer)
    assert "电话核对" in dora.get(url(doubtful)).content.decode()
    dora.post(url(doubtful, "decide/"), answer)
    assert desk.now(doubtful).state == State.DONE


def test_doubts_are_open_tasks_and_in_the_drawer(desk, doubtful, alice, alice_member, bob_member):
    assert doubtful.title in alice.get("/gateway/doubts/").content.decode()
    with tenant_tx(desk.institution_id):
        assert any(task.url == "/gateway/doubts/" and task.count == 1 for task in tasks_for(alice_member))
        [work] = recent(alice_member)
    assert (work.tone, work.state) == ("doubt", "结果待确认")
    assert "结果待确认" in alice.get("/").content.decode()


def test_drafts_wait_on_the_reviewers_dashboard(desk, draft, alice_member, bob_member):
    with tenant_tx(desk.institution_id):
        assert any(task.label == "待我复核" for task in tasks_for(bob_member))
        assert not any(task.label == "待我复核" for task in tasks_for(alice_member))


def test_messages_are_shown_masked_and_in_full_only_with_a_reason(desk, alice, carol):
    operation = desk.open()
    send_queued(desk.institution_id, "clearing")
    [attempt] = desk.attempts(operation)
    assert alice.get("/gateway/attempts/").status_code == 403
    assert attempt.msgid in carol.get("/gateway/attempts/").content.decode()
    address = f"/gateway/attempts/{attempt.pk}/"
    assert "原文</h2>" in carol.get(address).content.decode()
    assert "理由" in carol.post(f"{address}read/", {"reason": ""}, follow=True).content.decode()
    assert desk.rows[0] in carol.post(f"{address}read/", {"reason": "核对争议"}).content.decode()
    with tenant_tx(desk.institution_id):
        assert Event.objects.filter(action="gateway.attempt.read").count() == 1
