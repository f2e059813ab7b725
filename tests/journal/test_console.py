"""Calls from the test console: sent once, shown masked, never a business's own; and the log that keeps them."""

import json
from uuid import uuid4

import pytest
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone

from clearing.messages import QueryClearing
from portal.access.door import tenant_tx
from portal.access.models import Institution
from portal.audit.models import Event
from portal.gateway import client
from portal.gateway.console import texts
from portal.gateway.console.models import ConsoleCall
from portal.gateway.errors import NotSent
from portal.gateway.exchanges import exchanges_about, exchanges_shown
from portal.gateway.journal import resolve, send_queued
from portal.gateway.journal.models import Attempt, Operation
from portal.gateway.journal.services import decide_manually
from portal.gateway.journal.states import Finding, State
from portal.gateway.messages import item_of
from portal.jobs import Job
from portal.jobs.tasks import run_job
from tests.cast import signed_in

QUERY = {"year": "2025", "aka080": "001", "page": 1, "size": 2}


def work_on(code, gateway="clearing"):
    return reverse("gateway:console-work", args=[gateway, code])


def send(client, code, tree, *, form=None, **more):
    post = {"mode": "json", "json": texts.written(tree), "act": "send", "form": str(form or uuid4()), **more}
    return client.post(work_on(code), post)


def calls(desk, **conditions):
    with tenant_tx(desk.institution_id):
        return list(ConsoleCall.objects.filter(**conditions).select_related("operation", "attempt"))


def run_jobs(desk):
    with tenant_tx(desk.institution_id):
        waiting = list(Job.objects.filter(kind="gateway.console", state="queued"))
    for job in waiting:
        run_job(desk.institution_id, str(job.pk))


def actions(desk, name):
    with tenant_tx(desk.institution_id):
        return Event.objects.filter(action=name).count()


def test_a_query_is_sent_by_a_job_once_and_shown_with_its_meaning(desk, alice, carol):
    form = uuid4()
    first = send(alice, "queryClearing", QUERY, form=form)
    again = send(alice, "queryClearing", QUERY, form=form)
    assert first["Location"] == again["Location"]
    [call] = calls(desk)
    assert call.attempt is None
    page = alice.get(first["Location"]).content.decode()
    assert "正在等待接口答复" in page
    run_jobs(desk)
    [call] = calls(desk)
    assert (call.outcome, call.attempt.by_console, call.attempt.asked_by) == ("ok", True, desk.by.label)
    part = reverse("gateway:console-call-part", args=[call.pk])
    assert alice.get(part, {"state": ""})["HX-Refresh"] == "true"
    page = alice.get(first["Location"]).content.decode()
    assert "接口已受理" in page
    assert "2 条" in page
    assert "<details open" not in page, "what lies deeper is folded"
    assert actions(desk, "gateway.console.sent") == 1
    # Others see it in the list of all, not in their own.
    where = reverse("gateway:console-calls")
    assert str(call.pk) in carol.get(where).content.decode()
    assert str(call.pk) not in carol.get(where, {"whose": "mine"}).content.decode()
    assert str(call.pk) in alice.get(where, {"whose": "mine"}).content.decode()


def test_what_is_wrong_is_not_sent(desk, alice):
    wrong = send(alice, "queryClearing", {"year": "25", "aka080": "9", "x": 1}).content.decode()
    for path in ("year", "aka080", ">x<"):
        assert path in wrong
    assert "共 3 处需要更正" in wrong
    unreadable = alice.post(work_on("queryClearing"), {"mode": "json", "json": '{"year": ', "act": "send"})
    assert "JSON 无法读取" in unreadable.content.decode()
    assert "{&quot;year&quot;: " in unreadable.content.decode(), "what was typed is still there"
    assert calls(desk) == []


def test_a_changing_call_moves_nothing_of_the_business(desk, alice):
    row = desk.rows[0]
    real = desk.open(1)
    send(alice, "verifyClearing", {"row_ids": [row]})
    [call] = calls(desk)
    operation = call.operation
    assert (operation.title, operation.by_console) == ("接口测试：批量核对", True)
    assert operation.business_key not in desk.rows
    send_queued(desk.institution_id, "clearing")
    assert desk.now(operation).state == State.DONE
    assert desk.handler.told == [("applied", desk.now(real).business_key)], "only the real one is told"
    assert len(desk.effects(row)) == 1
    page = alice.get(reverse("gateway:operation", args=[operation.pk])).content.decode()
    assert '<span class="tag tag-warn">接口测试</span>' in page


