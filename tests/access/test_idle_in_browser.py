"""Leaving a desk alone: the warning, its countdown in all tabs, and what was typed (design 4.3)."""

import time

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from portal.access.middleware import LAST_SEEN
from tests.access.browser import opened
from tests.access.test_look_in_browser import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(browser, live_server, dora_member):
    with opened(browser, live_server.url) as desk:
        desk.context.clock.install()
        desk.sign_in(dora_member)
        yield desk


def away(seconds: float) -> None:
    """For the server, this is how long nobody has been there."""
    for row in Session.objects.all():
        store = SessionStore(row.session_key)
        store[LAST_SEEN] = time.time() - seconds
        store.save()


def last_seen() -> float:
    return float(Session.objects.get().get_decoded()[LAST_SEEN])


def test_it_warns_at_four_minutes_and_lets_one_stay(desk):
    page = desk.visit(desk.tab(), "/members/")
    page.clock.fast_forward("03:58")
    expect(page.get_by_text("您还在吗")).to_have_count(0)
    page.clock.fast_forward(3000)
    expect(page.get_by_role("dialog")).to_contain_text("秒后自动退出")
    desk.look(page, "idle-warning")
    away(241)
    with page.expect_response("**/account/keepalive/"):
        page.get_by_role("button", name="继续使用").click()
    expect(page.get_by_text("您还在吗")).to_have_count(0)
    assert time.time() - last_seen() < 30


def test_it_leaves_at_five_minutes_and_says_why(desk):
    page = desk.visit(desk.tab(), "/members/?a=1")
    leaving: list[str] = []
    page.on("request", lambda one: leaving.append(one.url) if one.is_navigation_request() else None)
    page.clock.fast_forward("04:10")
    away(302)
    page.clock.fast_forward("00:55")
    page.wait_for_url("**/sign-in/?*")
    assert len(leaving) == 1, "the clock of the page and its poll both hear of the end; one of them leads away"
    expect(page.get_by_text("超过 5 分钟没有操作")).to_be_visible()
    sign_in(page, "dora")
    page.wait_for_url("**/members/?a=1")


def test_it_counts_for_all_tabs_together(desk):
    one, two = desk.visit(desk.tab(), "/members/"), desk.visit(desk.tab(), "/keys/")
    desk.context.clock.fast_forward("04:05")
    for page in (one, two):
        expect(page.get_by_role("dialog")).to_be_visible()
    one.get_by_role("button", name="继续使用").click()
    expect(two.get_by_text("您还在吗")).to_have_count(0)


def test_it_counts_typing_as_presence(desk):
    page = desk.visit(desk.tab(), "/members/invite/")
    away(200)
    page.clock.fast_forward("03:20")
    with page.expect_response("**/account/keepalive/"):
        page.get_by_label("姓名").press("a")
    assert time.time() - last_seen() < 30


def test_it_keeps_what_was_typed_over_the_sign_out_but_no_passwords(desk):
    page = desk.visit(desk.tab(), "/members/invite/")
    page.get_by_label("用户名").fill("erin")
    page.get_by_label("姓名").fill("新来的 𬱖")
    page.get_by_label("经办", exact=False).first.check()
    away(400)
    page.get_by_role("button", name="新增人员").click()
    page.wait_for_url("**/sign-in/**")
    sign_in(page, "dora")
    page.wait_for_url(f"{desk.url}/")
    desk.visit(page, "/members/invite/")
    expect(page.get_by_text("已恢复您上次没有提交的内容")).to_be_visible()
    desk.look(page, "draft")
    assert page.get_by_label("姓名").input_value() == "新来的 𬱖"
    assert page.get_by_label("经办", exact=False).first.is_checked()
    page.get_by_role("button", name="新增人员").click()
    expect(page.get_by_role("heading", name="一次性密码")).to_be_visible()
    desk.visit(page, "/members/invite/")
    assert page.get_by_label("姓名").input_value() == "", "what arrived is no draft any more"
    desk.visit(page, "/account/password/")
    page.locator("#id_new").fill("Secret-Word-99")
    assert "Secret-Word-99" not in str(page.evaluate("Object.values(sessionStorage)"))


def test_it_leaves_no_draft_to_the_next_person(desk, bob_member):
    page = desk.visit(desk.tab(), "/members/invite/")
    page.get_by_label("姓名").fill("甲")
    page.clock.run_for(1000)
    assert "甲" in str(page.evaluate("Object.values(sessionStorage)"))
    desk.sign_in(bob_member)
    desk.visit(page, "/members/grants/")
    assert "甲" not in str(page.evaluate("Object.values(sessionStorage)"))
