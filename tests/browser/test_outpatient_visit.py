"""A clerk does an outpatient visit of two bills in Chromium, with a real worker and e-vouchers; then takes one back."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from portal.access.door import tenant_tx
from portal.gateway.channels.models import Channel
from settlement.models import OwnItem, Settlement, SettlementState, Visit

pytestmark = pytest.mark.browser
ITEMS = (
    ("ZL0001", "血常规检查", "F00000001", "400.00"),
    ("YP0003", "样例止咳片", "X00000003", "80.00"),
    ("ZL0002", "胸部摄影", "F00000002", "300.00"),
)


class Desk:
    """What the sandbox knows of the hospital's patient."""

    def __init__(self, city, member):
        self.sandbox, self.institution_id = city["sandbox"], member.institution_id
        with self.door():
            self.party = Channel.objects.get(gateway="national", environment="test").app_code
            for own_code, own_name, item_code, price in ITEMS:
                OwnItem.objects.create(
                    environment="test",
                    own_code=own_code,
                    own_name=own_name,
                    initials={"ZL0001": "xcgjc", "YP0003": "ylzkp", "ZL0002": "xbsy"}[own_code],
                    item_code=item_code,
                    price=Decimal(price),
                )
        self.person = self.act("people", kind="employee", free=True, at_least="300")["people"][0]

    def act(self, name, **asked):
        return self.sandbox.act("national", name, party=self.party, **asked)

    def door(self):
        return tenant_tx(self.institution_id)

    def voucher(self):
        return self.act("vouchers", psn_no=self.person["psn_no"])["codes"][0]

    def effects(self):
        codes = [one["code"] for one in self.sandbox.truth("national", self.party)["effects"]]
        return [code for code in codes if code.startswith("22")]


@pytest.fixture
def desk(city, alice_member):
    return Desk(city, alice_member)


def identify(page, desk, label):
    page.get_by_label(label).fill(desk.voucher())
    page.get_by_role("button", name="识别").click()


def arrives(page, words):
    expect(page.get_by_text(words).first).to_be_visible(timeout=40_000)


def pick(page, typed, quantity):
    """Find an own item by its initials and take so many, by keyboard only."""
    finder = page.get_by_role("combobox", name="添加项目")
    finder.fill(typed)
    expect(page.locator("#basket-found button").first).to_be_visible(timeout=40_000)
    finder.press("Enter")
    page.keyboard.type(quantity)
    page.keyboard.press("Enter")


def settle_bill(clerk, desk, number, shot=""):
    """Preview, a fresh e-voucher, agree; the settlement it became."""
    page = clerk.page
    page.get_by_role("button", name=f"预结算 {number}").click()
    arrives(page, "预结算结果")
    if shot:
        clerk.examine(f"{shot}-preview")
    expect(page.get_by_role("button", name="结算", exact=True)).to_be_disabled()
    identify(page, desk, "医保电子凭证")
    arrives(page, "可以结算")
    page.get_by_role("button", name="结算", exact=True).click()
    dialog = page.get_by_role("dialog", name=re.compile("^结算 [0-9.]+ 元"))
    expect(dialog).to_contain_text("病人付现金")
    dialog.get_by_role("button", name="确认结算").click()
    arrives(page, "打印结算单")
    if shot:
        clerk.examine(f"{shot}-settled")
    with desk.door():
        return Settlement.objects.get(bill__number=number, state=SettlementState.DONE)