def test_a_doubtful_one_goes_to_people_and_still_tells_no_business(desk, alice, bob_member, dora_member):
    desk.sandbox.switch_on("drop_response", count=1, codes=["verifyClearing"])
    send(alice, "verifyClearing", {"row_ids": [desk.rows[0]]})
    send_queued(desk.institution_id, "clearing")
    [call] = calls(desk)
    assert desk.now(call.operation).state == State.IN_DOUBT
    desk.update(call.operation, quiet_until=timezone.now())
    assert resolve(desk.institution_id, call.operation.pk) == State.MANUAL
    for by in (bob_member, dora_member):
        with tenant_tx(desk.institution_id):
            operation = Operation.objects.get(pk=call.operation.pk)
            decide_manually(operation, Finding.APPLIED, by=by, reason="已在接口查询核对")
    assert desk.now(call.operation).state == State.DONE
    assert desk.handler.told == []


def test_a_second_person_is_asked_where_four_eyes_rule(desk, alice, bob):
    desk.handler.__class__.four_eyes = True
    try:
        where = reverse("gateway:console-edit", args=["clearing", "verifyClearing"])
        assert "须由另一位复核人员复核后才会发送" in alice.get(where).content.decode()
        send(alice, "verifyClearing", {"row_ids": [desk.rows[0]]})
    finally:
        del desk.handler.__class__.four_eyes
    [call] = calls(desk)
    assert call.operation.state == State.DRAFT
    assert "接口测试：批量核对" in bob.get(reverse("gateway:approvals")).content.decode()
    bob.post(reverse("gateway:operation-approve", args=[call.operation.pk]), {"version": call.operation.version})
    send_queued(desk.institution_id, "clearing")
    assert desk.now(call.operation).state == State.DONE


def test_production_takes_queries_only_and_from_few(desk, alice_member, bob_member):
    Institution.objects.filter(pk=desk.institution_id).update(environment="production")
    alice, bob = signed_in(alice_member), signed_in(bob_member)
    refused = send(bob, "verifyClearing", {"row_ids": [desk.rows[0]]}).content.decode()
    assert "正式环境中不能从接口测试台办理变更类交易" in refused
    assert "在正式环境用接口测试台查询" in send(alice, "queryClearing", QUERY).content.decode()
    assert calls(desk) == []
    assert send(bob, "queryClearing", QUERY).status_code == 302
    assert [call.environment for call in calls(desk)] == ["production"]


def test_the_database_knows_no_test_call_in_production(desk, alice):
    send(alice, "verifyClearing", {"row_ids": [desk.rows[0]]})
    [call] = calls(desk)
    with pytest.raises(DatabaseError):
        desk.update(call.operation, by_console=False)
    with pytest.raises(DatabaseError):
        desk.update(call.operation, environment="production")


@pytest.fixture
def secret_year(monkeypatch):
    """No clearing query has secrets of its own: the year becomes one."""
    monkeypatch.setitem(QueryClearing.model_fields["year"].json_schema_extra, "secret", True)
    item_of.cache_clear()
    yield
    monkeypatch.undo()
    item_of.cache_clear()


def test_using_it_again_shows_no_secret_and_sends_it_all_the_same(desk, alice, bob, secret_year):
    assert item_of(QueryClearing, "year").secret
    send(alice, "queryClearing", QUERY)
    [call] = calls(desk)
    where = reverse("gateway:console-edit", args=["clearing", "queryClearing"])
    mine = alice.get(where, {"again": str(call.pk), "mode": "json"}).content.decode()
    assert "***1" in mine
    assert "2025" not in mine.partition("<textarea")[2].partition("</textarea")[0]
    sent = send(alice, "queryClearing", {**QUERY, "year": "***1"}, earlier=str(call.pk))
    assert sent.status_code == 302
    newest = max(calls(desk), key=lambda one: one.created_at)
    assert json.loads(newest.content.reveal())["year"] == "2025"
    # Somebody else gets the rest, and cannot use the mark.
    theirs = bob.get(where, {"again": str(call.pk), "mode": "json"}).content.decode()
    assert "***1" not in theirs.partition("<textarea")[2].partition("</textarea")[0]
    answer = send(bob, "queryClearing", {**QUERY, "year": "***1"}, earlier=str(call.pk))
    assert "内容已隐藏，请重新填写" in answer.content.decode()
    page = alice.get(reverse("gateway:console-call", args=[call.pk])).content.decode()
    assert ">2025<" not in page


