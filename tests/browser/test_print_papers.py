"""Chapter 9 in Chromium: four tabs, each paper looked at inside the page and downloaded."""

from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from clearing.management.reading import read_paper
from clearing.models import DepositRefund, RefundFetch, Scope
from tests.clearing.conftest import Desk

pytestmark = pytest.mark.browser
TABS = {
    "核拨表": "disbursement",
    "异地保证金返还": "refund-cross-region",
    "生育保证金返还": "refund-maternity",
    "药店/村卫保证金返还": "refund-primary",
}
WRONG = {
    "rule": "deposit_refund_follows_score",
    "title": "返还金额应等于保证金乘以考核得分对应的返还比例（0.90）",
    "field": "返还金额",
    "ours": "900.00",
    "theirs": "900.10",
    "difference": "0.10",
}
DOWNLOADS = (("下载 PDF", ".pdf"), ("下载 Excel", ".xlsx"))


@pytest.fixture
def desk(city, settings, tmp_path, alice_member, bob_member):
    """2025, employees: all agencies generated, everything of the local one applied for."""
    settings.PORTAL_QUIET_FACTOR, settings.SPOOL_DIR = 0.001, tmp_path / "spool"
    desk = Desk(alice_member, bob_member, None, Scope("test", 2025, "001"))
    desk.generate().accept().verify()
    desk.scope = Scope("test", 2025, "001", "003")
    desk.submit()
    return desk


def test_it_shows_and_prints_the_four_papers(desk, person):
    clerk = person("alice")
    page = clerk.go(reverse("clearing:disbursement"))
    tabs = page.get_by_role("navigation", name="本区页面")
    for label, name in TABS.items():
        tabs.get_by_role("link", name=label, exact=True).click()
        expect(page).to_have_url(clerk.url + reverse(f"clearing:{name}"))
        expect(tabs.get_by_role("link", name=label, exact=True)).to_have_attribute("aria-current", "page")
        page.get_by_label("清算年份").select_option("2025")
        page.get_by_label("险种").select_option("001")
        page.get_by_label("医疗机构编号").press("Enter")
        if name != "disbursement":
            expect(page.get_by_text("请先点“获取数据”")).to_be_visible()
            if name == "refund-cross-region":
                clerk.examine("paper-empty")
            page.get_by_role("button", name="获取数据").click()
            expect(page.get_by_role("progressbar")).to_be_visible()
            desk.work()
        expect(page.locator("iframe")).to_be_visible(timeout=15_000)  # by itself, without a reload
        if name == "disbursement":
            clerk.examine("paper-disbursement")
        for button, suffix in DOWNLOADS[: 2 if name == "disbursement" else 1]:
            with page.expect_download() as download:
                page.get_by_role("button", name=button).click()
            assert download.value.suggested_filename.endswith(suffix)
            if suffix == ".pdf":
                read = read_paper(Path(download.value.path()).read_bytes())
                assert read.kind is not None
                assert read.kind.short == label
                assert read.count
    with desk.tx():
        row = DepositRefund.objects.filter(kind="primary")[0]
        row.findings, row.finding_count = [WRONG], 1
        row.save()
        RefundFetch.objects.update(finding_count=1)
    page.reload()
    expect(page.get_by_role("cell", name=row.provider_code)).to_be_visible()
    expect(page.get_by_text("报表上以 * 标出")).to_be_visible()
    clerk.examine("paper-refund-differences")
