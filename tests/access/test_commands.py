"""The commands of set-up and demonstration."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from portal.access.door import platform_tx
from portal.access.models import Institution, Membership, User
from tests.cast import actions_of, sign_in


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


@pytest.fixture
def seeded(monkeypatch) -> list[str]:
    """Codes of the institutions that other rooms were asked to seed; theirs need a sandbox and have their own tests."""
    codes: list[str] = []
    place = "portal.access.management.commands.demo_seed.registered_seeds"
    monkeypatch.setattr(place, lambda: [lambda institution: codes.append(institution.code)])
    return codes


def test_it_prints_the_first_administrators_password_once(client, db):
    text = run("create_platform_admin", "root.admin")
    password = re.search(r"一次性密码：(\S+)", text)[1]  # type: ignore[index]
    assert sign_in(client, "root.admin", password).status_code == 302
    assert client.get("/platform/users/")["Location"] == "/account/password/"
    assert "access.platform_admin.created" in actions_of(0)


def test_it_creates_no_second_one_when_told_so(db):
    run("create_platform_admin", "root.admin")
    assert run("create_platform_admin", "other", "--if-none") == ""
    with pytest.raises(CommandError, match="用户名已被使用"):
        run("create_platform_admin", "root.admin")


def test_it_seeds_two_institutions_with_people_for_every_role(client, db, seeded):
    text = run("demo_seed")
    assert Institution.objects.count() == 2
    with platform_tx():
        assert {role for row in Membership.objects.all() for role in row.roles} == {
            "clerk",
            "reviewer",
            "auditor",
            "institution_admin",
        }
    assert seeded == ["H14020000001", "H14020000002"]
    password = re.search(r"clerk_a\s+经办\s+(\S+)", text)[1]  # type: ignore[index]
    assert sign_in(client, "clerk_a", password).status_code == 302


def test_it_seeds_again_without_changing_or_showing_anything(db, seeded):
    run("demo_seed")
    before = {user.username: user.password for user in User.objects.all()}
    text = run("demo_seed")
    assert {user.username: user.password for user in User.objects.all()} == before
    assert not re.search(r"\w{4}-\w{4}-\w{4}", text)


def test_it_never_seeds_production(db, settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="正式环境"):
        run("demo_seed")
