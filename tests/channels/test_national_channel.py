"""The national interface's settings: declared by its wire, filled in, tried, changed, and used for numbers."""

from dataclasses import dataclass
from typing import ClassVar

import pytest

from portal.access.door import tenant_tx
from portal.gateway.channels import fields, seed, trials
from portal.gateway.channels.faults import faults_of
from portal.gateway.channels.forms import ChannelForm
from portal.gateway.channels.models import Channel, ChannelChange, ChannelTrial
from portal.gateway.channels.services import ChannelFault, candidate, change_channel, install_channel
from portal.gateway.client import ask, wire_settings
from portal.gateway.journal.models import Attempt
from portal.gateway.messages import Gateway, definition
from portal.gateway.seals import aes
from portal.gateway.seals.switches import Switches
from portal.gateway.wire import Setting, Wire, kinds
from portal.gateway.wire.declared import printable
from tests.channels.conftest import ENVIRONMENT

GATEWAY = "national"
PAGE = f"/channels/{GATEWAY}/{ENVIRONMENT}/"
SECRET = "secret-of-the-account-7719"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def values(settings):
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    return {
        "base_url": "http://127.0.0.1:9/national",
        "app_code": "ACCOUNT-1",
        "secret_key": SECRET,
        "medins_code": "H44010000001",
        "medins_name": "样例医院",
        "region": "440100",
    }


@pytest.fixture
def living(national_counterpart, settings):
    party = national_counterpart("LIVING", options={"rows": 3})
    settings.SANDBOX_URL = party.sandbox.url
    return {name: getattr(party.settings, name) for name in fields.fields_of(GATEWAY)[:6] if name != "host_address"} | {
        "secret_key": party.settings.secret_key,
        "medins_name": party.settings.medins_name,
        "region": party.settings.region,
    }


@pytest.fixture
def attempt(hospital_a, dora_member, living):
    def run(**changes):
        with tenant_tx(hospital_a.pk):
            trial = trials.start_trial(GATEWAY, ENVIRONMENT, {**living, **changes}, by=dora_member)
        trials.run_trial(hospital_a.pk, str(trial.pk))
        with tenant_tx(hospital_a.pk):
            return ChannelTrial.objects.get(pk=trial.pk)

    return run


def test_its_fields_are_its_own():
    assert fields.secret_fields(GATEWAY) == ("private_key", "secret_key")
    assert "iv" not in fields.fields_of(GATEWAY)
    assert "secret_key" not in fields.fields_of("clearing")
    assert fields.label_of(GATEWAY, "app_code") == "应用编码（paasid）"
    assert fields.label_of("clearing", "app_code") == "appCode（调用方标识）"
    assert {one.name for one in Channel._meta.fields} >= set(fields.LABELS)


def test_what_is_missing_is_named(values, in_hospital_a):
    with pytest.raises(ChannelFault) as caught:
        candidate(GATEWAY, ENVIRONMENT, {"base_url": values["base_url"]})
    assert caught.value.faults == {
        "app_code": "应用编码（paasid）必填",
        "secret_key": "密钥（secretKey）必填",
        "medins_code": "定点医药机构编号必填",
        "medins_name": "定点医药机构名称必填",
        "region": "就医地医保区划必填",
    }
    with pytest.raises(ChannelFault, match="没有名为 iv 的配置项"):
        candidate(GATEWAY, ENVIRONMENT, {**values, "iv": "0" * 32})


def test_an_empty_address_means_the_guides_with_the_ip_it_is_bound_to(values, in_hospital_a, monkeypatch):
    monkeypatch.setattr("portal.gateway.channels.hosts.allowed_hosts", lambda: ("igb.hsa.gdgov.cn", "10.97.240.206"))
    made = candidate(GATEWAY, ENVIRONMENT, {**values, "base_url": ""})
    assert (made["base_url"], made["host_address"]) == ("http://igb.hsa.gdgov.cn", "10.97.240.206")
    found = faults_of(GATEWAY, ENVIRONMENT, {**made, "host_address": "10.1.1.1"})
    assert "不在允许的名单中" in found["host_address"]


def test_a_host_bound_to_this_machine_is_a_sandbox(values, settings, in_hospital_a):
    bound = {**values, "base_url": "http://10.30.22.117", "host_address": "127.0.0.1"}
    assert "沙箱" in faults_of(GATEWAY, "production", bound)["base_url"]
    settings.PRODUCTION = True
    with pytest.raises(Exception, match="沙箱"):
        Channel(gateway=GATEWAY, base_url=bound["base_url"], host_address="127.0.0.1").settings()


