"""Every fault, seen from our side of the wire: what it looks like, and whether the call took effect."""

from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import Any

import pytest

from clearing.messages import GenerateClearing, QueryClearing, QueryVerification, VerifyClearing
from portal.gateway.errors import Doubt
from portal.gateway.sandbox.control import SandboxFault
from portal.gateway.wire import Outcome, new_msgid

SCOPE: dict[str, Any] = {"year": "2025", "aka080": "001", "qsjg00": "003"}


@pytest.fixture
def party(counterpart):
    return counterpart(timeout=3)


@pytest.mark.parametrize(
    ("kind", "reason", "effects"),
    [
        ("drop_request", Doubt.RESET, 0),
        ("drop_response", Doubt.RESET, 1),
        ("reset", Doubt.RESET, 1),
        ("late", Doubt.TIMEOUT, 1),
        ("html", Doubt.HTML, 1),
        ("truncate", Doubt.TRUNCATED, 1),
        ("wrong_key", Doubt.SIGNATURE, 1),
    ],
)
def test_it_leaves_the_caller_in_doubt(party, kind, reason, effects):
    party.sandbox.switch_on(kind, count=1)
    exchange = party.ask(GenerateClearing(**SCOPE), read_timeout=1.5)
    assert (exchange.outcome, exchange.reason) == (Outcome.UNKNOWN, reason)
    assert exchange.reply is None
    assert len(party.effects()) == effects
    again = party.ask(GenerateClearing(**SCOPE))
    assert again.outcome is (Outcome.REJECTED if effects else Outcome.OK)


def test_it_answers_slowly_but_in_time(party):
    party.sandbox.switch_on("slow", seconds=0.3)
    exchange = party.ask(QueryClearing(**SCOPE))
    assert exchange.outcome is Outcome.OK
    assert exchange.seconds >= 0.3


def test_it_carries_out_half_a_batch_and_says_so(party):
    party.ask(GenerateClearing(**SCOPE)).require()
    rows = [row.row_id for row in party.ask(QueryVerification(**SCOPE, hdzt00="000")).require().rows][:9]
    party.sandbox.switch_on("partial_batch", codes=["verifyClearing"])
    assert party.ask(VerifyClearing(row_ids=rows)).require().row_ids == rows[:5]
    assert party.ask(QueryVerification(**SCOPE, hdzt00="001")).require().total == 5


def test_it_hits_the_same_calls_for_the_same_seed(party):
    def struck(seed):
        party.sandbox.switch_off()
        party.sandbox.switch_on("drop_response", rate=0.3, seed=seed)
        return [party.ask(QueryClearing(**SCOPE)).outcome is Outcome.UNKNOWN for _ in range(20)]

    first = struck("a")
    assert 1 <= sum(first) <= 12
    assert struck("a") == first
    assert struck("b") != first


def test_it_stops_after_the_count(party):
    party.sandbox.switch_on("html", count=2)
    outcomes = [party.ask(QueryClearing(**SCOPE)).outcome for _ in range(4)]
    assert outcomes == [Outcome.UNKNOWN, Outcome.UNKNOWN, Outcome.OK, Outcome.OK]
    (fault,) = party.sandbox.faults()
    assert (fault["hits"], fault["seen"]) == (2, 2)


def test_it_spares_other_transactions_and_other_parties(party, counterpart):
    other = counterpart("OTHER001", timeout=3)
    party.sandbox.switch_on("html", codes=["generateClearing"], party=party.app_code)
    assert party.ask(QueryClearing(**SCOPE)).outcome is Outcome.OK
    assert other.ask(GenerateClearing(**SCOPE)).outcome is Outcome.OK
    assert party.ask(GenerateClearing(**SCOPE)).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    "asked",
    [
        {"kind": "earthquake"},
        {"kind": "html", "rate": 2},
        {"kind": "html", "count": 0},
        {"kind": "html", "codes": "all"},
    ],
)
def test_it_refuses_a_fault_that_does_not_exist(sandbox, asked):
    with pytest.raises(SandboxFault):
        sandbox.switch_on(**asked)
    assert sandbox.faults() == []


def magic_rows(party):
    party.ask(GenerateClearing(**SCOPE)).require()
    rows = [row.row_id for row in party.ask(QueryVerification(**SCOPE, hdzt00="000")).require().rows]
    return {row.rpartition("-")[2]: row for row in rows if "-" in row}


@pytest.mark.parametrize(
    ("ending", "outcome", "reason"),
    [
        ("REJECT", Outcome.REJECTED, None),
        ("TIMEOUT", Outcome.UNKNOWN, Doubt.TIMEOUT),
        ("GARBLE", Outcome.UNKNOWN, Doubt.SIGNATURE),
        ("SLOW", Outcome.OK, None),
    ],
)
def test_it_obeys_the_ending_of_a_business_id(counterpart, ending, outcome, reason):
    party = counterpart(options={"institutions": 40, "magic_rows": True}, timeout=4)
    row = magic_rows(party)[ending]
    exchange = party.ask(VerifyClearing(row_ids=[row]), read_timeout=1.5 if ending == "TIMEOUT" else 4)
    assert (exchange.outcome, exchange.reason) == (outcome, reason)
    assert len(party.effects("verifyClearing")) == (0 if ending == "REJECT" else 1)


def test_it_obeys_the_ending_of_an_app_code(counterpart):
    party = counterpart("HOSPITAL-REJECT")
    assert party.ask(QueryClearing(**SCOPE)).outcome is Outcome.REJECTED


def test_it_lets_one_of_two_parallel_generations_win(counterpart):
    party = counterpart(options={"institutions": 900}, timeout=20)
    # The year's book exists already: only its lock keeps the six apart, and each takes a while.
    party.ask(GenerateClearing(**{**SCOPE, "aka080": "002"})).require()
    with ThreadPoolExecutor(6) as pool:
        exchanges = list(pool.map(lambda _: party.ask(GenerateClearing(**SCOPE)), range(6)))
    assert sorted(one.outcome for one in exchanges) == [Outcome.OK] + [Outcome.REJECTED] * 5
    assert {one.code for one in exchanges if one.outcome is Outcome.REJECTED} == {"2001"}
    assert len(party.effects("generateClearing")) == 2


def test_it_lets_go_of_a_caller_that_has_hung_up(party):
    """A held answer must not keep its thread: 40 of them would otherwise starve a server of 32."""
    party.sandbox.switch_on("late", seconds=300)
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda _: party.ask(QueryClearing(**SCOPE), read_timeout=0.5), range(40)))
    party.sandbox.switch_off()
    began = monotonic()
    assert party.ask(QueryClearing(**SCOPE), msgid=new_msgid(party.settings)).outcome is Outcome.OK
    assert monotonic() - began < 5
