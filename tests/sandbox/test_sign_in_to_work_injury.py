"""The sandbox's work-injury door: who may sign in, how long it lasts, what the common errors are (4.1, 4.2, 5.2)."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from injury.messages import FindTreatmentsBetween, Login, Logout
from portal.gateway.errors import Doubt
from portal.gateway.seals import aes
from portal.gateway.wire import Outcome, wire

QUERY = FindTreatmentsBetween(aae035="2025-01-01")
KIND = wire("aes-session")


@pytest.fixture
def party(injury_counterpart):
    return injury_counterpart()


def sign(party, kind, **changes):
    made = KIND.sign_in(party.settings) if kind is Login else KIND.sign_out(party.settings)
    return party.ask(made.model_copy(update=changes), session=party.settings.session or "0")


def raw(party, content, *, key="", method="getCureBatch", **headers):
    """What a program of somebody else's might post; the answer's code."""
    plain = content if isinstance(content, bytes) else json.dumps(content).encode()
    message = aes.close(plain, (key or party.settings.secret_key).encode())
    with requests.Session() as session:
        session.trust_env = False
        url = f"{party.settings.base_url}/public/sendHis/{method}.html"
        return session.post(url, {"message": message}, headers=headers, timeout=10).json()["code"]


def test_one_user_signs_in_once_and_out_again(party):
    first = sign(party, Login).require().sessionid
    assert first.isdecimal()
    assert sign(party, Login).code == "21003"
    assert sign(party, Logout).code == "0"
    assert sign(party, Logout).code == "31001"
    assert sign(party, Login).require().sessionid != first


def test_of_two_at_once_one_is_signed_in(party):
    with ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(lambda _: sign(party, Login).code, range(4)))
    assert sorted(codes) == ["0", "21003", "21003", "21003"]


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
    assert sign(party, Login, **changes).code == login
    party.sign_in()
    assert sign(party, Logout, **changes).code == logout


def test_a_session_ends_after_two_hours(party):
    assert party.ask(QUERY).outcome is Outcome.OK
    party.sandbox.act("injury", "expire", party=party.app_code)
    assert party.ask(QUERY).code == "11006"
    assert sign(party, Logout).code == "31007"
    party.sign_in()
    party.sandbox.switch_on("session_expiry", gateway="injury", count=1)
    assert party.ask(QUERY).code == "11006"


def test_another_program_is_in_the_way_until_it_leaves_or_is_signed_out(party):
    other = party.sandbox.act("injury", "occupy", party=party.app_code)["sessionid"]
    refused = sign(party, Login)
    assert (refused.code, KIND.session_in(refused.raw_reply)) == ("21003", "")
    assert party.ask(KIND.sign_out(party.settings), session="1").code == "11005"
    assert sign(party, Logout).code == "0", "0 ends whichever the user has"
    assert party.ask(QUERY, session=other).code == "11005"
    telling = party.sandbox.act("injury", "occupy", party=party.app_code, tells=True)["sessionid"]
    assert KIND.session_in(sign(party, Login).raw_reply) == telling
    assert party.ask(QUERY, session=telling).outcome is Outcome.OK
    assert party.sandbox.act("injury", "leave", party=party.app_code) == {"left": 1}
    states = [one["state"] for one in party.sandbox.act("injury", "sessions", party=party.app_code)["sessions"]]
    assert states == ["left", "left"]


def test_signing_out_with_an_old_session_does_not_touch_the_new_one(party):
    old = party.sign_in()
    sign(party, Logout)
    party.sign_in()
    assert party.ask(KIND.sign_out(party.settings), session=old).code == "31004"
    assert party.ask(QUERY).outcome is Outcome.OK


def test_what_cannot_be_read_has_its_codes(party):
    session = party.sign_in()
    assert raw(party, b"no json", sessionid=session) == 11002
    assert raw(party, {"sessionid": session}, key="0" * 16, sessionid=session) == 11002
    assert raw(party, {}, sessionid=session) == 11003
    assert raw(party, {"sessionid": session}) == 11004
    assert raw(party, {"sessionid": "1"}, sessionid=session) == 11005
    assert raw(party, {"sessionid": session}, sessionid="77") == 11005
    assert raw(party, {}, sessionid="") == 11004
    with requests.Session() as bare:
        bare.trust_env = False
        url = f"{party.settings.base_url}/public/sendHis/getCureBatch.html"
        assert bare.post(url, timeout=10).json()["code"] == 11001


def test_one_user_cannot_use_the_session_of_another(party, injury_counterpart):
    other = injury_counterpart("HIS0002")
    theirs = other.sign_in()
    assert party.ask(QUERY, session=theirs).code == "11002", "our key does not open their calls"


@pytest.mark.parametrize("size", [16, 24, 32])
@pytest.mark.parametrize(
    "switches",
    [
        {},
        {"replies": "sealed"},
        {"session_form": "number", "numbers": "number"},
        {"session_header": False},
        {"session_body": False},
        {"path": "/his/{method}"},
    ],
)
def test_both_sides_agree_for_every_key_and_switch(injury_counterpart, size, switches):
    party = injury_counterpart(switches=switches, secret_key="k" * size, names={"getCureBatch": "cureBatch"})
    assert party.ask(QUERY).outcome is Outcome.OK
    assert sign(party, Logout).outcome is Outcome.OK


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("wrong_key", Doubt.DECRYPTION),
        ("html", Doubt.HTML),
        ("truncate", Doubt.TRUNCATED),
        ("drop_response", Doubt.RESET),
    ],
)
def test_what_proves_nothing_is_unknown(party, fault, reason):
    party.sign_in()
    party.sandbox.switch_on(fault, gateway="injury", count=1)
    found = party.ask(QUERY)
    assert (found.outcome, found.reason) == (Outcome.UNKNOWN, reason)


def test_a_file_is_sent_as_a_form(party):
    from injury.messages import UploadMaterial
    from portal.gateway.messages import sample

    file = base64.urlsafe_b64encode(b"%PDF-1.4\n" + bytes(range(256)) * 40).decode()
    found = party.ask(sample(UploadMaterial, file=file, invoiceType="pdf"))
    assert found.outcome in (Outcome.REJECTED, Outcome.OK, Outcome.UNKNOWN)
    assert found.code not in ("11001", "11002", "11003", "11004", "11005", "")
    assert found.raw_request.count(b"sha256") == 1
    assert len(found.raw_request) < 1000
