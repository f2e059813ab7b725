"""A difference is found, its story seen, decided by a clerk and a reviewer in two browsers, and the run balances."""

from datetime import time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from portal.access.door import tenant_tx
from portal.gateway.channels.models import Channel
from portal.ledger.facts import Source
from portal.ledger.gathering import write
from reconciliation.models import Difference, Run, RunSchedule, RunState
from tests.reconciliation.run_desk import as_facts

pytestmark = pytest.mark.browser
YESTERDAY = timezone.localdate() - timedelta(days=1)


@pytest.fixture
def book(city, alice_member):
    """Yesterday's settlements in both books, one of them dearer at the centre; its number."""
    with tenant_tx(alice_member.institution_id):
        party = Channel.objects.get(gateway="national", environment="test").app_code
        RunSchedule.objects.create(environment="test", is_on=False, at=time(6))  # only people start runs here

    def act(name, **asked):
        return city["sandbox"].act("national", name, party=party, **asked)

    act("fill_book", day=f"{YESTERDAY}", count=12)
    rows = act("book", first=f"{YESTERDAY}")["list"]
    with tenant_tx(alice_member.institution_id):
        write([as_facts(one) for one in rows], environment="test", source=Source.BROUGHT)
    return act("spoil_book", kind="amount", day=f"{YESTERDAY}", amount="88.00")["hit"][0]


def test_find_a_difference_decide_it_by_two_people_and_balance(person, worker, book, alice_member):
    clerk, reviewer = person("alice"), person("bob")
    page = clerk.go(reverse("reconciliation:run-new"))
    page.get_by_role("button", name="开始对账").click()
    expect(page.get_by_text("不平").first).to_be_visible(timeout=60_000)  # by itself, without a reload
    clerk.examine("run")
    page.get_by_role("link", name="未处理差异").click()
    clerk.examine("differences")
    page.get_by_role("link", name=book, exact=True).click()
    expect(page.get_by_role("row", name="医疗费总额")).to_contain_text("-88.00")
    expect(page.get_by_role("region", name="两方记录", exact=True)).to_contain_text("金额不一致")
    page.get_by_label("以中心为准调账").check()
    page.get_by_label("理由").fill("中心补记材料费")
    page.get_by_role("button", name="提交处理").click()
    expect(page.get_by_text("等待另一位复核人员办理")).to_be_visible()
    clerk.examine("difference")
    theirs = reviewer.go(page.url.removeprefix(clerk.url))
    expect(theirs.get_by_text("中心补记材料费").first).to_be_visible()
    theirs.get_by_role("button", name="复核通过").click()
    reviewer.confirm("复核通过", "以中心为准", "88.00")
    expect(theirs.get_by_text("已处理：以中心为准")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="再次对账").click()
    expect(page.get_by_text("第 2 次").first).to_be_visible(timeout=60_000)
    expect(page.locator(".tag-good").first).to_have_text("平", timeout=60_000)
    expect(page.get_by_text("差额 0.00 元")).to_be_visible()
    with tenant_tx(alice_member.institution_id):
        assert Run.objects.get(family="national").state == RunState.BALANCED
        assert Difference.objects.get().outcome == "adopt"