def test_a_clerk_does_an_outpatient_visit_of_two_bills(desk, worker, person):
    clerk = person("alice")

    # 识别、挂号
    page = clerk.go(reverse("settlement:identify-by", args=["voucher"]))
    identify(page, desk, "电子凭证码")
    page.locator(".go-on").get_by_role("link", name="门诊").click(timeout=40_000)
    page.get_by_label("科室名称").fill("内科门诊")
    page.get_by_role("button", name="保存并挂号").click()
    page.get_by_label("科别").select_option("A03")
    page.get_by_label("科室编码").fill("A03")
    page.get_by_label("医师编码").fill("D5101000001")
    page.get_by_label("医师姓名").fill("沐样例")
    clerk.examine("outpatient-new")
    page.get_by_role("button", name="保存并挂号").click()
    page.get_by_role("link", name="填写就诊信息和诊断").click(timeout=40_000)

    # 就诊信息：缺名称时什么也不丢
    page.get_by_label("第 1 条 诊断编码").fill("J06.900")
    page.get_by_role("button", name="保存并上传").last.click()
    arrives(page, "请填写诊断名称")
    expect(page.get_by_label("第 1 条 诊断编码")).to_have_value("J06.900")
    clerk.examine("outpatient-information")
    page.get_by_label("第 1 条 诊断名称").fill("急性上呼吸道感染")
    page.get_by_role("button", name="保存并上传").last.click()
    arrives(page, "已上传")

    # 两个收费批次
    page.get_by_role("link", name="新的收费批次").click()
    page.get_by_label("收费批次号").fill("B1")
    pick(page, "xcg", "1")
    pick(page, "ylz", "2")
    expect(page.locator("[data-sum]")).to_have_text("560.00")
    clerk.examine("outpatient-bill")
    page.get_by_role("button", name="保存并上传").last.click()
    expect(page.get_by_role("button", name="预结算 B1")).to_be_visible(timeout=40_000)
    page.get_by_role("link", name="新的收费批次").click()
    page.get_by_label("收费批次号").fill("B2")
    pick(page, "xbs", "1")
    page.get_by_role("button", name="保存并上传").last.click()
    expect(page.get_by_role("button", name="预结算 B2")).to_be_visible(timeout=40_000)

    # 逐批结算，各打一张结算单
    first = settle_bill(clerk, desk, "B1", "outpatient-b1")
    page = clerk.go(reverse("settlement:visit-detail", args=[first.visit_id]))
    second = settle_bill(clerk, desk, "B2")
    assert first.total + second.total == Decimal("860.00")
    assert desk.effects() == ["2201", "2203A", "2204", "2204", "2207A", "2207A"]

    # 撤销一笔结算，再撤销它的明细，更正后重新上传
    page = clerk.go(reverse("settlement:visit-detail", args=[first.visit_id]))
    arrives(page, "还有 2 个收费批次已结算")
    expect(page.get_by_role("button", name="打印结算单 B1")).to_be_visible()
    clerk.examine("outpatient-settled")
    page.get_by_role("button", name="撤销结算 B1").click()
    clerk.confirm("撤销结算", "560.00 元", "退还病人现金")
    arrives(page, "须由复核人员复核")
    reviewer = person("bob")
    with desk.door():
        undoing = Settlement.objects.select_related("undone_by").get(pk=first.pk).undone_by
    assert undoing
    reviewer.go(reverse("gateway:operation", args=[undoing.pk]))
    reviewer.page.get_by_role("button", name="复核通过").click()
    reviewer.page.get_by_role("dialog").get_by_role("button").last.click()
    expect(reviewer.page.get_by_role("button", name="复核通过")).to_have_count(0, timeout=40_000)
    page = clerk.go(reverse("settlement:visit-detail", args=[first.visit_id]))
    page.get_by_role("button", name="撤销上传 B1").click(timeout=40_000)
    clerk.confirm("撤销上传", "2 条明细", "560.00 元")
    page.get_by_role("button", name="更正为新批次 B1").click(timeout=40_000)
    page.get_by_label("第 2 行 数量").fill("1")
    page.get_by_role("button", name="保存并上传").last.click()
    expect(page.get_by_role("button", name="预结算").first).to_be_visible(timeout=40_000)
    clerk.examine("outpatient-corrected")
    with desk.door():
        visit = Visit.objects.get()
        assert {bill.state: bill.total for bill in visit.bills.all()} == {
            "removed": Decimal("560.00"),
            "settled": Decimal("300.00"),
            "sent": Decimal("480.00"),
        }
    assert desk.effects()[-3:] == ["2208", "2205", "2204"]
