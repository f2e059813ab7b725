"""Signing in and staying in (design 4.3)."""

import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from portal.access.services.passwords import give_one_time_password
from tests.cast import PASSWORD, actions_of, is_in, recorded, sign_in, signed_in

SIGN_IN = "/sign-in/"


def test_it_signs_in_and_records_it_in_both_chains(client, alice_member, hospital_a):
    answer = sign_in(client, "alice")
    assert (answer.status_code, answer["Location"]) == (302, reverse(settings.LOGIN_REDIRECT_URL))
    assert is_in(client)
    assert "access.session.opened" in actions_of(0)
    assert "access.session.opened" in actions_of(hospital_a.pk)


def test_it_does_not_say_whether_the_name_or_the_password_was_wrong(client, alice_member):
    wrong_password = sign_in(client, "alice", "nothing-like-it")
    wrong_name = sign_in(client, "nobody-here", PASSWORD)
    for answer in (wrong_password, wrong_name):
        assert "用户名或密码不正确" in answer.content.decode()
        assert not is_in(client)
    assert actions_of(0).count("access.session.refused") == 2


def test_it_treats_a_closed_account_like_a_wrong_password(client, alice_member):
    alice_member.user.is_active = False
    alice_member.user.save()
    assert "用户名或密码不正确" in sign_in(client, "alice").content.decode()


@pytest.mark.parametrize("username", ["", "a\0b", "x" * 200, "' OR 1=1 --", "𬱖", "\u202ealice"])
def test_it_answers_strange_names_calmly(client, db, username):
    assert sign_in(client, username, "x").status_code == 200


def test_it_locks_after_five_failures_and_says_for_how_long(client, alice_member, hospital_a):
    answers = [sign_in(client, "alice", "wrong") for _ in range(5)]
    assert [a.status_code for a in answers] == [200, 200, 200, 200, 429]
    page = answers[-1].content.decode()
    assert "30 分钟" in page
    assert "机构管理员" in page
    assert sign_in(client, "alice").status_code == 429, "the right password does not open a lock"
    assert actions_of(0).count("access.account.locked") == 1
    assert actions_of(hospital_a.pk).count("access.account.locked") == 1


def test_it_locks_one_address_only(client, alice_member):
    for _ in range(5):
        sign_in(client, "alice", "wrong")
    elsewhere = Client(REMOTE_ADDR="10.9.9.9")
    assert sign_in(elsewhere, "alice").status_code == 302


def test_it_opens_again_after_the_lock_time(client, alice_member, time_machine):
    time_machine.move_to(timezone.now())
    for _ in range(5):
        sign_in(client, "alice", "wrong")
    time_machine.shift(timedelta(minutes=15))
    assert sign_in(client, "alice", "wrong").status_code == 429
    time_machine.shift(timedelta(minutes=16))  # trying during the lock has not made it longer
    assert sign_in(client, "alice").status_code == 302


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [
        ("/members/?q=1&x=2", "/members/?q=1&x=2"),
        ("https://evil.example/", "/"),
        ("//evil.example/x", "/"),
        ("javascript:alert(1)", "/"),
        ("/sign-in/?next=/sign-in/", "/"),
    ],
)
def test_it_goes_on_only_to_pages_of_its_own(client, alice_member, wanted, goes):
    assert sign_in(client, "alice", next=wanted)["Location"] == goes


def test_it_leads_back_to_the_page_that_was_asked_for(client, db):
    assert client.get("/members/?a=1&b=2")["Location"] == "/sign-in/?next=%2Fmembers%2F%3Fa%3D1%26b%3D2"


def test_it_remembers_the_name_only_when_asked(client, alice_member):
    answer = sign_in(client, "alice", remember="on")
    cookie = answer.cookies["remembered_user"]
    assert cookie.value == "alice"
    assert cookie["httponly"]
    client.post("/account/sign-out/")
    assert 'value="alice"' in client.get(SIGN_IN).content.decode()
    sign_in(client, "alice")
    client.post("/account/sign-out/")
    assert 'value="alice"' not in client.get(SIGN_IN).content.decode()


