"""People of an institution: inviting, roles by two persons, locking out and letting in again."""

import pytest
from django.db import IntegrityError, transaction

from portal.access.door import platform_tx, tenant_tx
from portal.access.models import GrantState, Membership, RoleGrant, User
from portal.access.permissions import CLERK, INSTITUTION_ADMIN, REVIEWER
from portal.access.services.members import decide_grant, invite_member
from portal.access.services.refusals import NotAllowed
from tests.cast import actions_of, is_in, make_member, membership_of, sign_in, signed_in


def invite(client, username="erin", roles=("clerk",)):
    return client.post("/members/invite/", {"username": username, "full_name": "新人", "roles": list(roles)})


@pytest.fixture
def hospital_with_two_eyes(hospital_a):
    hospital_a.four_eyes = False
    hospital_a.save()
    return hospital_a


def test_it_shows_the_one_time_password_of_a_new_person_once(dora, client, hospital_with_two_eyes):
    page = invite(dora)
    password = page.context["secret"]
    assert page["Cache-Control"].count("no-store") == 1
    assert sign_in(client, "erin", password).status_code == 302
    assert client.get("/")["Location"] == "/account/password/"
    assert password not in dora.get("/members/").content.decode()
    with tenant_tx(hospital_with_two_eyes.pk):
        assert Membership.objects.get(user__username="erin").roles == ["clerk"]


def test_it_lets_nobody_grant_alone(dora, bob, hospital_a):
    invite(dora, roles=("clerk", "reviewer"))
    with tenant_tx(hospital_a.pk):
        row = Membership.objects.get(user__username="erin")
        grant = row.grants.get()
    assert row.roles == []
    assert "待复核：" in dora.get("/members/").content.decode()
    decide = f"/members/grants/{grant.pk}/decide/"
    answer = dora.post(decide, {"decision": "approve"}, follow=True)
    assert "申请人不能复核自己的申请" in answer.content.decode()
    bob.post(decide, {"decision": "approve"})
    with tenant_tx(hospital_a.pk):
        row.refresh_from_db()
    assert row.roles == ["clerk", "reviewer"]
    assert {"access.grant.requested", "access.grant.approved"} <= set(actions_of(hospital_a.pk))


def test_it_lets_nobody_approve_their_own_promotion(dora, bob_member, bob, hospital_a):
    row = membership_of(bob_member)
    dora.post(f"/members/{row.pk}/", {"roles": ["reviewer", "institution_admin"]})
    with tenant_tx(hospital_a.pk):
        grant = row.grants.get()
    answer = bob.post(f"/members/grants/{grant.pk}/decide/", {"decision": "approve"}, follow=True)
    assert "不能为自己授予角色" in answer.content.decode()
    with tenant_tx(hospital_a.pk):
        grant.refresh_from_db()
    assert grant.state == GrantState.WAITING


def test_it_is_guarded_by_the_database_as_well(dora_member, alice_member, hospital_a):
    row = membership_of(alice_member)
    with tenant_tx(hospital_a.pk):
        grant = RoleGrant(membership=row, person=alice_member.user, roles=["reviewer"], requested_by=dora_member.user)
        grant.state, grant.decided_by = GrantState.APPROVED, dora_member.user
        with pytest.raises(IntegrityError), transaction.atomic():
            grant.save()
        grant.decided_by = alice_member.user
        with pytest.raises(IntegrityError), transaction.atomic():
            grant.save(force_insert=True)


def test_it_takes_roles_away_at_once_and_adds_none(dora, bob_member, hospital_a):
    row = membership_of(bob_member)
    dora.post(f"/members/{row.pk}/", {"roles": ["clerk"]})
    with tenant_tx(hospital_a.pk):
        row.refresh_from_db()
        waiting = row.grants.get()
    assert row.roles == []
    assert waiting.roles == ["clerk"]


def test_it_approves_a_grant_once(dora_member, bob_member, alice_member, in_hospital_a):
    _, _, grant = invite_member("erin", "新人", [CLERK], by=dora_member)
    assert grant is not None
    decide_grant(grant, approve=False, by=bob_member)
    with pytest.raises(NotAllowed, match="已经处理"):
        decide_grant(grant, approve=True, by=bob_member)


def test_it_never_touches_ones_own_roles(dora, dora_member):
    row = membership_of(dora_member)
    answer = dora.post(f"/members/{row.pk}/", {"roles": ["clerk"]})
    assert "不能修改自己的角色" in answer.content.decode()
    assert "不能停用自己" in dora.post(f"/members/{row.pk}/deactivate/", follow=True).content.decode()


