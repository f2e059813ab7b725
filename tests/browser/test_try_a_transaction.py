"""The test console in Chromium, by keyboard: choose, fill, be corrected, send, use again; and the exchange log."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from portal.access.door import tenant_tx
from portal.gateway.journal.models import Operation

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_transaction_is_tried_by_keyboard(city: Any, worker: Any, person: Any, alice_member: Any, dora_member: Any):
    clerk = person("alice")
    page = clerk.go("/gateway/console/")
    clerk.examine("console")
    page.keyboard.type("cxqssj")  # the search box has the focus
    page.keyboard.press("Enter")
    expect(page.get_by_text("找到 2 种交易")).to_be_visible()
    page.get_by_role("link", name=re.compile("查询清算数据")).focus()
    page.keyboard.press("Enter")
    # Enter in a field checks, and sends nothing; all faults at once, each a link to its field.
    page.get_by_label("清算年份").fill("25")
    page.get_by_label("每页条数").fill("5000")
    page.keyboard.press("Enter")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("共 2 处需要更正")
    clerk.examine("console-faults")
    alert.get_by_role("link", name="每页条数").focus()
    page.keyboard.press("Enter")
    page.get_by_label("每页条数").fill("3")
    page.get_by_label("清算年份").fill("2025")
    page.get_by_role("button", name="用 JSON 编辑").press("Enter")
    text = page.get_by_label("请求内容（JSON）")
    expect(text).to_have_value(re.compile('"size": 3'))
    clerk.examine("console-json")
    page.get_by_role("button", name="用表单编辑").press("Enter")
    expect(page.get_by_label("每页条数")).to_have_value("3")
    page.get_by_role("button", name="发送查询").press("Enter")
    expect(page.get_by_text("含义：接口已受理")).to_be_visible(timeout=60_000)
    clerk.examine("console-call")
    page.get_by_role("link", name="再用一次").press("Enter")
    expect(page.get_by_label("每页条数")).to_have_value("3")


def test_a_changing_one_is_confirmed_and_marked(
    city: Any, worker: Any, person: Any, alice_member: Any, dora_member: Any
):
    clerk = person("alice")
    page = clerk.go("/gateway/console/national/3261/")
    page.get_by_role("button", name="结算详情：添加一条").press("Enter")
    expect(page.get_by_text("第 2 条")).to_be_visible()
    clerk.examine("console-entries")
    page.get_by_role("button", name="删除 结算详情第 2 条").press("Enter")
    expect(page.get_by_text("第 2 条")).to_be_hidden()
    clerk.go("/gateway/console/clearing/generateClearing/")
    page.get_by_label("清算年份").fill("2025")
    page.get_by_role("button", name="发送", exact=True).press("Enter")
    clerk.confirm("发送", "接口测试", "门户中的业务数据不变")
    expect(page.get_by_role("heading", name="接口测试：生成清算数据")).to_be_visible()
    expect(page.locator("#main").get_by_text("已完成", exact=True)).to_be_visible(
        timeout=60_000
    )  # the page looks by itself
    clerk.examine("console-changed")
    with tenant_tx(alice_member.institution_id):
        operation = Operation.objects.get(by_console=True)
    assert operation.title == "接口测试：生成清算数据"
    # The log, as somebody sees it who may.
    head = person("dora")
    page = head.go("/gateway/attempts/?source=console")
    expect(page.get_by_text("符合条件 1 条")).to_be_visible()
    head.examine("exchange-log")
    page.locator("tbody a").first.press("Enter")
    expect(page.get_by_role("heading", name="请求（敏感内容已隐藏）")).to_be_visible()
    head.examine("exchange")
