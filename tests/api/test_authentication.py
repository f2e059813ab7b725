"""Who may call the API: a key within its limits, or the session of the web pages."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.access.door import tenant_tx
from portal.access.models import InstitutionKey
from tests.api.notes import make_key, post
from tests.cast import actions_of, signed_in

pytestmark = pytest.mark.urls("tests.api.notes")


def test_it_takes_a_key(client, key, hospital_a):
    answer = client.get("/api/v1/notes", headers={"Authorization": f"Api-Key {key}"})
    assert answer.status_code == 200
    assert [row["name"] for row in answer.json()["items"]] == ["HIS"]
    assert actions_of(hospital_a.pk).count("access.key.used") == 1
    client.get("/api/v1/notes", headers={"Authorization": f"Api-Key {key}"})
    assert actions_of(hospital_a.pk).count("access.key.used") == 1, "once a day"


@pytest.mark.parametrize("header", ["Api-Key nonsense", "Bearer x", "Api-Key ", "Api-Key \x00.x", "Api-Key a.b.c"])
def test_it_refuses_anything_else_in_the_header(alice, header):
    answer = alice.get("/api/v1/notes", headers={"Authorization": header})
    assert answer.status_code == 401, "a wrong key is not saved by a session"
    assert answer["WWW-Authenticate"].startswith("Api-Key")


def test_it_refuses_revoked_expired_and_foreign_addresses(client, key, dora_member, hospital_a):
    with tenant_tx(hospital_a.pk):
        expired = make_key(dora_member, expiry_date=timezone.now() - timedelta(seconds=1))
        elsewhere = make_key(dora_member, addresses=["10.1.0.0/16", "::1/128"])
        revoked = make_key(dora_member, revoked=True)
        here = make_key(dora_member, addresses=["127.0.0.0/8"])
    said = {}
    for name, text in {"expired": expired, "elsewhere": elsewhere, "revoked": revoked, "here": here}.items():
        answer = client.get("/api/v1/notes", headers={"Authorization": f"Api-Key {text}"})
        said[name] = (answer.status_code, answer.json().get("detail", ""))
    assert said["here"][0] == 200
    assert "已过期" in said["expired"][1]
    assert "127.0.0.1" in said["elsewhere"][1]
    assert "无效或已作废" in said["revoked"][1]
    assert actions_of(0).count("access.key.refused") == 3
    assert actions_of(hospital_a.pk).count("access.key.refused") == 2


def test_it_refuses_keys_of_closed_institutions(client, key, hospital_a):
    hospital_a.is_active = False
    hospital_a.save()
    assert client.get("/api/v1/notes", headers={"Authorization": f"Api-Key {key}"}).status_code == 401


def test_it_holds_keys_to_their_scopes(client, key, hospital_a):
    answer = client.get("/api/v1/keys", headers={"Authorization": f"Api-Key {key}"})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert "access.refused" in actions_of(hospital_a.pk)


def test_it_takes_the_session_and_wants_its_csrf_token(alice_member):
    strict = signed_in(alice_member, enforce_csrf_checks=True)
    assert strict.get("/api/v1/notes").status_code == 200
    answer = post(strict, "/api/v1/notes", {"name": "n", "by": alice_member.user.pk})
    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"


def test_it_wants_nobody_with_an_old_password(alice, alice_member):
    alice_member.user.must_change_password = True
    alice_member.user.save()
    assert alice.get("/api/v1/notes").json()["code"] == "password-change-required"


def test_it_does_not_store_the_answer_in_caches(alice):
    assert "no-store" in alice.get("/api/v1/notes")["Cache-Control"]


def test_it_stores_keys_as_hashes_only(key, hospital_a):
    with tenant_tx(hospital_a.pk):
        row = InstitutionKey.objects.get()
    assert key.partition(".")[2] not in str(vars(row))
