"""Operators at the centre: a number for each shift (9001, 9002), and check media of the security control."""

import dataclasses
from typing import Any

import pytest

from clearing.messages.cross_region import FetchCrossRegion
from portal.gateway.national import compose, transaction
from portal.gateway.wire import Operator, Outcome, wire

QUERY = FetchCrossRegion.of("2025", "03")
KIND = wire("national")


@pytest.fixture
def party(national_counterpart):
    return national_counterpart("SIGNING", options={"rows": 3})


def test_a_call_needs_the_live_number_of_its_own_operator(party):
    assert party.ask(QUERY).outcome is Outcome.OK
    for changes in ({"sign_no": ""}, {"sign_no": "20250101000000"}, {"operator": Operator("li", "李")}):
        exchange = party.ask(QUERY, **changes)
        assert (exchange.outcome, exchange.code) == (Outcome.REJECTED, "-1.9001")
        assert "1006" in exchange.sentence
    assert party.truth()["state"]["SIGNING"]["operators"] == ["portal"]


def test_signing_out_ends_the_number_once(party):
    settings = dataclasses.replace(party.settings, operator=KIND.operator(party.settings))
    assert party.ask(KIND.sign_off(settings)).require().sign_time.sign_time
    assert party.ask(KIND.sign_off(settings)).code == "-1.9001"
    assert party.ask(QUERY).code == "-1.9001"


def test_a_party_that_need_not_sign_in_is_not_asked(national_counterpart):
    party = national_counterpart("FREELY", options={"rows": 3, "sign_in": False})
    assert party.ask(QUERY, sign_no="").outcome is Outcome.OK
    party = national_counterpart("BYSWITCH", options={"rows": 3}, switches={"sign_in": "none"})
    assert party.settings.sign_no == ""
    assert party.ask(QUERY).outcome is Outcome.OK


def test_an_operator_is_told_apart_by_a_short_code(party):
    names = [KIND.operator(party.settings, name).code for name in ("li.wei", "a" * 30, "a" * 29 + "b")]
    assert names[0] == "li.wei"
    assert len(set(names)) == 3
    assert all(len(name) <= 20 for name in names)


# --- the security control


@pytest.fixture
def guarded(national_counterpart):
    return national_counterpart("GUARDED", options={"control": True}, switches={"control": "dev_safe_info"})


def medium(party, infno, **changes):
    asked = {"fixmedins_code": party.settings.medins_code, "infno": infno} | changes
    return party.sandbox.ask("POST", "/national/control", json=asked)


def identify(party, text):
    content = {"mdtrt_cert_type": "02", "mdtrt_cert_no": "990000199001011232"}
    return party.ask(compose("1101", {"data": content, "dev_safe_info": text}))


def said(exchange):
    return exchange.message[:4]


def test_a_controlled_call_needs_a_medium_that_reaches_it(guarded):
    assert said(identify(guarded, "")) == "1007"
    assert said(identify(guarded, "made-up")) == "1007"
    assert said(identify(guarded, medium(guarded, "2201")["medium"])) == "1009"
    last = medium(guarded, "2207A")["medium"]
    assert all(said(identify(guarded, last)) not in ("1007", "1009", "1010") for _ in range(2))
    once = medium(guarded, "2401")["medium"]
    assert said(identify(guarded, once)) == "1009"
    fresh = medium(guarded, "1101")["medium"]
    assert said(identify(guarded, fresh)) not in ("1007", "1009", "1010")
    assert said(identify(guarded, fresh)) == "1010"


def test_the_control_knows_its_institutions_and_transactions(guarded):
    assert medium(guarded, "2207A")["seconds"] == 1800
    assert "没有这个定点医药机构" in str(medium(guarded, "2207A", fixmedins_code="H"))
    assert "不需要校验介质" in str(medium(guarded, "5203"))


def test_a_medium_may_travel_in_exp_content(national_counterpart):
    party = national_counterpart("EXPANDED", options={"control": True}, switches={"control": "exp_content"})
    data: Any = transaction("1101").model_fields["data"].annotation
    assert "exp_content" not in data.model_fields
    assert said(identify(party, medium(party, "1101")["medium"])) not in ("1007", "1009", "1010")
