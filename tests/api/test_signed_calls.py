"""A key may demand that every call is signed, and makes only so many calls a minute."""

import json
import time
from typing import Any
from uuid import uuid4

import pytest

from portal.access.door import tenant_tx
from portal.access.models import InstitutionKey
from portal.api.signing import forget_old_nonces
from portal.gateway.crypto import hmac_sm3
from tests.api.notes import make_key, post

pytestmark = pytest.mark.urls("tests.api.notes")
SECRET = "ab" * 32
PATH = "/api/v1/notes"


def signature(method: str, path: str, body: bytes, *, secret: str = SECRET, t: int = 0, n: str = "") -> str:
    moment, nonce = t or int(time.time()), n or uuid4().hex
    said = f"{moment}.{nonce}.{method}.{path}.".encode() + body
    return f"t={moment},n={nonce},sm3={hmac_sm3(secret.encode(), said).hex()}"


@pytest.fixture
def signed(dora_member, hospital_a) -> str:
    with tenant_tx(hospital_a.pk):
        return make_key(dora_member, signing=SECRET)


def get(client: Any, key: str, sign: str = "", path: str = PATH) -> Any:
    headers = {"Authorization": f"Api-Key {key}"} | ({"X-Portal-Signature": sign} if sign else {})
    return client.get(path, headers=headers)


def test_it_takes_a_signed_call_once(client, signed, hospital_a, time_machine):
    time_machine.move_to(time.time(), tick=True)
    sign = signature("GET", f"{PATH}?limit=5", b"")
    assert get(client, signed, sign, f"{PATH}?limit=5").status_code == 200
    again = get(client, signed, sign, f"{PATH}?limit=5")
    assert (again.status_code, again.json()["code"]) == (401, "nonce-used")
    assert forget_old_nonces(hospital_a.pk) == 0
    time_machine.shift(3600)
    assert forget_old_nonces(hospital_a.pk) == 1


@pytest.mark.parametrize(
    ("sign", "code"),
    [
        (lambda: "", "signature-missing"),
        (lambda: "t=1,n=x,sm3=0", "signature-missing"),
        (lambda: signature("GET", PATH, b"", t=1), "signature-expired"),
        (lambda: signature("GET", PATH, b"", t=int(time.time()) + 3600), "signature-expired"),
        (lambda: signature("POST", PATH, b""), "signature-wrong"),
        (lambda: signature("GET", f"{PATH}?limit=1", b""), "signature-wrong"),
        (lambda: signature("GET", PATH, b"x"), "signature-wrong"),
        (lambda: signature("GET", PATH, b"", secret="cd" * 32), "signature-wrong"),
    ],
)
def test_it_refuses_anything_else(client, signed, sign, code):
    answer = get(client, signed, sign())
    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert answer["WWW-Authenticate"].startswith("Api-Key")


def test_it_covers_the_very_bytes_of_the_body(client, signed, hospital_a, dora_member):
    data = {"name": "n", "by": dora_member.user.pk}
    body = json.dumps(data).encode()
    wrong = post(
        client, PATH, json.dumps(data, indent=1), signed, **{"X-Portal-Signature": signature("POST", PATH, body)}
    )
    assert wrong.status_code == 401
    good = {"X-Portal-Signature": signature("POST", PATH, body)}
    assert post(client, PATH, data, signed, **good).status_code == 201
    again = {"X-Portal-Signature": signature("POST", PATH, body)}
    replayed = post(client, PATH, data, signed, **again)
    assert (replayed.status_code, replayed["Idempotency-Replayed"]) == (201, "true")


def test_a_signed_body_may_be_as_large_as_the_view_allows(client, signed, settings):
    """The framework's own limit is for forms; a view that takes files takes them from signed callers, too."""
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    told = []
    for size in (500, 2000):
        data = {"amount": "1" * size}
        headers = {"X-Portal-Signature": signature("POST", "/api/v1/reading", json.dumps(data).encode())}
        told.append(post(client, "/api/v1/reading", data, signed, **headers).status_code)
    assert told == [200, 413]


def test_its_secret_is_shown_once(dora, scopes, client):
    new = {"name": "HIS", "scopes": scopes, "expires": "2099-01-01T00:00:00Z", "signed": True, "per_minute": 7}
    made = post(dora, "/api/v1/keys", new).json()
    again = post(dora, "/api/v1/keys", new).json()
    assert (made["is_signed"], made["per_minute"]) == (True, 7)
    assert {"key", "signing_secret"} & again.keys() == set()
    sign = signature("GET", PATH, b"", secret=made["signing_secret"])
    assert get(client, made["key"], sign).status_code == 200
    assert post(dora, "/api/v1/keys", {**new, "per_minute": 0}, idempotency="z").status_code == 422


def test_it_makes_only_so_many_calls_a_minute(client, dora_member, hospital_a, time_machine):
    time_machine.move_to(time.time() // 60 * 60 + 3600 + 15, tick=False)
    with tenant_tx(hospital_a.pk):
        key, other = make_key(dora_member, per_minute=3), make_key(dora_member, per_minute=3)
    assert [get(client, key).status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    answer = get(client, key)
    assert (answer["Retry-After"], answer.json()["code"]) == ("45", "too-many-requests")
    assert get(client, other).status_code == 200, "each key for itself"
    time_machine.shift(45)
    assert get(client, key).status_code == 200
    with tenant_tx(hospital_a.pk):
        assert InstitutionKey.objects.get(prefix=key.partition(".")[0]).calls == 1
