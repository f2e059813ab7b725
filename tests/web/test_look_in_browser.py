"""The frame, the list kit and data management in a real browser: accessible, and without CSP complaints."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from portal.access.door import tenant_tx
from tests.chromium import examine, let_in, new_context
from tests.web.job_list import make_jobs

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
examined: list[Page] = []


@pytest.fixture
def page(browser) -> Iterator[Page]:
    opened = new_context(browser).new_page()
    complaints: list[str] = []
    opened.on(
        "console",
        lambda line: complaints.append(line.text) if line.type in ("error", "warning") and not examined else None,
    )
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    assert [line for line in complaints if "status of 40" not in line] == []


@pytest.fixture
def visit(page, live_server, with_list):
    def go(member, path):
        if member is not None and "sessionid" not in {cookie["name"] for cookie in page.context.cookies()}:
            let_in(page.context, member, live_server.url)
        page.goto(live_server.url + path)
        return page

    return go


def looked_at(page, name):
    examined.append(page)  # axe measures with inline styles: what the policy says to those is not about our pages
    examine(page, name)
    examined.clear()


def test_it_shows_the_desk(visit, alice_member):
    page = visit(alice_member, "/")
    expect(page.get_by_role("heading", name="工作台")).to_be_visible()
    looked_at(page, "desk")


def test_it_shows_lists(visit, alice_member, jobs):
    page = visit(alice_member, "/jobs-list/")
    looked_at(page, "list")
    page.get_by_role("button", name="视图").click()
    looked_at(page, "list-views")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="列", exact=True).click()
    looked_at(page, "list-columns")
    page = visit(alice_member, "/jobs-list/?search=nothing")
    looked_at(page, "list-empty")
    page = visit(alice_member, "/jobs-list/?state=x")
    looked_at(page, "list-wrong")


def test_it_selects_all_that_match_and_asks_before_acting(visit, alice_member, jobs):
    page = visit(alice_member, "/jobs-list/?search=K0000&state=")
    page = visit(alice_member, "/jobs-list/")
    page.get_by_label("选择本页全部").check()
    expect(page.get_by_text("已选择 10 条")).to_be_visible()
    page.get_by_role("button", name="全选符合条件的 25 条").click()
    expect(page.get_by_text("已选择符合条件的全部 25 条")).to_be_visible()
    looked_at(page, "list-selected")
    page.get_by_role("button", name="核对").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("确定核对所选的 25 条？")
    looked_at(page, "confirm")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert page.url.endswith("/jobs-list/")
    page.get_by_role("button", name="核对").first.click()
    dialog.get_by_role("button", name="核对").click()
    expect(page.locator("body")).to_have_text("25")


def test_it_leaves_empty_fields_out_of_the_address(visit, alice_member, jobs):
    page = visit(alice_member, "/jobs-list/")
    page.get_by_label("快速查找").fill("K0001")
    page.keyboard.press("Enter")
    expect(page.get_by_text("符合条件 10 条")).to_be_visible()
    assert page.url.endswith("/jobs-list/?search=K0001")


def test_it_keeps_a_view_through_a_reload(visit, alice_member, jobs):
    page = visit(alice_member, "/jobs-list/?search=K0001&sort=-done")
    page.get_by_role("button", name="视图").click()
    page.get_by_label("把当前条件、排序和列存为视图").fill("我的")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("视图“我的”已保存")).to_be_visible()
    page.reload()
    expect(page.get_by_text("符合条件 10 条")).to_be_visible()


def test_it_opens_the_drawer_and_the_menus(visit, alice_member, hospital_a):
    with tenant_tx(hospital_a.pk):
        make_jobs(1, state="running", done=30, total=100, started_by=alice_member.user, title="获取清算数据")
        make_jobs(1, state="doubtful", started_by=alice_member.user, title="提交清算申请")
    page = visit(alice_member, "/")
    expect(page.locator("#drawer-count")).to_have_text("2")
    page.get_by_role("button", name="办理进度").click()
    expect(page.get_by_role("dialog")).to_contain_text("获取清算数据")
    looked_at(page, "drawer")
    page.get_by_role("button", name="关闭").click()
    page.get_by_role("button", name="演示医院甲").click()
    expect(page.locator("#institution-choices")).to_contain_text("经办")
    looked_at(page, "institutions")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="经办甲").click()
    looked_at(page, "account")


def test_it_shows_errors(visit, alice_member):
    looked_at(visit(None, "/no/such/page/"), "404-outside")
    looked_at(visit(alice_member, "/no/such/page/"), "404")
    looked_at(visit(alice_member, "/managers/"), "403")


def test_it_shows_data_management(visit, paul_member, hospital_a, alice_member):
    looked_at(visit(paul_member, "/admin/"), "admin")
    looked_at(visit(paul_member, "/admin/access/institution/"), "admin-list")
    looked_at(visit(paul_member, f"/admin/access/institution/{hospital_a.pk}/change/"), "admin-form")
    looked_at(visit(paul_member, f"/admin/access/institution/{hospital_a.pk}/history/"), "admin-history")
