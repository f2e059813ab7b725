"""A clerk fills the discharge editor: drafts save themselves, files are previewed, pages are accessible."""

import os
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connections
from django.urls import reverse
from playwright.sync_api import Page, expect, sync_playwright

from injury.models import AdmissionState, DischargeRecord, Invoice
from portal.access.door import tenant_tx
from tests.cast import signed_in
from tests.injury.fees import days_ago, make_admission

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("PORTAL_SHOTS")
PDF = b"%PDF-1.4\n" + b"0" * 40 + b"\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


@pytest.fixture
def page(chromium_path, monkeypatch, live_server, alice_member) -> Iterator[Page]:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright keeps a loop running in this thread
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=chromium_path, args=flags)
        context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
        key = signed_in(alice_member).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        opened = context.new_page()
        opened.set_default_timeout(20_000)
        yield opened
        browser.close()
        connections.close_all()  # this thread's loop had a connection of its own


def looked_at(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")
        page.screenshot(path=f"{SHOTS}/{name}-full.png", full_page=True)
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366


def test_a_clerk_fills_the_editor(page, live_server, alice_member):
    with tenant_tx(alice_member.institution_id):
        stay = make_admission(diagnosis="左胫骨骨折", diagnosis_code="S82.200")
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.goto(live_server.url + reverse("injury:discharge", args=[stay.pk]))
    page.get_by_label("出院原因").select_option("1")
    expect(page.locator("#draft-saved")).to_contain_text("已存为草稿")
    page.get_by_label("出院日期").fill(str(days_ago(0)))
    page.get_by_label("住院天数").fill("20")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("出院信息已保存")).to_be_visible()
    looked_at(page, "discharge-head")

    page.get_by_role("link", name="入院记录").click()
    looked_at(page, "discharge-node")
    page.get_by_role("button", name="新增入院记录").click()
    page.get_by_label("主诉").fill("左小腿外伤 3 小时")
    expect(page.locator("#draft-saved")).to_contain_text("已存为草稿")
    page.get_by_label("现病史").fill("工作中被砸伤")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("入院记录已保存，还有")).to_be_visible()
    looked_at(page, "discharge-record")
    page.get_by_role("link", name="病案首页").click()
    page.get_by_role("button", name="新增病案首页").click()
    expect(page.get_by_label("主治医师")).to_have_value("孙样例")
    looked_at(page, "discharge-front-page")

    page.get_by_role("link", name="电子发票").click()
    page.get_by_label("编号").fill("FP20260001")
    page.get_by_label("金额（元）").fill("10.00")
    page.get_by_label("发票文件（PDF）").set_input_files(
        {"name": "a.pdf", "mimeType": "application/pdf", "buffer": PNG}
    )
    page.get_by_role("button", name="添加").click()
    expect(page.get_by_text("内容却是PNG 文件")).to_be_visible()
    expect(page.get_by_label("编号")).to_have_value("FP20260001")
    looked_at(page, "discharge-invoice-refused")
    page.get_by_label("发票文件（PDF）").set_input_files(
        {"name": "a.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    page.get_by_role("button", name="添加").click()
    page.get_by_role("button", name="预览").click()
    expect(page.locator("iframe.paper-preview")).to_be_visible()
    looked_at(page, "discharge-invoices")

    page.get_by_role("link", name="检查与办理").click()
    expect(page.get_by_text("现在还不能提交")).to_be_visible()
    looked_at(page, "discharge-submit")
    with tenant_tx(alice_member.institution_id):
        assert DischargeRecord.objects.count() == 2
        assert Invoice.objects.count() == 1
        stay.state = AdmissionState.DISCHARGED
        stay.treatment = "4"
        stay.save()

    page.goto(live_server.url + reverse("injury:materials", args=[stay.pk]))
    page.get_by_label("材料类型").select_option("02")
    page.get_by_label("编号").fill("KF001")
    page.get_by_label("金额（元）").fill("0")
    page.locator("input[type=file]").set_input_files({"name": "方案.png", "mimeType": "image/png", "buffer": PNG})
    page.get_by_role("button", name="添加").click()
    expect(page.get_by_text("已添加康复方案 KF001")).to_be_visible()
    looked_at(page, "materials")
    page.goto(live_server.url + reverse("injury:material-list"))
    looked_at(page, "materials-list")
    page.goto(live_server.url + reverse("injury:discharge-undo", args=[stay.pk]))
    looked_at(page, "discharge-undo")
    page.goto(live_server.url + reverse("injury:admission-detail", args=[stay.pk]))
    looked_at(page, "admission-with-discharge")
    assert [said for said in complaints if "400 (Bad Request)" not in said] == []
