"""What the centre does with a caller that is not who it says, is out of time, or repeats itself."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from clearing.messages import GenerateClearing, QueryClearing
from portal.gateway import crypto, wire
from portal.gateway.errors import Doubt
from portal.gateway.wire import Outcome

SCOPE: dict[str, Any] = {"year": "2025", "aka080": "001", "qsjg00": "003"}
GENERATE = GenerateClearing(**SCOPE)


@pytest.fixture
def party(counterpart):
    return counterpart()


def test_it_refuses_an_unknown_app_code(party):
    exchange = party.ask(GENERATE, app_code="NOBODY")
    assert (exchange.outcome, exchange.code) == (Outcome.REJECTED, "9001")
    assert "appCode" in exchange.sentence


def test_it_refuses_a_key_that_is_not_registered(party):
    private, public = crypto.generate()
    exchange = party.ask(GENERATE, private_key=private, public_key=public)
    assert (exchange.outcome, exchange.code) == (Outcome.REJECTED, "9002")
    assert "私钥" in exchange.sentence


def test_it_refuses_a_message_closed_with_another_iv(party):
    exchange = party.ask(GENERATE, iv="00" * 16)
    assert (exchange.outcome, exchange.code) == (Outcome.REJECTED, "9005")
    assert "IV" in exchange.sentence


def test_it_cannot_be_believed_with_another_provider_key(party):
    exchange = party.ask(GENERATE, provider_public_key=crypto.generate()[1])
    assert (exchange.outcome, exchange.reason) == (Outcome.UNKNOWN, Doubt.SIGNATURE)


@pytest.mark.parametrize("minutes", [-11, 11])
def test_it_refuses_a_clock_that_is_off(party, minutes):
    prepared = wire.prepare(
        party.settings, GENERATE, wire.new_msgid(party.settings), now=lambda: wire.clock() + timedelta(minutes=minutes)
    )
    exchange = wire.send(prepared)
    assert (exchange.outcome, exchange.code) == (Outcome.REJECTED, "9003")
    assert "时" in exchange.sentence


def test_it_refuses_a_nonce_that_was_used_without_calling_it_a_failure(party):
    """The first copy may have had its effect, so the second copy's refusal proves nothing."""
    msgid = wire.new_msgid(party.settings)
    party.ask(GENERATE, msgid=msgid).require()
    again = party.ask(GENERATE, msgid=msgid)
    assert (again.outcome, again.reason, again.code) == (Outcome.UNKNOWN, Doubt.CODE, "9004")
    assert len(party.effects()) == 1


def test_it_refuses_a_transaction_it_does_not_know(party):
    exchange = party.ask(QueryClearing(**SCOPE), names={"queryClearing": "noSuchThing"})
    assert (exchange.outcome, exchange.code) == (Outcome.UNKNOWN, "9006")


def test_it_accepts_the_manuals_own_iv(counterpart):
    party = counterpart("MANUALIV", iv="3425032093234524")
    assert party.settings.iv == "3425032093234524"
    assert party.ask(GENERATE).outcome is Outcome.OK


def test_nothing_of_all_this_takes_effect(party):
    private, public = crypto.generate()
    party.ask(GENERATE, app_code="NOBODY")
    party.ask(GENERATE, private_key=private, public_key=public)
    party.ask(GENERATE, iv="00" * 16)
    party.ask(GENERATE, provider_public_key=public)
    assert party.effects() == []


def test_a_changed_byte_is_noticed(party):
    prepared = wire.prepare(party.settings, GENERATE, wire.new_msgid(party.settings))
    body = prepared.body.replace(b"generateClearing", b"revokeClearing")
    exchange = wire.send(replace(prepared, body=body))
    assert exchange.code == "9002"