def test_it_ends_the_older_session_and_says_so(alice_member):
    first, second = Client(), Client()
    sign_in(first, "alice")
    sign_in(second, "alice")
    assert not is_in(first)
    assert "其他地方登录" in first.get(SIGN_IN).content.decode()
    assert is_in(second)
    sign_in(first, "alice")
    first.post("/account/sign-out/")
    assert "其他地方登录" not in first.get(SIGN_IN).content.decode(), "that was the session before"


def test_it_does_not_revive_an_older_session_when_the_newer_one_signs_out(alice_member):
    first, second = Client(), Client()
    sign_in(first, "alice")
    sign_in(second, "alice")
    second.post("/account/sign-out/")
    assert not is_in(first)


def test_it_ends_idle_sessions_and_says_so(client, alice_member, time_machine):
    time_machine.move_to(timezone.now())
    sign_in(client, "alice")
    time_machine.shift(299)
    assert is_in(client)
    time_machine.shift(302)
    assert not is_in(client)
    assert "没有操作" in client.get(SIGN_IN).content.decode()


def test_it_does_not_count_polls_as_presence(client, alice_member, time_machine):
    time_machine.move_to(timezone.now())
    sign_in(client, "alice")
    for _ in range(2):
        time_machine.shift(140)
        client.get("/account/sign-out/", headers={"X-Background": "1"})
    time_machine.shift(40)
    assert not is_in(client)


def test_it_signs_out_by_post_only_and_asks_first(alice):
    page = alice.get("/account/sign-out/")
    assert page.status_code == 200
    assert "确定要退出" in page.content.decode()
    assert is_in(alice)
    assert alice.post("/account/sign-out/")["Location"] == SIGN_IN
    assert not is_in(alice)


class TestOneTimePassword:
    def test_it_must_be_changed_before_anything_else(self, client, alice_member):
        password = give_one_time_password(alice_member.user)
        sign_in(client, "alice", password)
        assert client.get("/keys/")["Location"] == "/account/password/"
        page = client.get("/account/password/").content.decode()
        assert "首次登录" in page
        assert 'name="current"' not in page
        answer = client.post("/account/password/", {"new": "Autumn-Leaf-77", "again": "Autumn-Leaf-77"})
        assert answer.status_code == 302
        assert client.get("/keys/").status_code == 403, "a clerk, signed in, is past the password page"

    def test_it_expires_after_a_day(self, client, alice_member, time_machine):
        time_machine.move_to(timezone.now())
        password = give_one_time_password(alice_member.user)
        time_machine.shift(timedelta(hours=24, seconds=1))
        assert "24 小时" in sign_in(client, "alice", password).content.decode()
        assert not is_in(client)

    def test_it_ends_the_session_of_whoever_knew_the_old_password(self, alice, alice_member):
        give_one_time_password(alice_member.user)
        assert not is_in(alice)


