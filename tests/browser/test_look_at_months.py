"""Chapter 6 in Chromium: choose, fetch, totals, the drawing and its table, Excel, and the check against the year."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum
from openpyxl import load_workbook
from playwright.sync_api import expect

from clearing.models import ClearingRow, Month
from clearing.models.month import ReadState
from portal.access.door import tenant_tx

pytestmark = pytest.mark.browser
SCOPE = "year=2025&insurance=001&agency=003"


def test_it_walks_through_the_months(city, worker, person, alice_member, tmp_path):
    clerk = person("alice")
    page = clerk.go("/clearing/months/details/")
    page.get_by_role("link", name="月结汇总", exact=True).click()
    expect(page.get_by_text("还没有从医保中心获取")).to_be_visible()
    query = page.get_by_role("search")
    query.get_by_label("年份").select_option("2025")
    query.get_by_label("险种").select_option(label="城镇职工（310）")
    query.get_by_label("清算机构").select_option("003")
    query.get_by_role("button", name="查询").click()
    page.get_by_role("button", name="从医保中心获取").click()
    expect(page.get_by_text("已开始获取月结汇总")).to_be_visible()
    expect(page.locator("figure.chart svg")).to_be_visible(timeout=60_000)  # by itself, without a reload

    with tenant_tx(alice_member.institution_id):
        rows = Month.objects.filter(read__state=ReadState.CURRENT)
        count, due = rows.count(), rows.aggregate(due=Sum("fund_due"))["due"]
    expect(page.locator("#list-foot")).to_contain_text(f"{due:,.2f}")
    expect(page.get_by_text("获取人：经办甲")).to_be_visible()
    page.locator("[data-chart-plot]").hover()  # a label beside the pointer, without complaints of the content policy
    expect(page.locator("figure.chart svg")).to_contain_text("基金应付：")
    clerk.examine("months-summary")
    page.get_by_role("button", name="表格").click()
    table = page.locator("[data-chart-table]")
    expect(table).to_contain_text(f"{due:,.2f}")
    expect(page.locator("[data-chart-plot]")).to_be_hidden()
    table.get_by_role("link", name="3 月", exact=True).click()
    expect(page).to_have_url(re.compile("month=3"))
    expect(page.locator("[data-chart-table]")).to_be_visible()  # as it was left

    page = clerk.go(f"/clearing/months/summary/?{SCOPE}")
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 Excel").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    sheet: Any = load_workbook(file, read_only=True).active
    lines = list(sheet.iter_rows(values_only=True))
    head = next(line for line in lines if line and line[0] == "月份")
    assert len(lines) - lines.index(head) - 2 == count
    assert Decimal(str(lines[-1][head.index("基金应付")])).quantize(Decimal("0.01")) == due

    page = clerk.go("/clearing/months/fetch/?kind=detail&year=2025&insurance=001&agency=003&visit_type=002&month=3")
    page.get_by_role("button", name="开始获取").click()
    expect(page.locator("table.rows tbody td.id").first).to_be_visible(timeout=60_000)
    clerk.examine("months-detail")
    page.locator("table.rows tbody td.id a").first.click()
    clerk.examine("months-settlement")

    page = clerk.go("/clearing/generations/")
    page.get_by_label("清算年份").select_option("2025")
    page.get_by_label("险种").select_option("001")
    page.get_by_label("清算机构").select_option("003")
    page.get_by_role("button", name="生成清算数据").click()
    expect(page.get_by_text("已生成", exact=True)).to_be_visible(timeout=60_000)
    with tenant_tx(alice_member.institution_id):
        row = ClearingRow.objects.filter(visit_type="002").order_by("row_id")[0]
        ClearingRow.objects.filter(pk=row.pk).update(fund_due=row.fund_due + 1000)
    page = clerk.go("/clearing/months/check/")
    expect(page.locator("tbody tr")).to_contain_text([row.provider_name])
    expect(page.locator("#list-foot")).to_contain_text("1,000.00")
    clerk.examine("months-check")
