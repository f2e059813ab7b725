"""The sandbox's work-injury door: who may sign in, how long it lasts, what the common errors are (4.1, 4.2, 5.2)."""

import pytest

from injury.messages import FindTreatmentsBetween, Login, Logout
from portal.gateway.seals import aes
from portal.gateway.wire import Outcome, wire

QUERY = FindTreatmentsBetween()


@pytest.fixture
def party(injury_counterpart):
    return injury_counterpart()


def code(exchange):
    return exchange.code


def sign(party, kind, **changes):
    made = (
        wire("aes-session").sign_in(party.settings) if kind is Login else wire("aes-session").sign_out(party.settings)
    )
    return party.ask(made.model_copy(update=changes), session=party.settings.session or "0")


def test_one_user_signs_in_once_and_out_again(party):
    first = sign(party, Login)
    assert first.outcome is Outcome.OK
    assert first.require().sessionid.isdecimal()
    assert code(sign(party, Login)) == "21003"
    assert code(sign(party, Logout)) == "0"
    assert code(sign(party, Logout)) == "31001"
    assert sign(party, Login).require().sessionid != first.require().sessionid


@pytest.mark.parametrize(
    ("changes", "login", "logout"),
    [
        ({"username": ""}, "21001", "31002"),
        ({"username": "NOBODY"}, "21002", "31003"),
        ({"password": ""}, "21004", "31005"),
        ({"password": aes.md5_upper("wrong")}, "21005", "31006"),
    ],
)
def test_a_wrong_sign_in_is_named(party, changes, login, logout):
    assert code(sign(party, Login, **changes)) == login
    party.sign_in()
    assert code(sign(party, Logout, **changes)) == logout
