"""测试连接 with settings that are not saved yet: every way of failing is a sentence that says what to look at."""

from datetime import timedelta

import pytest

from portal.access.door import tenant_tx
from portal.gateway import crypto, wire
from portal.gateway.channels import trials
from portal.gateway.channels.models import Channel, ChannelTrial
from portal.gateway.channels.services import ChannelFault
from tests.channels.conftest import ENVIRONMENT, GATEWAY
from tests.sandbox_process import free_port

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def attempt(hospital_a, dora_member, living):
    """Try these values over the right ones; the verdict, as the page reads it from the row."""

    def run(**changes):
        with tenant_tx(hospital_a.pk):
            trial = trials.start_trial(GATEWAY, ENVIRONMENT, {**living, **changes}, by=dora_member)
        trials.run_trial(hospital_a.pk, str(trial.pk))
        with tenant_tx(hospital_a.pk):
            return ChannelTrial.objects.get(pk=trial.pk)

    return run


def test_it_is_good_with_the_right_settings(attempt, living):
    trial = attempt()
    assert (trial.is_good, trial.field) == (True, "")
    assert "连接正常" in trial.sentence


def test_it_saves_nothing_and_forgets_the_values(attempt, hospital_a):
    trial = attempt()
    assert trial.values is None
    with tenant_tx(hospital_a.pk):
        assert not Channel.objects.exists()


def test_it_changes_nothing_at_the_gateway(attempt, sandbox):
    attempt()
    assert sandbox.truth("clearing", "LIVING")["effects"] == []


def test_it_says_that_nobody_listens(attempt, settings):
    settings.SANDBOX_URL = f"http://127.0.0.1:{free_port()}"
    trial = attempt(base_url=f"{settings.SANDBOX_URL}/clearing")
    assert (trial.is_good, trial.field) == (False, "base_url")
    assert "地址不可达" in trial.sentence


def test_it_says_that_the_address_is_no_gateway(attempt, living):
    trial = attempt(base_url=living["base_url"].replace("/clearing", "/elsewhere"))
    assert (trial.is_good, trial.field) == (False, "base_url")


def test_it_says_that_the_app_code_is_unknown(attempt):
    trial = attempt(app_code="NOBODY")
    assert (trial.is_good, trial.field) == (False, "app_code")
    assert "appCode" in trial.sentence


def test_it_says_that_our_key_is_not_the_registered_one(attempt):
    private, public = crypto.generate()
    trial = attempt(private_key=private, public_key=public)
    assert (trial.is_good, trial.field) == (False, "private_key")
    assert "签名" in trial.sentence


def test_it_says_that_the_providers_key_is_wrong(attempt):
    trial = attempt(provider_public_key=crypto.generate()[1])
    assert (trial.is_good, trial.field) == (False, "provider_public_key")
    assert "服务提供方 SM2 公钥" in trial.sentence


def test_it_says_that_the_iv_is_wrong(attempt):
    trial = attempt(iv="f" * 32)
    assert (trial.is_good, trial.field) == (False, "iv")
    assert "SM4 加密 IV" in trial.sentence


def test_it_says_that_the_clock_is_off(attempt, monkeypatch):
    exchange = wire.exchange
    wrong = lambda: wire.clock() + timedelta(minutes=20)  # noqa: E731
    monkeypatch.setattr(wire, "exchange", lambda settings, request: exchange(settings, request, now=wrong))
    trial = attempt()
    assert (trial.is_good, trial.field) == (False, "clock")
    assert "时钟" in trial.sentence


@pytest.mark.parametrize(
    ("kind", "word"), [("html", "网页"), ("truncate", "不完整"), ("reset", "中断"), ("drop_response", "中断")]
)
def test_it_says_what_came_back_instead(attempt, sandbox, kind, word):
    sandbox.switch_on(kind)
    trial = attempt()
    assert trial.is_good is False
    assert word in trial.sentence


def test_it_refuses_values_that_could_not_be_saved(hospital_a, dora_member, living):
    with tenant_tx(hospital_a.pk), pytest.raises(ChannelFault, match="SM4 加密 IV"):
        trials.start_trial(GATEWAY, ENVIRONMENT, {**living, "iv": "short"}, by=dora_member)


def test_it_keeps_its_first_verdict(attempt, hospital_a, sandbox):
    trial = attempt()
    sandbox.switch_on("html")
    assert trials.run_trial(hospital_a.pk, str(trial.pk)).is_good
