"""The list of hosts that may be called at all, kept by two people of the platform (design 4.7)."""

import pytest
from django.db import IntegrityError, transaction

from portal.access.member import Member
from portal.access.permissions import PLATFORM_ADMIN
from portal.gateway.channels.addresses import AddressFault, approve_address, propose_address, remove_address
from portal.gateway.channels.checks import no_sandbox_in_production
from portal.gateway.channels.hosts import allowed_hosts, is_allowed, is_loopback
from portal.gateway.channels.models import AllowedAddress
from tests.cast import make_person, signed_in

HOST = "10.30.22.117:8090"
PAGE = "/channels/addresses/"


@pytest.fixture
def pia_member(db):
    """The platform's second administrator."""
    user = make_person("pia", "平台管理员二", is_platform_admin=True)
    return Member(user, None, frozenset({PLATFORM_ADMIN.value}), "127.0.0.1", "test")


@pytest.fixture
def proposed(settings, paul_member):
    settings.SANDBOX_URL = ""
    return propose_address(HOST, "清算测试环境", by=paul_member)


def test_it_allows_nothing_until_a_second_person_agrees(proposed, pia_member):
    assert allowed_hosts() == ()
    approve_address(proposed, by=pia_member)
    assert allowed_hosts() == (HOST,)
    assert is_allowed("http://10.30.22.117:8090/thrid_api/external_api")
    assert not is_allowed("http://10.30.22.117:8091/")
    assert not is_allowed("http://10.30.22.117/")


def test_it_refuses_the_proposers_own_approval(proposed, paul_member):
    with pytest.raises(AddressFault, match="另一位"):
        approve_address(proposed, by=paul_member)
    with pytest.raises(IntegrityError), transaction.atomic():
        AllowedAddress.objects.update(approved_by=paul_member.user)


def test_it_takes_a_host_off_at_once(proposed, pia_member, paul_member):
    approve_address(proposed, by=pia_member)
    remove_address(proposed, "改用新地址", by=paul_member)
    assert allowed_hosts() == ()


@pytest.mark.parametrize("host", ["", "http://10.0.0.1", "10.0.0.1/api", "a b", "10.0.0.1:99999999", "-x.cn", "主机"])
def test_it_refuses_what_is_no_host(settings, paul_member, host):
    with pytest.raises(AddressFault, match="主机"):
        propose_address(host, "用途", by=paul_member)


def test_it_refuses_a_host_twice(proposed, pia_member):
    with pytest.raises(AddressFault, match="已在名单"):
        propose_address(HOST.upper(), "又一次", by=pia_member)


def test_it_refuses_this_machine_in_production(settings, paul_member):
    settings.PRODUCTION = True
    with pytest.raises(AddressFault, match="本机"):
        propose_address("127.0.0.1:8791", "沙箱", by=paul_member)


def test_it_allows_the_sandbox_outside_production_only(settings, db):
    settings.SANDBOX_URL = "http://127.0.0.1:8791"
    assert allowed_hosts() == ("127.0.0.1:8791",)
    settings.PRODUCTION = True
    assert allowed_hosts() == ()


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1", "http://localhost/", "http://[::1]:9", "http://127.9.9.9", "http://0.0.0.0"]
)
def test_it_knows_this_machine(address):
    assert is_loopback(address)
    assert not is_loopback("http://10.30.22.117:8090")


def test_two_people_do_it_on_the_page(paul, pia_member, settings):
    settings.SANDBOX_URL = ""
    pia = signed_in(pia_member)
    paul.post(PAGE, {"host": HOST, "note": "清算测试环境"})
    address = AllowedAddress.objects.get()
    assert "申请人不能复核" in paul.post(f"{PAGE}{address.pk}/approve/", follow=True).content.decode()
    assert "已允许" in pia.post(f"{PAGE}{address.pk}/approve/", follow=True).content.decode()
    assert "理由" in pia.post(f"{PAGE}{address.pk}/remove/", follow=True).content.decode()
    pia.post(f"{PAGE}{address.pk}/remove/", {"reason": "已停用"})
    assert allowed_hosts() == ()


def test_it_is_closed_to_institutions(dora):
    assert dora.get(PAGE).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_a_live_installation_does_not_start_with_a_sandbox_channel(settings, hospital_a, values):
    from portal.access.door import tenant_tx
    from portal.gateway.channels.services import install_channel

    with tenant_tx(hospital_a.pk):
        install_channel("clearing", "test", values)
    assert no_sandbox_in_production(None, databases=["default"]) == []
    settings.PRODUCTION = True
    (error,) = no_sandbox_in_production(None, databases=["default"])
    assert error.id == "channels.E001"
    assert "H14020000001 clearing" in error.msg