@pytest.mark.parametrize("role", ["platform_admin", "root", ""])
def test_it_knows_no_other_roles(dora, alice_member, role):
    row = membership_of(alice_member)
    dora.post(f"/members/{row.pk}/", {"roles": ["clerk", role]})
    assert membership_of(alice_member).roles == ["clerk"]


def test_it_shuts_out_at_once_and_lets_in_by_two(alice, alice_member, dora, bob, hospital_a):
    row = membership_of(alice_member)
    assert alice.get("/account/totp/").status_code == 200
    dora.post(f"/members/{row.pk}/deactivate/")
    assert alice.get("/members/").status_code == 403
    assert "没有加入任何启用的机构" in alice.get("/members/").content.decode()
    dora.post(f"/members/{row.pk}/activate/")
    assert membership_of(alice_member).roles == []
    with tenant_tx(hospital_a.pk):
        grant = row.grants.get(state=GrantState.WAITING)
    bob.post(f"/members/grants/{grant.pk}/decide/", {"decision": "approve"})
    assert membership_of(alice_member).roles == ["clerk"]


def test_it_unlocks(client, dora, alice_member, hospital_a):
    for _ in range(5):
        sign_in(client, "alice", "wrong")
    row = membership_of(alice_member)
    assert "登录锁定" in dora.get("/members/").content.decode()
    dora.post(f"/members/{row.pk}/unlock/")
    assert sign_in(client, "alice").status_code == 302
    assert "access.account.unlocked" in actions_of(0)
    assert "access.account.unlocked" in actions_of(hospital_a.pk)


def test_it_names_what_is_wrong_with_an_invitation(dora, charlie_member):
    page = dora.post("/members/invite/", {"username": "bad name!", "full_name": ""}).content.decode()
    assert "2–30 位字母" in page
    assert "请至少选择一个角色" in page
    assert "用户名已被使用" in invite(dora, "charlie").content.decode()


def test_it_hides_people_of_another_hospital(dora, charlie_member):
    row = membership_of(charlie_member)
    for path in ("", "deactivate/", "unlock/", "reset-code/", "remove-totp/"):
        assert dora.post(f"/members/{row.pk}/{path}").status_code == 404
    assert "charlie" not in dora.get("/members/").content.decode()


def test_it_refuses_and_records_whoever_lacks_the_permission(alice, hospital_a):
    answer = alice.get("/members/invite/")
    assert answer.status_code == 403
    assert "管理本机构人员" in answer.content.decode()
    assert "access.refused" in actions_of(0)
    assert "access.refused" in actions_of(hospital_a.pk)


class TestPlatform:
    def test_it_creates_an_institution_and_its_first_administrator(self, paul, client):
        given = {"code": "P14020000009", "name": "演示药店", "kind": "pharmacy", "region": "140200", "four_eyes": "on"}
        page = paul.post("/platform/institutions/create/", given)
        assert page.status_code == 302
        page = paul.post(f"{page['Location']}appoint/", {"username": "first", "full_name": "店长"})
        assert sign_in(client, "first", page.context["secret"]).status_code == 302
        with platform_tx():
            row = Membership.objects.get(user__username="first")
        assert row.roles == ["institution_admin"]
        assert {"access.institution.created", "access.member.invited"} <= set(actions_of(row.institution.pk))

    def test_it_needs_a_colleague_there_for_the_second_administrator(self, paul, dora, hospital_a):
        where = f"/platform/institutions/{hospital_a.public_id}/"
        paul.post(f"{where}appoint/", {"username": "second", "full_name": "另一位"})
        with platform_tx():
            grant = RoleGrant.objects.get(person__username="second")
        paul.post(f"{where}grants/{grant.pk}/decide/", {"decision": "approve"})
        dora.post(f"/members/grants/{grant.pk}/decide/", {"decision": "approve"})
        with platform_tx():
            assert Membership.objects.get(user__username="second").roles == ["institution_admin"]

    def test_it_is_the_second_person_for_a_lone_administrator(self, paul, dora, hospital_a):
        invite(dora)
        with platform_tx():
            grant = RoleGrant.objects.get()
        where = f"/platform/institutions/{hospital_a.public_id}/grants/{grant.pk}/decide/"
        paul.post(where, {"decision": "approve"})
        with platform_tx():
            assert Membership.objects.get(user__username="erin").roles == ["clerk"]

    @pytest.mark.parametrize(
        ("field", "value", "sentence"),
        [
            ("code", "123", "1 位大写字母加 11 位数字"),
            ("region", "14020", "6 位数字"),
            ("kind", "prison", "选择"),
            ("name", "", "必填"),
        ],
    )
    def test_it_names_the_wrong_field(self, paul, field, value, sentence):
        given = {"code": "P14020000009", "name": "演示药店", "kind": "pharmacy", "region": "140200", field: value}
        page = paul.post("/platform/institutions/create/", given)
        assert sentence in " ".join(page.context["form"].errors[field])

    def test_it_records_what_changed(self, paul, hospital_a):
        given = {"name": "演示医院甲", "kind": "hospital", "region": "140200", "level": "二级甲等", "is_active": "on"}
        paul.post(f"/platform/institutions/{hospital_a.public_id}/change/", given)
        hospital_a.refresh_from_db()
        assert (hospital_a.level, hospital_a.four_eyes) == ("二级甲等", False)
        from tests.cast import recorded

        sentence = next(e.sentence for e in recorded(hospital_a.pk) if e.action == "access.institution.changed")
        assert "医院等级：三级甲等 → 二级甲等" in sentence
        assert "双人复核：是 → 否" in sentence

    def test_it_adds_a_person_without_rights_and_takes_over_the_account(self, paul, alice_member, hospital_b):
        paul.post(f"/platform/institutions/{hospital_b.public_id}/people/", {"username": "alice"})
        with platform_tx():
            assert Membership.objects.get(user=alice_member.user, institution=hospital_b).roles == []
        assert User.objects.get(username="alice").managed_by is None

    def test_it_closes_an_account_everywhere(self, paul, alice, alice_member):
        paul.post(f"/platform/users/{alice_member.user.pk}/deactivate/")
        assert not is_in(alice)
        assert paul.post(f"/platform/users/{alice_member.user.pk}/dance/").status_code == 404

    def test_it_is_closed_to_administrators_of_institutions(self, dora, hospital_a):
        assert dora.get("/platform/institutions/").status_code == 403
        assert dora.get("/platform/users/").status_code == 403

    def test_it_starts_on_its_own_pages(self, paul):
        assert paul.get("/")["Location"] == "/platform/institutions/"


