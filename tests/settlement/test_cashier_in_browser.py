"""Pages of the desk in a real browser: accessible, and without complaints about their content policy."""

import os

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from settlement.services.cards.authorising import begin_authorisation
from settlement.services.cards.reading import read_card
from settlement.services.cashier.charging import Payer, charge
from tests.chromium import examine, page_of
from tests.settlement.cashier_desk import PARTY, open_desk

#: The pages that look least like others; all of them when somebody wants pictures.
OWN = ("card-reading", "card-grant", "prepaid", "recharge", "recharge-doubt", "charge")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cashier(alice_member, bob_member, sandbox, settings, tmp_path):
    with open_desk(alice_member, bob_member, sandbox, tmp_path, settings) as desk:
        yield desk


def at(name, *args):
    return reverse(f"settlement:{name}", args=args)


@pytest.fixture
def rows(cashier):
    """A day at the desk: {name of a page: its address}."""
    known = cashier.sandbox.act("onetrans", "people", party=PARTY, kind="employee", limit=1)["people"][0]
    cashier.sandbox.act("onetrans", "card", party=PARTY, psn_no=known["psn_no"], kind="social")
    with cashier.door():
        reading = read_card("card", desk=cashier.desk, by=cashier.by)
        grant = begin_authorisation("0101051", desk=cashier.desk, by=cashier.by)
    paid = cashier.paid("300.00")
    back = cashier.refund(paid, "80.00")
    cashier.carry()
    cashier.sandbox.switch_on("drop_response", codes=["hop.trade.recharge"], count=1)
    doubtful = cashier.recharge("12.00", cashier.again(paid).account)
    cashier.carry(rounds=1, looks=0)
    with cashier.door():
        insured = {"person_no": known["psn_no"], "insurance": "310", "insured_at": "140200"}
        payer = Payer("01", "甲患者", known["certno"], "AE1", **insured)
        charged = charge(payer, desk=cashier.desk, by=cashier.by)
    cashier.carry(rounds=1, looks=0)
    desks = {
        "desks": reverse("gateway:desks"),
        "desk": reverse("gateway:desk", args=[cashier.desk.pk]),
    }
    pages = desks | {
        "card-read": at("card-read"),
        "card-reading": at("card-reading", reading.pk),
        "card-grants": at("card-grants"),
        "card-grant": at("card-grant", grant.pk),
        "prepaid-list": at("prepaid-list"),
        "prepaid": at("prepaid", paid.account_id),
        "recharge-list": at("recharge-list"),
        "recharge-new": at("recharge-new"),
        "recharge": at("recharge", paid.pk),
        "recharge-doubt": at("recharge", doubtful.pk),
        "refund-list": at("refund-list"),
        "refund": at("refund", back.pk),
        "charge-list": at("charge-list"),
        "charge-new": at("charge-new"),
        "charge": at("charge", charged.pk),
    }
    return pages if os.environ.get("PORTAL_SHOTS") else {name: pages[name] for name in OWN}


def test_they_are_fit_to_work_with(browser, live_server, cashier, rows, alice_member):
    page = page_of(browser, alice_member, live_server.url)
    complaints = []
    page.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for name, address in rows.items():
        page.goto(live_server.url + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 1366, name
        assert complaints == [], name
        examine(page, name)
        complaints.clear()  # axe measures with inline styles

    page.goto(live_server.url + at("card-pin"))
    page.get_by_role("button", name="修改密码").click()
    page.get_by_role("dialog").get_by_role("button", name="修改密码").click()
    expect(page.locator("#pin-state").get_by_text("排队中")).to_be_visible()
    examine(page, "card-pin")
    cashier.carry()
    expect(page.locator("#pin-state").get_by_text("已完成")).to_be_visible()
