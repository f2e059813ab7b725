"""Refunds while the library, the wire and the platform misbehave: nothing is paid back twice, the number stays one.

`CAMPAIGN_REFUNDS=500` makes the long campaign; the gate runs a short one.
"""

import os
import random
from collections import Counter
from decimal import Decimal

import pytest

from portal.gateway.bridge.server import Handler
from portal.gateway.journal import NotApplied, Operation, State
from portal.gateway.journal.invariants import Truth, check_everything
from settlement.models import Recharge, Refund, RefundState
from settlement.services.cashier import refunding
from tests.settlement.cashier_desk import PARTY, open_desk

pytestmark = pytest.mark.django_db(transaction=True)
COUNT = int(os.environ.get("CAMPAIGN_REFUNDS", "20"))
WAVE = 25
REFUND = "hop.trade.refund"


@pytest.fixture
def cashier(alice_member, bob_member, sandbox, settings, tmp_path):
    with open_desk(alice_member, bob_member, sandbox, tmp_path, settings) as desk:
        yield desk


def misbehave(cashier, monkeypatch):
    """What can go wrong at the library and on the wire, and now and then no answer to the question afterwards."""
    on = cashier.sandbox.switch_on
    on("drop_response", rate=0.12, seed="lost", codes=[REFUND])
    on("drop_request", rate=0.08, seed="never", codes=[REFUND])
    on("reset", rate=0.05, seed="empty", codes=[REFUND])
    on("garbage", rate=0.04, seed="garbage", codes=[REFUND])
    on("busy", rate=0.05, seed="busy", codes=[REFUND])
    on("overflow", rate=0.03, seed="long", codes=[REFUND])
    on("drop_response", rate=0.10, seed="mute", codes=["hop.trade.query"])
    chance, call = random.Random("cables"), Handler._call

    def cut(self, asked):
        """The cable to the desk is pulled before or after the library was called."""
        roll = chance.random()
        if '"hop.trade.refund"' not in str(asked.get("text")) or roll > 0.15:
            return call(self, asked)
        if roll < 0.10:
            call(self, asked)
        raise OSError("the cable is pulled")

    monkeypatch.setattr(Handler, "_call", cut)


def test_refunds_under_faults_are_never_doubled(cashier, monkeypatch):
    sources = [cashier.paid("500.00") for _ in range(2)]
    misbehave(cashier, monkeypatch)
    made = []
    for begin in range(0, COUNT, WAVE):
        wave = range(begin, min(begin + WAVE, COUNT))
        made += [cashier.refund(sources[place % 2], f"{1 + place % 3}.00") for place in wave]
        cashier.carry(rounds=6, looks=3)
    cashier.sandbox.switch_off()
    cashier.carry(rounds=30, looks=12)

    with cashier.door():
        states = Counter(Refund.objects.values_list("state", flat=True))
        live = Operation.objects.filter(state__in=[State.IN_DOUBT, State.RESOLVING, State.QUEUED]).count()
        done = dict(Refund.objects.filter(state=RefundState.REFUNDED).values_list("number", "amount"))
        held = {one.pk: one.held for one in Recharge.objects.all()}
        notes = list(Refund.objects.exclude(state=RefundState.REFUNDED).values_list("note", "operation__message"))
    effects = cashier.effects(REFUND)
    assert notes == []
    assert (states, live) == (Counter({RefundState.REFUNDED: COUNT}), 0)
    assert Counter(one["business_key"] for one in effects) == Counter(done.keys()), "each number once, and no other"
    assert not [one for one in effects if one["duplicate"]]
    assert sum(held.values()) == sum(done.values()) == sum(Decimal(1 + place % 3) for place in range(COUNT))
    told = cashier.truth()
    assert check_everything([Truth("onetrans", "test", tuple(told["effects"]), told["state"])]) == []


def test_sending_again_on_a_doubt_pays_twice(cashier, monkeypatch):
    """The control: without asking first, a platform that does not deduplicate pays back twice, and we would see it."""
    cashier.options(duplicates="accept")
    source = cashier.paid("100.00")
    monkeypatch.setattr(refunding, "look", lambda *_: NotApplied("blind"))
    cashier.sandbox.switch_on("drop_response", codes=[REFUND], count=1)
    cashier.refund(source, "10.00")
    cashier.carry()
    told = cashier.truth()
    twice = [one for one in told["effects"] if one["code"] == REFUND]
    assert len(twice) == 2
    broken = check_everything([Truth("onetrans", "test", tuple(told["effects"]), told["state"])])
    assert {one.promise for one in broken} & {"I1"}
    assert {PARTY} == {one["party"] for one in told["effects"]}
