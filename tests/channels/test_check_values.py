"""Each of the manual's seven items (4.1): what is wrong is one clear sentence that names the field."""

import pytest
from django.utils import timezone

from portal.gateway import crypto
from portal.gateway.channels.faults import presets
from portal.gateway.channels.models import AllowedAddress
from portal.gateway.channels.services import ChannelFault, candidate
from tests.channels.conftest import ENVIRONMENT, GATEWAY, PRIVATE, PUBLIC

pytestmark = pytest.mark.usefixtures("paul_member", "in_hospital_a")


def faults(values, environment=ENVIRONMENT, **changes):
    with pytest.raises(ChannelFault) as caught:
        candidate(GATEWAY, environment, {**values, **changes})
    return caught.value.faults


def test_it_takes_what_is_right(values):
    assert candidate(GATEWAY, ENVIRONMENT, values)["app_code"] == "APP0001"


def test_it_takes_public_keys_without_their_prefix(values):
    assert candidate(GATEWAY, ENVIRONMENT, {**values, "public_key": PUBLIC[2:].upper()})["public_key"] == PUBLIC


@pytest.mark.parametrize(
    "iv", ["3425032093234524", "00112233445566778899aabbccddeeff", "00112233445566778899AABBCCDDEEFF"]
)
def test_it_takes_both_forms_of_the_iv(values, iv):
    assert candidate(GATEWAY, ENVIRONMENT, {**values, "iv": iv})["iv"] == iv


@pytest.mark.parametrize(
    "iv", ["342503209323452", "34250320932345241", "0" * 31, "0" * 33, "一二三四五六七八九十一二三四五六", "zz" * 16]
)
def test_it_refuses_any_other_iv(values, iv):
    assert "SM4 加密 IV" in faults(values, iv=iv)["iv"]


@pytest.mark.parametrize("name", ["provider_public_key", "public_key"])
@pytest.mark.parametrize("key", ["04" + "0" * 128, "04" + "f" * 128, "04abc", "03" + "1" * 128, "没有"])
def test_it_refuses_a_public_key_that_is_none(values, name, key):
    sentence = faults(values, **{name: key})[name]
    assert ("服务提供方 SM2 公钥" if name.startswith("provider") else "调用方 SM2 公钥") in sentence


@pytest.mark.parametrize("key", ["0" * 64, "f" * 64, "1" * 63, "私钥"])
def test_it_refuses_a_private_key_out_of_range(values, key):
    assert "调用方 SM2 私钥" in faults(values, private_key=key)["private_key"]


@pytest.mark.parametrize("name", ["provider_public_key", "public_key"])
def test_it_refuses_a_point_beside_the_curve(values, name):
    """Right form, right range, but no point of the curve: the last digit is off."""
    beside = PUBLIC[:-1] + ("0" if PUBLIC[-1] != "0" else "1")
    assert "曲线" in faults(values, **{name: beside})[name]


@pytest.mark.parametrize("key", [PUBLIC[:-4], PUBLIC + "00", PUBLIC[:-1] + "g", "0x" + PUBLIC[2:], "05" + PUBLIC[2:]])
def test_it_wants_04_and_128_hex_digits(values, key):
    assert "04" in faults(values, public_key=key)["public_key"]


ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123


@pytest.mark.parametrize("number", [0, ORDER - 1, ORDER, ORDER + 1])
def test_it_wants_a_private_key_between_1_and_n_minus_2(values, number):
    assert "调用方 SM2 私钥" in faults(values, private_key=f"{number:064x}")["private_key"]


@pytest.mark.parametrize("code", ["", "   ", None])
def test_it_wants_an_app_code(values, code):
    assert "appCode" in faults(values, app_code=code)["app_code"]


@pytest.mark.parametrize(
    ("environment", "address"),
    [("test", "http://10.30.22.117:8090"), ("production", "http://dszq1402.sx.hsip.gov.cn")],
)
def test_an_empty_address_is_the_manuals_of_that_environment(values, paul_member, environment, address):
    """Appendix A, once the platform has allowed it."""
    AllowedAddress.objects.create(
        host=address.removeprefix("http://"), note="附录 A", proposed_by=paul_member.user, approved_at=timezone.now()
    )
    assert presets(GATEWAY)["addresses"][environment] == address
    assert candidate(GATEWAY, environment, {**values, "base_url": ""})["base_url"] == address


def test_it_refuses_keys_that_are_no_pair(values):
    assert "不是一对" in faults(values, public_key=crypto.generate()[1])["public_key"]


def test_it_never_repeats_a_key_in_a_sentence(values):
    wrong = PRIVATE[:-1] + "x"
    assert wrong not in str(faults(values, private_key=wrong))


def test_it_refuses_an_unknown_region(values):
    assert faults(values, region="510100") == {"region": "统筹区代码 510100 不在代码表“统筹区代码”中"}


@pytest.mark.parametrize(
    "address", ["http://example.invalid/api", "http://10.30.22.117:8091", "http://127.0.0.1:10", "http://127.0.0.1"]
)
def test_it_refuses_an_address_that_is_not_on_the_list(values, address):
    assert "不在允许的名单中" in faults(values, base_url=address)["base_url"]


@pytest.mark.parametrize(
    "address", ["ftp://127.0.0.1:9", "127.0.0.1:9", "http://", "http://127.0.0.1:9/?a=1", "http://u:p@127.0.0.1:9"]
)
def test_it_refuses_what_is_no_address(values, address):
    assert "API 地址" in faults(values, base_url=address)["base_url"]


def test_it_refuses_the_sandbox_for_the_live_environment(values):
    assert "沙箱" in faults(values, environment="production")["base_url"]


def test_it_refuses_the_sandbox_on_a_live_installation(values, settings):
    settings.PRODUCTION = True
    assert "沙箱" in faults(values)["base_url"]


def test_it_fills_an_empty_address_with_the_manuals(values):
    assert "不在允许的名单中" in faults(values, base_url="")["base_url"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("connect_timeout", -1),
        ("connect_timeout", 61),
        ("connect_timeout", "十"),
        ("read_timeout", 4),
        ("read_timeout", 901),
    ],
)
def test_it_bounds_the_waiting_times(values, name, value):
    assert "整数" in faults(values, **{name: value})[name]


@pytest.mark.parametrize("switches", [{"order": "C3"}, {"nosuch": 1}, {"tolerance": "600"}, {"path": "no-slash"}, []])
def test_it_refuses_switches_that_do_not_exist(values, switches):
    if switches == []:
        switches = ["order"]
    assert "报文开关" in faults(values, switches=switches)["switches"]


@pytest.mark.parametrize(
    "names",
    [{"nosuch": "x"}, {"queryClearing": ""}, {"queryClearing": "查询"}, {"queryClearing": "a", "verifyClearing": "a"}],
)
def test_it_refuses_names_for_transactions_that_do_not_exist(values, names):
    assert "交易名称" in faults(values, wire_names=names)["wire_names"]


def test_it_says_everything_at_once(values):
    found = faults(values, iv="x", region="1", private_key="", app_code="", provider_public_key="04")
    assert {"iv", "region", "private_key", "app_code", "provider_public_key"} <= found.keys()
    assert found["private_key"] == "调用方 SM2 私钥必填"
