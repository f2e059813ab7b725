"""系统配置 as people use it: who sees what, what is never shown, what is said."""

import pytest

from portal.access.door import tenant_tx
from portal.gateway.channels.models import Channel, ChannelChange
from portal.gateway.channels.services import approve_change, change_channel
from tests.channels.conftest import ENVIRONMENT, GATEWAY, PRIVATE, PUBLIC

PAGE = f"/channels/{GATEWAY}/{ENVIRONMENT}/"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def values(values):
    """As a browser sends them: a box that is not ticked is not sent at all."""
    return {**values, "is_active": "on", "connect_timeout": "10"}


@pytest.fixture
def stored(values, hospital_a, dora_member, dan_member):
    with tenant_tx(hospital_a.pk):
        change = change_channel(GATEWAY, ENVIRONMENT, typed(values), by=dora_member)
        assert change
        approve_change(change, by=dan_member)


def typed(values):
    return {**values, "is_active": True, "connect_timeout": 10}


def waiting(hospital):
    with tenant_tx(hospital.pk):
        return ChannelChange.objects.filter(state="proposed").first()


def test_it_leads_to_the_environment_in_use(dora):
    assert dora.get("/channels/").headers["Location"] == PAGE


def test_it_never_shows_a_key(dora, stored):
    text = dora.get(PAGE).content.decode()
    assert "已设置于" in text
    assert "指纹" in text
    assert not any(key in text for key in (PRIVATE, PUBLIC, "3425032093234524"))


def test_it_saves_and_waits_for_another_person(dora, dan, values, hospital_a):
    said = dora.post(f"{PAGE}save/", values, follow=True).content.decode()
    assert "由另一人复核" in said
    change = waiting(hospital_a)
    assert "不能复核自己" in dora.post(f"/channels/changes/{change.id}/approve/", follow=True).content.decode()
    assert "立即生效" in dan.post(f"/channels/changes/{change.id}/approve/", follow=True).content.decode()
    with tenant_tx(hospital_a.pk):
        assert Channel.objects.get().app_code == "APP0001"


def test_it_lets_a_reviewer_confirm_but_not_edit(dora, bob, values, hospital_a):
    dora.post(f"{PAGE}save/", values)
    assert bob.post(f"{PAGE}save/", values).status_code == 403
    text = bob.get(PAGE).content.decode()
    assert "复核通过" in text
    assert "保存配置" not in text
    bob.post(f"/channels/changes/{waiting(hospital_a).id}/approve/")
    assert waiting(hospital_a) is None


def test_it_wants_a_reason_for_a_refusal(dora, dan, values, hospital_a):
    dora.post(f"{PAGE}save/", values)
    change = waiting(hospital_a)
    assert "理由" in dan.post(f"/channels/changes/{change.id}/refuse/", follow=True).content.decode()
    assert waiting(hospital_a) is not None
    dan.post(f"/channels/changes/{change.id}/refuse/", {"reason": "地址有误"})
    assert waiting(hospital_a) is None


def test_it_puts_every_sentence_beside_its_field(dora, values):
    wrong = {**values, "iv": "123", "region": "", "private_key": PRIVATE[:-2], "connect_timeout": "abc"}
    text = dora.post(f"{PAGE}save/", wrong).content.decode()
    for word in ("SM4 加密 IV应为", "调用方 SM2 私钥应为", "连接等待（秒）应为"):
        assert word in text
    assert PRIVATE[:-2] not in text


def test_it_shows_an_auditor_everything_but_the_form(carol, stored):
    text = carol.get(PAGE).content.decode()
    assert "APP0001" in text
    assert "保存配置" not in text
    assert "测试连接</button>" not in text


def test_it_is_closed_to_clerks(alice, values):
    assert alice.get(PAGE).status_code == 403
    assert alice.post(f"{PAGE}save/", values).status_code == 403
    assert alice.post(f"{PAGE}try/", values).status_code == 403


@pytest.mark.parametrize("address", ["/channels/nosuch/test/", "/channels/clearing/nosuch/"])
def test_it_knows_no_other_gateway_or_environment(dora, address):
    assert dora.get(address).status_code == 404


def test_it_starts_a_trial_and_polls(dora, values):
    text = dora.post(f"{PAGE}try/", values).content.decode()
    assert "正在测试连接" in text
    address = text.split('hx-get="')[1].split('"')[0]
    assert "正在测试连接" in dora.get(address).content.decode()


def test_it_says_what_is_wrong_before_trying(dora, values):
    assert "SM4 加密 IV" in dora.post(f"{PAGE}try/", {**values, "iv": "12"}).content.decode()


def test_another_hospitals_change_is_not_there(dora, values, hospital_a, rita):
    dora.post(f"{PAGE}save/", values)
    change = waiting(hospital_a)
    assert rita.post(f"/channels/changes/{change.id}/approve/").status_code == 404
    assert rita.post(f"/channels/changes/{change.id}/refuse/", {"reason": "别家的"}).status_code == 404
