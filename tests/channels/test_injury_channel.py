"""The work-injury interface's settings: filled in, tried by signing in and out, kept secret, seeded."""

import pytest

from portal.access.door import tenant_tx
from portal.gateway.channels import faults, fields, seed, trials
from portal.gateway.channels.models import Channel, ChannelTrial
from portal.gateway.channels.services import ChannelFault, candidate, install_channel
from portal.gateway.client import ask
from portal.gateway.journal.models import Attempt
from portal.gateway.sessions.models import GatewaySession
from tests.channels.conftest import ENVIRONMENT
from tests.sandbox_process import channel_values

GATEWAY = "injury"
PAGE = f"/channels/{GATEWAY}/{ENVIRONMENT}/"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def party(injury_counterpart, settings):
    found = injury_counterpart("LIVING", secret_key="0123456789abcdef")
    settings.SANDBOX_URL = found.sandbox.url
    return found


@pytest.fixture
def attempt(hospital_a, dora_member, party):
    def run(**changes):
        with tenant_tx(hospital_a.pk):
            trial = trials.start_trial(GATEWAY, ENVIRONMENT, {**channel_values(party), **changes}, by=dora_member)
        trials.run_trial(hospital_a.pk, str(trial.pk))
        with tenant_tx(hospital_a.pk):
            return ChannelTrial.objects.get(pk=trial.pk)

    return run


def states(party):
    return [one["state"] for one in party.sandbox.act(GATEWAY, "sessions", party=party.app_code)["sessions"]]


def test_its_fields_are_its_own(in_hospital_a, party):
    assert fields.secret_fields(GATEWAY) == ("secret_key", "password")
    assert fields.label_of(GATEWAY, "secret_key") == "AES 密钥"
    with pytest.raises(ChannelFault) as caught:
        candidate(GATEWAY, ENVIRONMENT, {"base_url": party.settings.base_url, "secret_key": "x" * 17})
    assert caught.value.faults == {
        "user_name": "接口用户名必填",
        "password": "接口密码必填",
        "secret_key": "AES 密钥应为 16、24 或 32 个半角字符，现为 17 字节",
    }
    assert faults.presets(GATEWAY)["addresses"] == {"test": "https://nmlwjscs.igsbx.com/nm-his", "production": ""}


def test_a_trial_signs_in_asks_and_signs_out(attempt, party):
    trial = attempt()
    assert (trial.is_good, trial.field) == (True, ""), trial.sentence
    assert "用户名、密码和密钥都正确" in trial.sentence
    assert states(party) == ["left"]


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"user_name": "NOBODY"}, "user_name", "接口用户名不被认可"),
        ({"password": "wrong"}, "password", "接口密码不正确"),
        ({"secret_key": "f" * 16}, "secret_key", "无法解密请求，请核对AES 密钥"),
        ({"switches": {"session_header": False, "session_form": "number"}}, "switches", "sessionid"),
    ],
)
def test_a_trial_points_at_the_setting(attempt, party, changes, field, words):
    trial = attempt(**changes)
    assert (trial.is_good, trial.field) == (False, field), trial.sentence
    assert words in trial.sentence
    assert attempt().is_good, "nothing is left in the way"
    assert set(states(party)) == {"left"}


def test_a_trial_does_not_fight_and_makes_way_for_itself(attempt, party, hospital_a):
    party.sandbox.act(GATEWAY, "occupy", party="LIVING")
    trial = attempt()
    assert (trial.is_good, trial.field) == (False, "user_name")
    assert "其他程序" in trial.sentence
    assert states(party) == ["live"]
    party.sandbox.act(GATEWAY, "leave", party="LIVING")
    with tenant_tx(hospital_a.pk):
        install_channel(GATEWAY, ENVIRONMENT, channel_values(party))
    ask(trials.probe(GATEWAY), institution_id=hospital_a.pk)
    assert attempt().is_good
    assert states(party) == ["left", "left", "left"], "ours was given back, and the trial's"
    ask(trials.probe(GATEWAY), institution_id=hospital_a.pk)


def test_its_page_shows_the_session_and_no_secret(dora, bob, hospital_a, party):
    with tenant_tx(hospital_a.pk):
        install_channel(GATEWAY, ENVIRONMENT, channel_values(party))
    assert "接口未登录" in dora.get(PAGE).content.decode()
    ask(trials.probe(GATEWAY), institution_id=hospital_a.pk)
    for person in (dora, bob):
        text = person.get(PAGE).content.decode()
        assert "接口已登录" in text
        assert party.settings.password not in text
        assert party.settings.secret_key not in text
    with tenant_tx(hospital_a.pk):
        assert Channel.objects.get().fingerprints["password"] == "已设置"
        sealed = GatewaySession.objects.get().session
        session = sealed.reveal() if sealed else ""
        assert Attempt.objects.filter(kind="login", operation=None).count() == 1
    assert session not in dora.get("/gateway/sessions/").content.decode()


def test_the_seed_makes_a_channel_that_works(hospital_a, sandbox, settings, monkeypatch):
    settings.SANDBOX_URL = sandbox.url
    monkeypatch.setenv("SANDBOX_TOKEN", sandbox.headers["Authorization"].removeprefix("Bearer "))
    for _ in range(2):
        seed.seed_channels(hospital_a)
        ask(trials.probe(GATEWAY), institution_id=hospital_a.pk)
    assert sandbox.act(GATEWAY, "sessions", party=f"DEMO{hospital_a.code}")["sessions"][-1]["state"] == "live"
