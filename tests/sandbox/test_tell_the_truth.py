"""The ledger of effects: what a journal is compared with, in both directions."""

from decimal import Decimal
from typing import Any

import pytest

from clearing.messages import (
    CancelApplication,
    CancelVerification,
    GenerateClearing,
    QueryClearing,
    RevokeClearing,
    SubmitApplication,
    VerifyClearing,
)
from portal.gateway import wire
from portal.gateway.sandbox.control import Sandbox, SandboxFault

SCOPE: dict[str, Any] = {"year": "2025", "aka080": "001", "qsjg00": "003"}


@pytest.fixture
def party(counterpart):
    return counterpart()


def rows(party):
    return party.ask(QueryClearing(**SCOPE)).require().rows


def test_it_counts_an_effect_for_every_change_and_none_for_a_query(party):
    party.ask(GenerateClearing(**SCOPE)).require()
    some = [row.row_id for row in rows(party)][:4]
    party.ask(VerifyClearing(row_ids=some)).require()
    party.ask(CancelVerification(row_ids=some[:1])).require()
    party.ask(SubmitApplication(**SCOPE)).require()
    party.ask(CancelApplication(**SCOPE)).require()
    totals = party.truth()["totals"]
    assert {code: one["count"] for code, one in totals.items()} == {
        "generateClearing": 1,
        "verifyClearing": 1,
        "cancelVerification": 1,
        "submitApplication": 1,
        "cancelApplication": 1,
    }
    assert totals["verifyClearing"]["amounts"]["rows"] == 4
    assert sum(one["duplicates"] for one in totals.values()) == 0


def test_it_names_the_message_that_had_the_effect(party):
    msgid = wire.new_msgid(party.settings)
    party.ask(GenerateClearing(**SCOPE), msgid=msgid).require()
    (effect,) = party.sandbox.truth("clearing", party.app_code, nonce=msgid)["effects"]
    assert (effect["nonce"], effect["code"], effect["business_key"]) == (msgid, "generateClearing", "2025/001/003")


def test_its_totals_equal_the_rows(party):
    party.ask(GenerateClearing(**SCOPE)).require()
    found = rows(party)
    truth = party.truth()
    (scope,) = truth["state"][party.app_code]["scopes"]
    assert (scope["rows"], scope["verified"], scope["applied"]) == (len(found), 0, 0)
    assert Decimal(scope["disburse_amt"]) == sum(row.disburse_amt for row in found)
    assert Decimal(scope["fund_due_amt"]) == sum(row.fund_due_amt for row in found)
    assert Decimal(truth["totals"]["generateClearing"]["amounts"]["fund_due_amt"]) == Decimal(scope["fund_due_amt"])


def test_it_ends_an_effect_with_what_took_it_back(party):
    party.ask(GenerateClearing(year="2025", aka080="001")).require()
    for agency in ("001", "002"):
        party.ask(RevokeClearing(year="2025", aka080="001", qsjg00=agency)).require()
    assert party.truth()["totals"]["generateClearing"]["live"] == 1
    party.ask(RevokeClearing(**SCOPE)).require()
    assert party.truth()["totals"]["generateClearing"]["live"] == 0


def test_it_tells_a_long_ledger_page_by_page(party):
    party.ask(GenerateClearing(**SCOPE)).require()
    for row in rows(party)[:7]:
        party.ask(VerifyClearing(row_ids=[row.row_id])).require()
    whole = [effect["id"] for effect in party.truth()["effects"]]
    page = party.sandbox.ask("GET", "/truth/clearing", params={"limit": 3})
    assert [effect["id"] for effect in page["effects"]] == whole[:3]
    following = party.sandbox.ask("GET", "/truth/clearing", params={"limit": 100, "after": page["next"]})
    assert [effect["id"] for effect in following["effects"]] == whole[3:]
    assert following["next"] is None


def test_its_doors_ask_for_the_token(sandbox):
    stranger = Sandbox(sandbox.url, "guessed")
    for act in (
        lambda: stranger.truth("clearing"),
        lambda: stranger.switch_on("html"),
        lambda: stranger.register("clearing", "X", "04" + "0" * 128),
        lambda: stranger.reset(),
        lambda: stranger.act("clearing", "approve"),
    ):
        with pytest.raises(SandboxFault, match="SANDBOX_TOKEN"):
            act()


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ({"public_key": "04" + "0" * 128}, "public_key"),
        ({"options": {"institutons": 3}}, "institutons"),
        ({"options": {"institutions": 10**7}}, "institutions"),
        ({"switches": {"order": "C3C2C1"}}, "SM2"),
        ({"gateway": "elsewhere"}, "elsewhere"),
        ({"iv": "short"}, "IV"),
    ],
)
def test_it_refuses_a_party_it_cannot_serve(sandbox, party, asked, word):
    known = {"gateway": "clearing", "app_code": "NEW", "public_key": party.settings.public_key}
    with pytest.raises(SandboxFault, match=word):
        sandbox.ask("POST", "/parties", json={**known, **asked})


def test_it_knows_no_other_gateway_and_no_other_party(sandbox):
    for question in (lambda: sandbox.truth("elsewhere"), lambda: sandbox.truth("clearing", "NOBODY")):
        with pytest.raises(SandboxFault):
            question()


def test_it_shows_people_what_it_plays(sandbox, party):
    import requests

    page = requests.get(sandbox.url, timeout=10).text
    assert "生成清算数据" in page
    assert party.app_code in page
