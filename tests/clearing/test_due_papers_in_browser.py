"""The list of due papers on a clerk's screen: found, ticked by keyboard, printed; accessible."""

import pytest
from playwright.sync_api import Page, expect

from clearing.models import RowState
from portal.access.door import tenant_tx
from portal.jobs import Job
from tests.chromium import examine, page_of
from tests.clearing.printing import City, full_city

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(browser, live_server, alice_member) -> Page:
    return page_of(browser, alice_member, live_server.url)


def looked_at(page: Page, name: str) -> None:
    examine(page, name, full=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366


def test_a_clerk_prints_what_is_due(page, live_server, alice_member):
    with tenant_tx(alice_member.institution_id):
        full_city(City(), 12)
        City().provider("H9", "hospital", "inpatient", "birth", region="140221", name="阳高县岚川医院")
        City().provider("C9", "clinic", "chronic", region="140224", agency="001", name="灵丘县霁岫诊所")
        City().provider("P9", "pharmacy", "chronic", name="平城区沐汀大药房")
        City().provider(alice_member.institution.code, "hospital", "inpatient", name=alice_member.institution.name)
        City().provider("H8", "hospital", "inpatient", name="平城区澄野医院", state=RowState.VERIFIED)
    page.goto(live_server.url + "/clearing/papers/due/")
    expect(page.get_by_role("heading", name="2025 年城镇职工")).to_be_visible()
    looked_at(page, "due-papers")
    page.get_by_role("link", name=alice_member.institution.name).click()
    expect(page.get_by_text("登记与数据不符")).to_be_visible()
    looked_at(page, "due-papers-provider")
    page.goto(
        live_server.url + "/clearing/papers/due/?year=2025&insurance=001&agency=&provider_type=pharmacy&state=waiting"
    )
    page.get_by_label("选择本页全部").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="打印所选（合并 PDF）").click()
    dialog = page.get_by_role("dialog", name="打印应打印报表")
    expect(dialog).to_contain_text("所选 7 家机构")
    dialog.get_by_role("button", name="打印所选（合并 PDF）").click()
    expect(page.get_by_role("heading", name="有 1 张应打印的报表还没有数据")).to_be_visible()
    looked_at(page, "due-papers-lacking")
    page.get_by_role("button", name="仍然打印已有的 7 张").click()
    expect(page.get_by_role("heading", name="打印应打印报表")).to_be_visible()
    with tenant_tx(alice_member.institution_id):
        assert len(Job.objects.get().params["providers"]) == 7
