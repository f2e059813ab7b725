"""What a password must be, and the way back for whoever forgot it."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from portal.access.door import tenant_tx
from portal.access.models import Membership, ResetCode
from portal.access.services.passwords import one_time_password, set_own_password
from tests.cast import PASSWORD, actions_of, is_in, membership_of, sign_in, signed_in


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("Ab1!", "至少 10 位"),
        ("onlylowercase", "三类"),
        ("ALLUPPER12345", "三类"),
        ("Admin-123456", "123456"),
        ("Xx-ALICE-2031", "不能包含用户名"),
    ],
)
def test_it_refuses_weak_ones_in_words(alice, password, sentence):
    answer = alice.post("/account/password/", {"current": PASSWORD, "new": password, "again": password})
    assert sentence in answer.content.decode()


def test_it_wants_the_same_twice(alice):
    given = {"current": PASSWORD, "new": "Autumn-Leaf-77", "again": "Autumn-Leaf-78"}
    assert "两次输入的新密码不一致" in alice.post("/account/password/", given).content.decode()


def test_it_refuses_the_last_five_and_allows_the_sixth(alice_member):
    user = alice_member.user
    ones = [f"Rain-{word}-55" for word in ("one", "two", "three", "four", "five")]
    for one in ones:
        set_own_password(user, one)
    for one in ones:
        with pytest.raises(ValidationError, match="最近 5 次"):
            set_own_password(user, one)
    set_own_password(user, PASSWORD)
    assert user.past_passwords.count() == 5


def test_it_wants_a_new_one_after_ninety_days(alice, alice_member):
    user = alice_member.user
    user.password_set_at = timezone.now() - timedelta(days=91)
    user.save()
    assert alice.get("/members/")["Location"] == "/account/password/"
    page = alice.get("/account/password/").content.decode()
    assert "90 天" in page
    assert 'name="current"' in page


def test_it_makes_one_time_passwords_that_pass_the_rules(alice_member):
    for _ in range(50):
        set_own_password(alice_member.user, one_time_password())


class TestResetCode:
    @pytest.fixture
    def code(self, dora, alice_member) -> str:
        page = dora.post(f"/members/{membership_of(alice_member).pk}/reset-code/")
        assert page.status_code == 200
        assert "no-store" in page["Cache-Control"]
        return str(page.context["secret"])

    def use(self, client, code: str, password: str = "Autumn-Leaf-77", username: str = "alice"):
        given = {"username": username, "code": code, "new": password, "again": password}
        return client.post("/forgot/", given)

    def test_it_sets_a_new_password_once(self, client, code, alice_member, hospital_a):
        assert self.use(client, code.lower().replace("-", " "))["Location"] == "/sign-in/"
        assert sign_in(client, "alice", "Autumn-Leaf-77").status_code == 302
        assert "已失效" in self.use(client, code, "Winter-Snow-88").content.decode()
        for chain in (0, hospital_a.pk):
            assert {"access.reset_code.made", "access.reset_code.used"} <= set(actions_of(chain))

    def test_it_is_stored_as_a_hash_only(self, code):
        row = ResetCode.objects.get()
        assert code.replace("-", "") not in row.code_hash
        assert len(row.code_hash) == 64

    def test_it_ends_other_sessions_and_the_lock(self, client, code, alice_member):
        thief = signed_in(alice_member)
        for _ in range(5):
            sign_in(client, "alice", "wrong")
        self.use(client, code)
        assert not is_in(thief)
        assert sign_in(client, "alice", "Autumn-Leaf-77").status_code == 302

    def test_it_is_void_after_five_wrong_tries(self, client, code):
        for _ in range(5):
            assert "不正确" in self.use(client, "AAAAA-AAAAA").content.decode()
        assert "不正确" in self.use(client, code).content.decode()

    def test_it_is_void_after_half_an_hour(self, client, code, time_machine):
        time_machine.move_to(timezone.now() + timedelta(minutes=31))
        assert "已失效" in self.use(client, code).content.decode()

    def test_it_costs_no_try_when_the_new_password_is_weak(self, client, code):
        assert "至少 10 位" in self.use(client, code, "short").content.decode()
        assert ResetCode.objects.get().tries == 0

    def test_it_says_the_same_to_a_name_that_does_not_exist(self, client, code):
        assert "用户名或重置码不正确" in self.use(client, code, username="nobody-here").content.decode()

    def test_it_is_replaced_by_a_newer_one(self, client, code, dora, alice_member):
        row_id = ResetCode.objects.get().pk
        dora.post(f"/members/{membership_of(alice_member).pk}/reset-code/")
        assert ResetCode.objects.exclude(pk=row_id).count() == 1
        assert "已失效" in self.use(client, code).content.decode()

    def test_it_is_not_for_accounts_that_other_hospitals_use(self, dora, alice_member, hospital_b):
        row = membership_of(alice_member)
        with tenant_tx(hospital_b.pk):
            Membership.objects.create(user=alice_member.user, roles=["institution_admin"])
        answer = dora.post(f"/members/{row.pk}/reset-code/", follow=True)
        assert "平台管理员" in answer.content.decode()
        assert not ResetCode.objects.exists()
