"""Keys of hospital systems: made by the institution's administrator, by page or by API."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from portal.access.permissions import AUDITOR, CLERK
from portal.access.services.keys import grantable_scopes
from tests.api.notes import post
from tests.cast import actions_of

pytestmark = pytest.mark.urls("tests.api.notes")


def new(**more: Any) -> dict[str, Any]:
    return {
        "name": "住院 HIS",
        "scopes": more.pop("scopes"),
        "expires": (timezone.now() + timedelta(days=30)).isoformat(),
        **more,
    }


def test_it_shows_a_new_key_once_and_not_on_replay(dora, scopes, hospital_a):
    data = new(scopes=scopes)
    first = post(dora, "/api/v1/keys", data)
    assert first.status_code == 201, first.content
    again = post(dora, "/api/v1/keys", data)
    assert "key" in first.json()
    assert "key" not in again.json()
    assert again.json()["id"] == first.json()["id"]
    assert "access.key.created" in actions_of(hospital_a.pk)


def test_it_revokes_for_ever(dora, client, scopes):
    made = post(dora, "/api/v1/keys", new(scopes=scopes)).json()
    header = {"Authorization": f"Api-Key {made['key']}"}
    assert client.get("/api/v1/notes", headers=header).status_code == 200
    assert post(dora, f"/api/v1/keys/{made['id']}/revoke", {}, idempotency="r").json()["revoked"] is True
    assert client.get("/api/v1/notes", headers=header).status_code == 401
    assert post(dora, f"/api/v1/keys/{made['id']}/revoke", {}, idempotency="r2").status_code == 409


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("scopes", ["access.keys.manage"]),
        ("scopes", []),
        ("scopes", ["no.such.thing"]),
        ("addresses", ["10.0.0.0/99"]),
        ("name", ""),
        ("name", "a\0b"),
        ("expires", "yesterday"),
        ("expires", "2001-01-01T00:00:00Z"),
    ],
)
def test_it_names_the_wrong_field(dora, scopes, field, value):
    answer = post(dora, "/api/v1/keys", {**new(scopes=scopes), field: value})
    assert answer.status_code == 422, answer.content
    assert any(error["pointer"].startswith(f"/{field}") for error in answer.json()["errors"]), answer.json()


def test_it_never_grants_approving_or_managing():
    for scope in grantable_scopes():
        assert scope.roles & {CLERK, AUDITOR}
        assert not scope.name.startswith("access.")


def test_it_has_pages_for_the_same(dora, scopes, client):
    day = timezone.localdate() + timedelta(days=30)
    given = {"name": "门诊 HIS", "scopes": scopes, "addresses": "127.0.0.1\n10.0.0.0/8", "expires": day.isoformat()}
    page = dora.post("/keys/create/", given)
    secret = page.context["secret"]
    assert client.get("/api/v1/notes", headers={"Authorization": f"Api-Key {secret}"}).status_code == 200
    listed = dora.get("/keys/").content.decode()
    assert secret not in listed
    assert "门诊 HIS" in listed
    dora.post(f"/keys/{page.context['key'].pk}/revoke/")
    assert client.get("/api/v1/notes", headers={"Authorization": f"Api-Key {secret}"}).status_code == 401
