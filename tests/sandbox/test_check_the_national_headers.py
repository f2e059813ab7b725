"""The API gateway in front of the centre: headers, their age and signature (access guide 2.2 and 2.3)."""

import dataclasses
from datetime import timedelta

import pytest

from clearing.messages.cross_region import FetchCrossRegion, RollBackCrossRegion
from portal.gateway import crypto, wire
from portal.gateway.errors import Doubt
from portal.gateway.wire import Outcome

QUERY = FetchCrossRegion.of("2025", "03")
CHANGE = RollBackCrossRegion.of("2025", "03")


@pytest.fixture
def party(national_counterpart):
    return national_counterpart("HEADERS", options={"rows": 3})


def sent(party, request=CHANGE, *, headers=None, minutes=0):
    now = lambda: wire.clock() + timedelta(minutes=minutes)  # noqa: E731
    prepared = wire.prepare(party.settings, request, wire.new_msgid(party.settings), now=now)
    kept = {name: value for name, value in prepared.headers.items() if headers is None or name in headers}
    return wire.send(dataclasses.replace(prepared, headers=kept))


@pytest.mark.parametrize(
    ("changes", "code", "word"),
    [
        ({"app_code": "NOBODY"}, "401.3", "应用编码"),
        ({"secret_key": "another"}, "401.4", "secretKey"),
    ],
)
def test_what_the_gateway_turns_away_was_not_executed(party, changes, code, word):
    exchange = party.ask(CHANGE, **changes)
    assert (exchange.outcome, exchange.code) == (Outcome.REJECTED, code)
    assert word in exchange.sentence
    assert party.effects() == []


def test_a_missing_header_is_named(party):
    exchange = sent(party, headers=("Content-Type", "x-tif-paasid", "x-tif-nonce", "x-tif-timestamp"))
    assert (exchange.outcome, exchange.code) == (Outcome.REJECTED, "401.1")
    assert sent(party, headers=("Content-Type",)).code == "401.1"


@pytest.mark.parametrize("minutes", [-31, 31])
def test_half_an_hour_off_is_too_much(party, minutes):
    exchange = sent(party, minutes=minutes)
    assert (exchange.outcome, exchange.code) == (Outcome.REJECTED, "401.2")


@pytest.mark.parametrize("minutes", [-29, 29])
def test_less_is_accepted(party, minutes):
    assert sent(party, QUERY, minutes=minutes).outcome is Outcome.OK


def test_a_nonce_that_comes_again_proves_nothing(party):
    prepared = wire.prepare(party.settings, QUERY, wire.new_msgid(party.settings))
    assert wire.send(prepared).outcome is Outcome.OK
    again = wire.send(prepared)
    assert (again.outcome, again.reason, again.code) == (Outcome.UNKNOWN, Doubt.CODE, "401")


def test_a_message_id_that_comes_again_proves_nothing(party):
    msgid = wire.new_msgid(party.settings)
    assert party.ask(QUERY, msgid=msgid).outcome is Outcome.OK
    again = party.ask(QUERY, msgid=msgid)
    assert (again.outcome, again.reason, again.code) == (Outcome.UNKNOWN, Doubt.CODE, "-1")


def test_an_institution_that_is_not_the_accounts_is_refused(party):
    exchange = party.ask(QUERY, medins_code="H44010000009")
    assert (exchange.outcome, exchange.code) == (Outcome.REJECTED, "-1")
    assert "1005" in exchange.sentence


@pytest.mark.parametrize(
    "switches",
    [
        {"auth": "hmac-sha1"},
        {"auth": "none", "path": "/"},
        {"nonce_form": "uuid", "path": "/fsi/api/{infno}", "numbers": "number", "input_form": "text"},
    ],
)
def test_it_serves_provinces_with_other_switches(national_counterpart, switches):
    party = national_counterpart("OTHERWAYS", switches=switches, options={"rows": 3})
    assert len(party.ask(QUERY).require().data) == 3


def test_it_serves_a_path_for_each_transaction(national_counterpart):
    party = national_counterpart("PATHS", names={"3260": "clearing/fetch"}, options={"rows": 3})
    assert len(party.ask(QUERY).require().data) == 3


@pytest.mark.parametrize("form", [{}, {"signature_form": "der", "signature_text": "hex"}])
def test_it_checks_the_signature_of_the_envelope(national_counterpart, form):
    private, public = crypto.generate()
    party = national_counterpart(
        "CAINFO", switches={"auth": "cainfo", **form}, private_key=private, public_key=public, options={"rows": 3}
    )
    assert party.ask(QUERY).outcome is Outcome.OK
    stranger = party.ask(CHANGE, private_key=crypto.generate()[0])
    assert (stranger.outcome, stranger.code) == (Outcome.REJECTED, "-1")
    assert "1004" in stranger.sentence