class TestBreakGlass:
    def open(self, paul, institution, reason="工单 2031-7：核对清算数据"):
        return paul.post(f"/platform/institutions/{institution.public_id}/break-glass/", {"reason": reason})

    def test_it_shows_nothing_before(self, paul):
        assert paul.get("/members/").status_code == 403

    def test_it_reads_and_changes_nothing(self, paul, hospital_a, alice_member):
        self.open(paul, hospital_a)
        assert "alice" in paul.get("/members/").content.decode()
        assert paul.post(f"/members/{membership_of(alice_member).pk}/deactivate/").status_code == 403
        assert paul.get("/members/invite/").status_code == 403

    def test_it_stands_in_that_institutions_own_chain(self, paul, hospital_a):
        self.open(paul, hospital_a)
        paul.get("/members/")
        paul.post("/platform/break-glass/end/")
        chain = actions_of(hospital_a.pk)
        assert [a for a in chain if "break_glass" in a] == [
            "access.break_glass.opened",
            "access.break_glass.viewed",
            "access.break_glass.closed",
        ]
        assert "access.break_glass.opened" in actions_of(0)
        assert paul.get("/members/").status_code == 403

    def test_it_ends_after_half_an_hour(self, paul, hospital_a, time_machine):
        from datetime import timedelta

        from django.utils import timezone

        time_machine.move_to(timezone.now())
        self.open(paul, hospital_a)
        for _ in range(7):
            time_machine.shift(timedelta(minutes=4, seconds=20))
            assert paul.get("/members/").status_code in (200, 403)
        assert paul.get("/members/").status_code == 403

    def test_it_wants_a_reason(self, paul, hospital_a):
        assert "至少 5 个字" in self.open(paul, hospital_a, "看看").content.decode()
        assert paul.get("/members/").status_code == 403

    def test_it_is_for_platform_administrators_only(self, dora, hospital_b):
        assert self.open(dora, hospital_b).status_code == 403

    def test_it_dies_with_the_right_to_it(self, paul, paul_member, hospital_a):
        self.open(paul, hospital_a)
        paul_member.user.is_platform_admin = False
        paul_member.user.save()
        assert paul.get("/members/").status_code == 403


def test_it_keeps_several_institutions_of_one_person_apart(hospital_a, hospital_b):
    both = make_member(hospital_a, "both", "两院", INSTITUTION_ADMIN)
    with tenant_tx(hospital_b.pk):
        Membership.objects.create(user=both.person, roles=[REVIEWER.value])
    client = signed_in(both)
    assert client.get("/members/").status_code == 200
    client.post("/account/switch/", {"institution": str(hospital_b.public_id)})
    assert client.get("/members/").status_code == 403
    assert client.get("/members/grants/").status_code == 200
