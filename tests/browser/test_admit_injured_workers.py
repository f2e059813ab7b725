"""A clerk admits three injured workers in Chromium: an old injury, a new one, one from another province."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.injury.admission_desk import admission_desk

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(transactional_db, alice_member, bob_member, injury_counterpart, settings, tmp_path):
    settings.PORTAL_QUIET_FACTOR = 0.0001
    settings.SPOOL_DIR = tmp_path / "spool"
    party = injury_counterpart("SCREEN")
    settings.SANDBOX_URL = party.sandbox.url
    return admission_desk(alice_member, bob_member, party)


def fill_stay(page, number):
    page.get_by_label("住院号/门诊号").fill(number)
    page.get_by_label("科室").fill("骨科")
    page.get_by_label("病房").fill("三病区")
    page.get_by_label("床位号").fill("12")
    page.get_by_label("主治医师").fill("孙样例")
    page.get_by_label("病种编码").fill("S82.100")


def registered(desk, page, number):
    desk.settle()
    expect(page.get_by_text("在院", exact=True).first).to_be_visible(timeout=15_000)  # by itself, without a reload
    assert desk.stays()[number]["state"] == "admitted"


def test_it_admits_by_all_three_flows(desk, person):
    clerk = person("alice")

    # 老工伤：查询 → 继续治疗申请 → 入院登记
    somebody = desk.somebody("inpatient")
    page = clerk.go(reverse("injury:people"))
    page.get_by_label("身份证号").fill(somebody["aac002"][:17] + "0")
    page.get_by_role("button", name="向工伤中心查询").click()
    clerk.examine("people-wrong")
    page.get_by_label("身份证号").fill(somebody["aac002"])
    page.get_by_label("姓名").fill(somebody["aac003"])
    page.get_by_role("button", name="向工伤中心查询").click()
    clerk.examine("enquiry-asking")
    desk.run_jobs()
    expect(page.get_by_role("button", name=re.compile("办理老工伤入院")).first).to_be_visible(timeout=15_000)
    clerk.examine("enquiry-old")
    page.get_by_role("row").filter(has_text="住院").filter(has_text="旧伤复发").get_by_role("button").first.click()
    clerk.examine("admission-edit")
    page.get_by_label("住院号/门诊号").fill("ZY-OLD-1")
    page.get_by_label("主治医师").fill("孙" * 21)
    page.get_by_role("button", name="保存并登记入院").click()
    expect(page.get_by_text("最多 20 个字符")).to_be_visible()
    expect(page.get_by_label("住院号/门诊号")).to_have_value("ZY-OLD-1")
    clerk.examine("admission-faults")
    fill_stay(page, "ZY-OLD-1")
    page.get_by_role("button", name="保存并登记入院").click()
    clerk.examine("admission-registering")
    registered(desk, page, "ZY-OLD-1")
    clerk.examine("admission-admitted")

    # 新发工伤：没有认定书号
    somebody = desk.somebody("new")
    page = clerk.go(reverse("injury:people"))
    page.get_by_label("身份证号").fill(somebody["aac002"])
    page.get_by_label("姓名").fill(somebody["aac003"])
    page.get_by_role("button", name="向工伤中心查询").click()
    desk.run_jobs()
    expect(page.get_by_role("button", name="办理新发工伤入院", exact=True)).to_be_visible(timeout=15_000)
    clerk.examine("enquiry-new")
    page.get_by_role("button", name="办理新发工伤入院", exact=True).click()
    fill_stay(page, "ZY-NEW-1")
    page.get_by_role("button", name="保存并登记入院").click()
    registered(desk, page, "ZY-NEW-1")
    clerk.examine("admission-new-admitted")

    # 跨省异地：读卡器像键盘一样输入
    somebody = desk.somebody("cross")
    page = clerk.go(reverse("injury:people-by", args=["card"]))
    page.get_by_label("跨省参保（异地就医）").check()
    clerk.examine("people-card")
    page.get_by_label("社保卡卡号").focus()
    page.keyboard.type(somebody["card_no"] + "\n")
    page.keyboard.type(somebody["card_code"] + "\n")
    page.wait_for_url(re.compile("/enquiries/"))
    desk.run_jobs()
    expect(page.get_by_role("button", name=re.compile("办理异地入院")).first).to_be_visible(timeout=15_000)
    clerk.examine("enquiry-cross")
    page.get_by_role("button", name=re.compile("办理异地入院")).first.click()
    fill_stay(page, "ZY-CROSS-1")
    page.get_by_role("button", name="保存并登记入院").click()
    registered(desk, page, "ZY-CROSS-1")
    clerk.examine("admission-cross")

    clerk.go(reverse("injury:admission-list"))
    clerk.examine("admission-list")
    page.get_by_role("link", name="ZY-OLD-1").click()
    page.get_by_role("link", name="撤销入院登记").click()
    clerk.examine("admission-undo")
    page = clerk.go(reverse("injury:uploaded-people"))
    page.get_by_role("button", name="向中心查询").click()
    desk.run_jobs()
    expect(page.get_by_text("合计，与本院对照")).to_be_visible(timeout=15_000)
    clerk.examine("uploaded-people")
    for name, page_name in (("treatment-batch", "treatments"), ("report-batch", "reports")):
        page = clerk.go(reverse(f"injury:{name}"))
        page.get_by_role("button", name="向中心查询").click()
        desk.run_jobs()
        expect(page.get_by_text("的答复（")).to_be_visible(timeout=15_000)
        clerk.examine(page_name)
