"""A clerk and a reviewer clear a month of other cities' insured in Chromium: fetch, decide, confirm, take back."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from clearing.models import CrossRegionMonth
from portal.access.door import tenant_tx
from portal.gateway.channels.models import Channel

pytestmark = pytest.mark.browser


def held(city, party) -> dict:
    months = city["sandbox"].truth("national", party)["state"][party]["months"]
    return next(one for one in months if one["month"] == "2025-10")


def test_it_clears_a_month_of_other_cities(city, worker, person, alice_member):
    with tenant_tx(alice_member.institution_id):
        party = Channel.objects.get(gateway="national", environment="test").app_code
    clerk, reviewer = person("alice"), person("bob")

    # 获取
    page = clerk.go(reverse("clearing:cross-region"))
    clerk.examine("cross-empty")
    page.get_by_label("结算年度").select_option("2025")
    page.get_by_label("结算月份").select_option("10")
    page.get_by_role("button", name="获取明细").click()
    expect(page.locator("#cross-months[hx-get]")).to_have_count(0, timeout=60_000)  # by itself, without a reload
    clerk.examine("cross-fetched")
    rows = held(city, party)["rows"]

    # 决定
    page.get_by_role("link", name="查看明细").click()
    clerk.examine("cross-rows")
    page.get_by_role("link", name=re.compile("^A")).first.click()
    clerk.examine("cross-row")
    page.get_by_role("button", name="作出决定").click()
    page.get_by_label("不确认：本次不纳入清分").check()
    clerk.examine("cross-decide")
    page.get_by_label("理由").fill("非本院结算，已电话核实")
    page.get_by_role("button", name="保存决定").click()
    expect(page.get_by_text("已对 1 条明细作出决定")).to_be_visible()
    clerk.go(reverse("clearing:cross-region-rows") + "?month=2025-10&decision=undecided")
    page.get_by_label("选择本页全部").check()
    page.get_by_role("button", name=re.compile("全选符合条件的")).click()
    page.get_by_role("button", name="作出决定").click()
    page.get_by_label("确认：纳入本次清分", exact=True).check()
    page.get_by_role("button", name="保存决定").click()
    expect(page.get_by_text(f"已对 {rows - 1} 条明细作出决定")).to_be_visible()

    # 提交
    with tenant_tx(alice_member.institution_id):
        month = CrossRegionMonth.objects.get()
    clerk.go(reverse("clearing:cross-region-upload", args=[month.pk]))
    clerk.examine("cross-upload")
    clerk.go(reverse("clearing:cross-region-confirm", args=[month.pk]))
    clerk.examine("cross-confirm")
    page.get_by_role("button", name="提交确认").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"{rows} 条，分 3 批")
    dialog.get_by_role("button", name="提交确认").click()
    expect(page.get_by_text("分 3 批依次发送")).to_be_visible()
    sent = page.locator("td.state .tag-good")
    clerk.reloads_until(lambda: sent.count() == 3)
    assert held(city, party)["confirmed"] == rows - 1
    clerk.examine("cross-month")
    clerk.go(reverse("clearing:cross-region-batches"))
    clerk.examine("cross-batches")

    # 回退
    page = clerk.go(reverse("clearing:cross-region-month", args=[month.pk]))
    page.get_by_role("button", name="整月回退").click()
    clerk.confirm("整月回退", f"{rows} 条")
    expect(page.get_by_text("须由复核人员复核后才会发送")).to_be_visible()
    clerk.examine("cross-rolling-back")
    page = reviewer.go(reverse("gateway:approvals"))
    reviewer.examine("cross-approvals")
    page.get_by_role("button", name="复核通过").click()
    reviewer.confirm("复核通过")
    clerk.waits_for("已回退")
    assert held(city, party)["confirmed"] == 0