def test_two_people_change_it_and_nobody_reads_the_secret(values, hospital_a, dora, dan, bob):
    sent = {**values, "is_active": "on", "connect_timeout": "10"}
    assert "由另一人复核" in dora.post(f"{PAGE}save/", sent, follow=True).content.decode()
    with tenant_tx(hospital_a.pk):
        change = ChannelChange.objects.get()
    assert SECRET not in str(change.shown)
    assert "指纹" in str(change.shown)
    dan.post(f"/channels/changes/{change.id}/approve/")
    for person in (dora, bob):
        text = person.get(PAGE).content.decode()
        assert SECRET not in text
        assert "密钥（secretKey）" in text
        assert "ACCOUNT-1" in text
    with tenant_tx(hospital_a.pk):
        settings = wire_settings(GATEWAY, ENVIRONMENT)
    assert (settings.secret_key, settings.region, settings.iv) == (SECRET, "440100", "")


def test_a_new_channel_begins_with_what_is_known_of_the_institution(dora, hospital_a):
    text = dora.get(PAGE).content.decode()
    assert f'value="{hospital_a.code}"' in text
    assert f'value="{hospital_a.region}"' in text


def test_a_trial_changes_nothing_and_says_that_it_is_good(attempt, sandbox):
    trial = attempt()
    assert (trial.is_good, trial.field) == (True, ""), trial.sentence
    assert "地址和密钥正确" in trial.sentence
    assert sandbox.truth(GATEWAY, "LIVING")["effects"] == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"secret_key": "another"}, "secret_key"),
        ({"app_code": "NOBODY"}, "app_code"),
        ({"switches": {"auth": "none"}}, "switches"),
    ],
)
def test_a_trial_points_at_the_setting(attempt, changes, field):
    trial = attempt(**changes)
    assert (trial.is_good, trial.field) == (False, field), trial.sentence


def test_a_query_over_the_channel_is_written_down_under_its_message_id(living, hospital_a):
    with tenant_tx(hospital_a.pk):
        install_channel(GATEWAY, ENVIRONMENT, living)
    reply = ask(trials.probe(GATEWAY), institution_id=hospital_a.pk)
    assert len(reply.data) == 3
    with tenant_tx(hospital_a.pk):
        (attempt,) = Attempt.objects.filter(kind="3260")
        assert {one.kind for one in Attempt.objects.all()} == {"9001", "3260"}
    assert len(attempt.msgid) == 30
    assert attempt.msgid.startswith(living["medins_code"])


def test_the_seed_makes_a_channel_that_works(hospital_a, sandbox, settings, monkeypatch):
    settings.SANDBOX_URL = sandbox.url
    monkeypatch.setenv("SANDBOX_TOKEN", sandbox.headers["Authorization"].removeprefix("Bearer "))
    for _ in range(2):
        seed.seed_channels(hospital_a)
        assert len(ask(trials.probe(GATEWAY), institution_id=hospital_a.pk).data) == 100
    with tenant_tx(hospital_a.pk):
        assert set(Channel.objects.values_list("gateway", flat=True)) >= {"clearing", GATEWAY}


# --- another gateway is one declaration


@dataclass(frozen=True)
class NoSwitches(Switches):
    """Nothing to switch."""


class LoginWire(Wire):
    """What a gateway with user, password and an AES key would say."""

    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("base_url", "接口地址"),
        Setting("user_name", "用户名", size=50, check=printable(1, 50)),
        Setting("password", "密码", "保存后不再显示", "secret", 50),
        Setting("secret_key", "AES 密钥", "16、24 或 32 个半角字符", "secret", 32, aes.key),
    )
    switches: ClassVar[type[Switches]] = NoSwitches

    def prepare(self, settings, request, msgid, now):
        raise NotImplementedError

    def open(self, prepared, body, now):
        raise NotImplementedError

    def read(self, prepared, data):
        raise NotImplementedError


@pytest.fixture
def login(monkeypatch):
    monkeypatch.setattr(definition, "_GATEWAYS", dict(definition._GATEWAYS))
    monkeypatch.setattr(kinds, "_WIRES", {**kinds._WIRES, "login": LoginWire()})
    return Gateway("login", "登录接口", wire="login").name


def test_a_gateway_with_user_and_password_needs_a_declaration_only(login, values, hospital_a, dora_member):
    given = {"base_url": values["base_url"], "user_name": "user1", "password": "Pass-7719", "secret_key": "0" * 15}
    assert [one.name for row in ChannelForm(login, ENVIRONMENT, None).pairs for one in row] == list(given)
    hospital_a.four_eyes = False
    hospital_a.save()
    with tenant_tx(hospital_a.pk):
        with pytest.raises(ChannelFault, match="AES 密钥应为 16、24 或 32 个半角字符"):
            change_channel(login, ENVIRONMENT, given, by=dora_member)
        change = change_channel(login, ENVIRONMENT, {**given, "secret_key": "0" * 16}, by=dora_member)
        assert change is not None
        assert "Pass-7719" not in str(change.shown)
        channel = Channel.objects.get(gateway=login)
        assert channel.fingerprints["password"] == "已设置"
        assert channel.settings().password == "Pass-7719"
        assert fields.secret_fields(login) == ("secret_key", "password")
