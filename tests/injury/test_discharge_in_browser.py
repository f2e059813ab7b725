"""A clerk fills the discharge editor: drafts save themselves, files are previewed, pages are accessible."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from injury.models import AdmissionState, DischargeRecord, Invoice
from portal.access.door import tenant_tx
from tests.chromium import examine, page_of
from tests.injury.fees import days_ago, make_admission

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PDF = b"%PDF-1.4\n" + b"0" * 40 + b"\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


@pytest.fixture
def page(browser, live_server, alice_member) -> Page:
    return page_of(browser, alice_member, live_server.url)


def looked_at(page: Page, name: str) -> None:
    examine(page, name)
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
    expect(page.get_by_text("内容却是 PNG 文件")).to_be_visible()
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
