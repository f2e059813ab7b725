"""A clerk and a reviewer walk the four steps in Chromium: generate, verify, apply, print."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from clearing.models import ClearingRow
from clearing.services.overview import OPEN_FINDING
from portal.access.door import tenant_tx

pytestmark = pytest.mark.browser
SCOPE = "year=2025&insurance=001&agency=003"


def truth(city) -> dict:
    scopes = city["sandbox"].truth("clearing", city["party"])["state"][city["party"]]["scopes"]
    return next(one for one in scopes if (one["aka080"], one["qsjg00"]) == ("001", "003"))


def test_it_walks_the_four_steps(city, worker, person, alice_member):
    clerk, reviewer = person("alice"), person("bob")
    clerk.examine("clearing-desk-empty")

    # 生成
    page = clerk.go("/clearing/generations/")
    page.get_by_label("清算年份").select_option("2025")
    page.get_by_label("险种").select_option("001")
    page.get_by_label("清算机构").select_option("003")
    clerk.examine("clearing-generate")
    page.get_by_role("button", name="生成清算数据").click()
    expect(page.get_by_text("已提交生成2025 年城镇职工")).to_be_visible()
    expect(page.get_by_text("已生成", exact=True)).to_be_visible(timeout=60_000)  # by itself, without a reload
    clerk.examine("clearing-generated")
    held = truth(city)
    page = clerk.go(f"/clearing/rows/?{SCOPE}")
    expect(page.locator("tfoot")).to_contain_text(f"{Decimal(held['disburse_amt']):,.2f}")
    clerk.examine("clearing-rows")

    # 差异
    with tenant_tx(alice_member.institution_id):
        broken = list(ClearingRow.objects.filter(OPEN_FINDING))
    assert len(broken) == 2
    page = reviewer.go("/")
    reviewer.examine("clearing-desk-findings")
    page.get_by_role("link", name=re.compile("清算数据有差异")).click()
    reviewer.examine("clearing-findings")
    for row in broken:
        page = reviewer.go(f"/clearing/rows/{row.pk}/")
        page.get_by_label("接受理由").fill("已与医保中心核实，按中心数据办理")
        if row == broken[0]:
            reviewer.examine("clearing-row")
        page.get_by_role("button", name="接受差异").click()
        reviewer.confirm("接受差异", row.row_id, f"{row.disburse:,.2f}")
        expect(page.get_by_text("已接受差异")).to_be_visible()

    # 核对
    page = clerk.go(f"/clearing/verification/?{SCOPE}&state=generated")
    page.get_by_label("选择本页全部").check()
    if held["rows"] > 50:
        page.get_by_role("button", name=re.compile("全选符合条件的")).click()
    clerk.examine("clearing-verify")
    page.get_by_role("button", name="批量核对").click()
    clerk.confirm("批量核对", f"{held['rows']}")
    expect(page.get_by_text(f"已提交核对 {held['rows']} 条")).to_be_visible()
    page = clerk.go(f"/clearing/verification/?{SCOPE}&state=generated")
    clerk.waits_for("没有符合条件的核对数据")
    assert truth(city)["verified"] == held["rows"]
    clerk.go("/")
    clerk.examine("clearing-desk-verified")

    # 申请
    page = clerk.go(f"/clearing/applications/submit/?{SCOPE}")
    clerk.examine("clearing-submit")
    page.get_by_role("button", name="提交清算申请").click()
    clerk.confirm("提交清算申请", f"{held['rows']}", f"{Decimal(held['disburse_amt']):,.2f}")
    expect(page.get_by_text("待复核").first).to_be_visible()
    application_page = page.url
    clerk.examine("clearing-application-waiting")
    page = reviewer.go(reverse("gateway:approvals"))
    reviewer.examine("clearing-approvals")
    page.get_by_role("button", name="复核通过").click()
    reviewer.confirm("复核通过", f"{Decimal(held['disburse_amt']):,.2f}")
    clerk.page.goto(application_page)
    clerk.waits_for("已申请")
    clerk.examine("clearing-application")
    assert truth(city)["applied"] == held["rows"]
    clerk.go("/clearing/applications/")
    clerk.examine("clearing-applications")
    clerk.go(f"/clearing/applications/cancel/?{SCOPE}")
    clerk.examine("clearing-application-cancel")
    clerk.go(f"/clearing/generations/revoke/?{SCOPE}")
    clerk.examine("clearing-revoke")

    # 打印
    page = clerk.go(f"/clearing/papers/disbursement/?{SCOPE}")
    preview = page.frame(url=re.compile("/papers/disbursement/preview/"))
    assert preview
    assert preview.evaluate("document.contentType") == "application/pdf"
    clerk.examine("clearing-paper")
    with page.expect_download() as download:
        page.get_by_role("button", name="下载 PDF").click()
    assert "核拨表_2025" in download.value.suggested_filename
    assert Path(download.value.path()).read_bytes()[:5] == b"%PDF-"
    clerk.go("/")
    clerk.examine("clearing-desk-done")