def test_what_others_sent_is_not_there_for_strangers(desk, alice, charlie):
    send(alice, "queryClearing", QUERY)
    [call] = calls(desk)
    assert charlie.get(reverse("gateway:console-call", args=[call.pk])).status_code == 404
    again = reverse("gateway:console-edit", args=["clearing", "queryClearing"])
    assert charlie.get(again, {"again": str(call.pk)}).status_code == 404


def test_the_log_is_searched_by_business_number_and_taken_away_with_a_reason(desk, alice, carol, carol_member):
    number = desk.rows[0]
    operation = desk.open()
    send_queued(desk.institution_id, "clearing")
    send(alice, "queryClearing", QUERY)
    run_jobs(desk)
    [attempt] = desk.attempts(operation)
    where = reverse("gateway:attempts")
    found = carol.get(where, {"about": number}).content.decode()
    assert attempt.msgid in found
    assert "符合条件 <strong>1</strong> 条" in found
    assert "符合条件 <strong>1</strong> 条" in carol.get(where, {"source": "console"}).content.decode()
    assert attempt.msgid in carol.get(where, {"operation": str(operation.pk)}).content.decode()
    assert attempt.msgid not in carol.get(where, {"until": "2020-01-01"}).content.decode()
    assert attempt.msgid in carol.get(where, {"kind": "clearing.verifyClearing", "who": "经办"}).content.decode()
    with tenant_tx(desk.institution_id):
        assert [one.pk for one in exchanges_about(number)] == [attempt.pk]
        assert exchanges_shown(number, carol_member)["lines"][0][1] == "批量核对"
        assert exchanges_shown(number, desk.by) == {}, "a clerk does not see the log"
    take = reverse("gateway:attempt-download", args=[attempt.pk])
    assert carol.post(take, {"reason": ""}).status_code == 302
    answer = carol.post(take, {"reason": "与医保中心对账"})
    content = json.loads(answer.content)
    assert (content["msgid"], content["request"]) == (attempt.msgid, {"row_ids": [number]})
    assert actions(desk, "gateway.attempt.taken") == 1
    assert alice.post(take, {"reason": "想看"}).status_code == 403
    excel = carol.get(where, {"export": "xlsx"})
    assert excel.status_code == 200


def test_programs_read_the_log_masked(desk, carol):
    operation = desk.open()
    send_queued(desk.institution_id, "clearing")
    [attempt] = desk.attempts(operation)
    listed = carol.get(reverse("api:exchanges-api:exchanges"), {"about": desk.rows[0]}).json()["items"]
    assert [one["id"] for one in listed] == [str(attempt.pk)]
    assert "request" not in listed[0]
    one = carol.get(reverse("api:exchanges-api:exchange", args=[attempt.pk])).json()
    assert one["request"] == {"row_ids": [desk.rows[0]]}
    assert one["title"] == "批量核对"
    assert carol.get(reverse("api:exchanges-api:exchanges"), {"outcome": "x"}).status_code == 422


def test_a_query_that_could_not_leave_says_so(desk, alice, monkeypatch):
    def closed(gateway, environment):
        raise NotSent("这个接口已在系统配置中停用，没有发出")

    monkeypatch.setattr(client, "wire_settings", closed)
    answer = send(alice, "queryClearing", QUERY)
    run_jobs(desk)
    page = alice.get(answer["Location"]).content.decode()
    assert "停用" in page
    with tenant_tx(desk.institution_id):
        assert not Attempt.objects.filter(by_console=True).exists()