class TestSecondFactor:
    @pytest.fixture
    def device(self, alice_member):
        return TOTPDevice.objects.create(user=alice_member.user, name="phone", confirmed=True)

    def code(self, device, step: int = 0) -> str:
        totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
        totp.time = time.time() + step * device.step
        return f"{totp.token():06d}"

    def test_it_is_asked_after_the_password(self, client, device):
        answer = sign_in(client, "alice", next="/members/")
        assert answer["Location"] == "/sign-in/code/?next=%2Fmembers%2F"
        assert not is_in(client)
        answer = client.post(answer["Location"], {"token": self.code(device)})
        assert answer["Location"] == "/members/"
        assert is_in(client)

    def test_it_refuses_a_wrong_code_and_a_code_used_before(self, client, device):
        code = self.code(device)
        sign_in(client, "alice")
        client.post("/sign-in/code/", {"token": code})
        client.post("/account/sign-out/")
        sign_in(client, "alice")
        assert "不正确或已使用过" in client.post("/sign-in/code/", {"token": code}).content.decode()
        assert not is_in(client)

    def test_it_starts_again_after_five_wrong_codes(self, client, device):
        sign_in(client, "alice")
        for _ in range(5):
            assert client.post("/sign-in/code/", {"token": "000000"}).status_code == 200
        assert client.post("/sign-in/code/", {"token": self.code(device)})["Location"] == SIGN_IN
        assert not is_in(client)

    def test_it_is_not_open_without_the_password_first(self, client, device):
        assert client.post("/sign-in/code/", {"token": self.code(device)})["Location"] == SIGN_IN
        assert not is_in(client)

    def test_it_is_enrolled_by_showing_a_code(self, alice, alice_member):
        page = alice.get("/account/totp/").content.decode()
        device = TOTPDevice.objects.get(user=alice_member.user, confirmed=False)
        assert "otpauth://totp/" in page
        assert "不正确" in alice.post("/account/totp/", {"token": "000000"}).content.decode()
        device.refresh_from_db()
        device.throttle_reset()
        assert alice.post("/account/totp/", {"token": self.code(device)}).status_code == 302
        device.refresh_from_db()
        assert device.confirmed

    def test_it_is_required_of_reviewers_in_production(self, settings, bob, alice, rf):
        settings.PRODUCTION = True
        assert bob.get("/members/grants/")["Location"] == "/account/totp/"
        assert "必须使用动态口令" in bob.get("/account/totp/").content.decode()
        assert alice.get("/members/grants/").status_code == 403, "clerks need none"
        answer = bob.get("/api/v1/schema")
        assert (answer.status_code, answer.json()["code"]) == (403, "second-factor-required")


def test_it_switches_only_to_ones_own_institutions(alice, alice_member, hospital_a, hospital_b):
    from portal.access.door import tenant_tx
    from portal.access.models import Membership

    ids = str(hospital_b.public_id)
    assert alice.post("/account/switch/", {"institution": ids}).status_code == 404
    assert alice.post("/account/switch/", {"institution": "no-uuid"}).status_code == 404
    with tenant_tx(hospital_b.pk):
        Membership.objects.create(user=alice_member.user, roles=["auditor"])
    assert alice.post("/account/switch/", {"institution": ids}).status_code == 302
    assert alice.session["institution"] == hospital_b.pk
    assert alice.get("/members/").status_code == 200, "an auditor there, though a clerk here"
    assert "access.institution.switched" in actions_of(hospital_b.pk)


def test_it_takes_the_address_from_our_own_proxy_only(settings, alice_member):
    settings.AXES_IPWARE_PROXY_COUNT = 1
    client = Client(HTTP_X_FORWARDED_FOR="1.1.1.1, 10.0.0.7")
    sign_in(client, "alice")
    assert recorded(0)[-1].address == "10.0.0.7"


def test_it_ends_the_session_after_five_wrong_current_passwords(alice):
    given = {"current": "wrong", "new": "Autumn-Leaf-77", "again": "Autumn-Leaf-77"}
    answers = [alice.post("/account/password/", given) for _ in range(5)]
    assert answers[0].status_code == 200
    assert answers[-1]["Location"] == SIGN_IN
    assert not is_in(alice)


def test_it_keeps_the_session_of_whoever_changes_the_password(alice_member):
    here, there = signed_in(alice_member), Client()
    there.cookies["sessionid"] = here.cookies["sessionid"].value
    given = {"current": PASSWORD, "new": "Autumn-Leaf-77", "again": "Autumn-Leaf-77"}
    assert here.post("/account/password/", given).status_code == 302
    assert is_in(here)
    assert not is_in(there), "a stolen cookie ends with the old password"
