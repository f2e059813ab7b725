"""Chapters 5, 7 and 8 of the manual in Chromium; verification without touching the mouse."""

from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from clearing.models import ClearingRow, Scope
from clearing.services import request_fetch, verify_rows
from tests.clearing.conftest import Desk

pytestmark = pytest.mark.browser
SCOPE = "year=2025&insurance=001&agency=003"


class Party:
    """What the other side knows of hospital A."""

    def __init__(self, city) -> None:
        self.app_code, self.sandbox = city["party"], city["sandbox"]

    def truth(self):
        return self.sandbox.truth("clearing", self.app_code)


@pytest.fixture
def desk(city, settings, tmp_path, alice_member, bob_member) -> Desk:
    """The small city's rows are here; what a worker does is done in this process."""
    settings.PORTAL_QUIET_FACTOR = 0.001
    settings.SPOOL_DIR = tmp_path / "spool"
    return Desk(alice_member, bob_member, Party(city), Scope("test", 2025, "001", "003")).generate()


def sum_of(rows) -> str:
    return f"{sum((row.disburse for row in rows), Decimal()):,.2f}"


def test_it_compares_fetches_and_names_what_cannot_be_revoked(desk, person):
    row = desk.rows(finding_count=0)[0]
    with desk.tx():
        verify_rows(ClearingRow.objects.filter(pk=row.pk), by=desk.alice)
        ClearingRow.objects.filter(pk=row.pk).update(fund_due=row.fund_due - 50, disburse=row.disburse - 50)
    desk.work()
    desk.do(request_fetch, desk.scope)
    desk.work()
    clerk = person("alice")
    page = clerk.go(f"/clearing/fetches/compare/?{SCOPE}")
    expect(page.locator("main")).to_contain_text("+50.00")
    clerk.examine("clearing-compare")
    page.get_by_role("link", name=row.provider_name).first.click()
    expect(page.get_by_role("heading", name="变动历史")).to_be_visible()
    expect(page.locator(".events")).to_contain_text("数据变动 2 项")
    clerk.examine("clearing-row-history")
    page = clerk.go(f"/clearing/generations/revoke/?{SCOPE}")
    expect(page.get_by_role("link", name=row.row_id)).to_be_visible()
    expect(page.get_by_role("button", name="撤销清算数据")).to_have_count(0)
    clerk.examine("clearing-revoke-refused")


def test_it_verifies_by_keyboard_alone(desk, person):
    rows = desk.accept().rows()
    clerk = person("alice")
    page = clerk.go(f"/clearing/verification/?{SCOPE}&state=generated")
    keys = page.keyboard
    keys.press("?")
    help_ = page.get_by_role("dialog", name="键盘操作")
    expect(help_).to_contain_text("选择或取消这一行")
    clerk.examine("key-help")
    keys.press("Escape")
    expect(help_).to_have_count(0)
    # Two rows: the first with the space bar, the next with Shift and the arrow.
    keys.press("j")
    keys.press("Space")
    expect(page.get_by_text("已选择 1 条")).to_be_visible()
    keys.press("Shift+ArrowDown")
    ticked = page.locator("input[name=ids]:checked")
    expect(ticked).to_have_count(2)
    chosen = [row for row in rows if str(row.pk) in [box.get_attribute("value") for box in ticked.all()]]
    expect(page.locator("[data-selection-text]")).to_contain_text(f"拨付金额 {sum_of(chosen)} 元")
    clerk.examine("clearing-rows-by-keyboard")
    keys.press("Alt+h")
    dialog = page.get_by_role("dialog", name="批量核对")
    expect(dialog).to_contain_text("2 条清算数据（清算年份＝2025")
    expect(dialog).to_contain_text(f"拨付金额合计 {sum_of(chosen)} 元")
    expect(dialog).to_contain_text("可以进入清算申请")
    clerk.examine("clearing-verify-dialog")
    keys.press("Escape")
    expect(dialog).to_be_hidden()
    assert page.evaluate("document.activeElement.textContent.trim()") == "批量核对", "the focus came back"
    keys.press("Enter")
    keys.press("Tab")
    keys.press("Enter")
    expect(page.get_by_text("已提交核对 2 条")).to_be_visible()
    desk.work()
    assert desk.states() == {"generated": len(rows) - 2, "verified": 2}
    # The search box, its row, and what it opens.
    keys.press("/")
    keys.type(chosen[0].row_id)
    keys.press("Enter")
    page.wait_for_load_state()
    expect(page.get_by_text("没有符合条件的核对数据")).to_be_visible()  # it is no longer unverified
    page = clerk.go(f"/clearing/verification/?{SCOPE}&state=verified")
    expect(page.locator("tbody")).to_contain_text("经办甲")
    keys.press("j")
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="变动历史")).to_be_visible()
    keys.press("Alt+2")
    expect(page.locator(".sidenav a.current")).to_have_count(1)


def test_it_checks_submits_and_explains_the_cancellation(desk, city, person):
    application_rows = desk.accept().verify().rows()
    clerk = person("alice")
    page = clerk.go(f"/clearing/applications/check/?{SCOPE}")
    expect(page.locator(".check-counts")).to_contain_text(sum_of(application_rows))
    clerk.examine("clearing-check")
    page.keyboard.press("Alt+s")
    expect(page.get_by_role("heading", name="提交前检查")).to_be_visible()
    clerk.examine("clearing-submit-checked")
    page.keyboard.press("Alt+s")
    clerk.confirm("提交清算申请", sum_of(application_rows))
    expect(page.get_by_text("已提交2025 年")).to_be_visible()
    desk.approve(desk.operation("submitApplication"))
    desk.work()
    wire = {"year": "2025", "aka080": "001", "qsjg00": "003"}
    city["sandbox"].act("clearing", "approve", party=city["party"], **wire)
    page.reload()
    page.get_by_role("button", name="向医保中心查询状态").click()
    desk.work()
    page = clerk.go(reverse("clearing:application-detail", args=[desk.application().pk]))
    expect(page.get_by_text("可能无法撤销（清算手册 8.2）")).to_be_visible()
    page.get_by_role("button", name="撤销清算申请").click()
    clerk.confirm("撤销清算申请", sum_of(application_rows))
    expect(page.get_by_text("已提交撤销清算申请")).to_be_visible()
    desk.approve(desk.operation("cancelApplication"))
    desk.work()
    page.reload()
    expect(page.get_by_text("医保中心答复：")).to_be_visible()
    expect(page.locator(".events")).to_contain_text("医保中心拒绝撤销")
    clerk.examine("clearing-application-history")
