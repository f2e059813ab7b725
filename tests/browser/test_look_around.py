"""Chapters 3, 10 and 11 in Chromium: the desk, the log and the help, by mouse and keyboard, examined by axe."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from clearing.models import RowState
from portal.access.door import tenant_tx
from portal.audit import record
from portal.gateway.actions import IN_DOUBT, REJECTED
from tests.clearing.year_rows import make_generation, make_rows

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def year(alice_member, carol_member):
    """2025 with every insurance and agency, 2024 with one; and a few records of each result."""
    verified: dict[str, Any] = {"state": RowState.VERIFIED, "verified_as": "经办甲", "verified_at": timezone.now()}
    with tenant_tx(alice_member.institution_id):
        for insurance in ("001", "002"):
            batch = make_generation(insurance=insurance, requested_by=alice_member.user)
            for agency in ("001", "002", "003"):
                make_rows(batch, 8, agency=agency, **verified)
                make_rows(batch, 6, agency=agency, broken=2)
        make_rows(make_generation(2024), 3)
        for number in range(55):
            record(REJECTED, by=alice_member, title=f"核对 {number}", reason="所选数据中有已经核对的")
        record(IN_DOUBT, by=None, title="提交清算申请", reason="接口没有答复")


def test_it_shows_the_desk_on_one_screen(year, person):
    clerk = person("alice")
    page = clerk.page
    clerk.examine("desk")
    for part in (".open-tasks", ".step-bar tbody tr:last-child", ".cards"):
        box = page.locator(part).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 768, f"{part} is not on the first screen"
    # The chart and its table say the same, and the choice is remembered.
    chart = page.locator("figure", has_text="各统筹区核对进度")
    expect(chart.locator("svg")).to_be_visible()
    chart.get_by_role("button", name="表格").click()
    expect(chart.get_by_role("row", name=re.compile("合计"))).to_contain_text("48")
    expect(chart.locator("svg")).to_be_hidden()
    clerk.examine("desk-table")
    page.reload()
    expect(chart.get_by_role("table")).to_be_visible()
    chart.get_by_role("button", name="图表").click()
    expect(chart.locator("svg")).to_be_visible()
    # Another year, by keyboard; the next action leads where it says.
    page.get_by_role("link", name="2024", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("2024 年，金额单位：元")).to_be_visible()
    page.get_by_role("link", name=re.compile("去核对")).click()
    expect(page.get_by_text("符合条件 3 条")).to_be_visible()


def test_it_asks_before_signing_out(alice_member, person):
    clerk = person("alice")
    page = clerk.page
    page.get_by_role("button", name="经办甲").click()
    page.get_by_role("button", name="退出", exact=True).click()
    dialog = page.get_by_role("dialog", name="退出登录")
    expect(dialog).to_contain_text("确定要退出登录吗")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("heading", name="工作台")).to_be_visible()
    page.get_by_role("button", name="经办甲").click()
    page.get_by_role("button", name="退出", exact=True).click()
    dialog.get_by_role("button", name="退出").click()
    expect(page.get_by_label("用户名", exact=True)).to_be_visible()


def test_it_filters_and_exports_the_log(year, person, tmp_path: Path):
    auditor = person("carol")
    page = auditor.go("/log/")
    expect(page.get_by_text("日志链尚未核对")).to_be_visible()
    auditor.examine("log")
    filters = page.get_by_role("search", name="筛选操作日志")
    filters.get_by_label("结果").select_option("待确认")
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_text("符合条件 1 条")).to_be_visible()
    filters.get_by_label("结果").select_option("未通过")
    filters.get_by_label("关键词").fill("核对 54")
    page.keyboard.press("Enter")
    expect(page.get_by_text("符合条件 1 条")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 Excel").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    page.get_by_role("row", name=re.compile("核对 54")).get_by_role("link").click()
    expect(page.get_by_text("内容与摘要一致")).to_be_visible()
    auditor.examine("log-record")
    page.get_by_role("link", name="返回操作日志").click()
    page.get_by_role("link", name="刷新日志").click()
    page.get_by_role("button", name="按日导出 JSONL").click()
    auditor.examine("log-days")
    today = timezone.localdate()
    page.locator("#days-since").fill(f"{today - timedelta(2)}")
    with page.expect_download() as download:
        page.get_by_role("button", name="导出", exact=True).click()
    download.value.save_as(tmp_path / "days.zip")
    with ZipFile(tmp_path / "days.zip") as archive:
        lines = archive.read(f"{today}.jsonl").splitlines()
    assert [json.loads(line)["seq"] for line in lines] == list(range(1, len(lines) + 1))


def test_it_explains_itself(alice_member, person):
    clerk = person("alice")
    page = clerk.go("/clearing/verification/")
    page.keyboard.press("F1")
    panel = page.get_by_role("dialog", name="本页帮助")
    expect(panel.get_by_role("heading", name="核对", exact=True)).to_be_visible()
    clerk.examine("help-panel")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    page.get_by_role("link", name="帮助", exact=True).click()
    expect(page.get_by_role("heading", name="从哪里开始")).to_be_visible()
    clerk.examine("help")
    page.get_by_role("searchbox", name="查找帮助").fill("端口")
    page.keyboard.press("Enter")
    found = page.get_by_role("link", name="打不开门户，或说端口被占用")
    expect(found).to_be_visible()
    clerk.examine("help-found")
    found.click()
    expect(page).to_have_url(re.compile("/help/faq/#open$"))
    clerk.examine("help-faq")
    page.get_by_role("link", name="统筹区代码").click()
    page.get_by_role("searchbox", name="查找代码").fill("jkmy")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row", name=re.compile("140298"))).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(2)
    clerk.examine("help-codes")
    clerk.go("/help/refusals/")
    clerk.examine("help-refusals")
