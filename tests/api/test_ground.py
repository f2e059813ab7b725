"""What holds for every view of the API: who may call, one effect a call, one error shape."""

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import include, path
from django.utils import timezone
from rest_framework import serializers
from rest_framework.response import Response

from portal.access.door import tenant_tx
from portal.access.models import InstitutionKey
from portal.access.permissions import AUDITOR, CLERK, USE_PORTAL
from portal.access.services.keys import grantable_scopes
from portal.api.idempotency import forget_old_calls
from portal.api.models import IdempotentCall
from portal.api.problems import Problem, means
from portal.api.views import ApiRequest, ApiView
from tests.cast import actions_of, make_institution, make_member, signed_in

LONG = '{"a": 99999999999999999999999999999999999999999999999999}'
READ, WRITE = "portal.use", "portal.use"


class Busy(Exception):
    """A service's own error."""


means(Busy, 409, "busy")
GATE: dict[str, Any] = {"entered": threading.Event(), "go": threading.Event()}


class NoteSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()


class Notes(ApiView):
    """A view for these tests: its effect is a key's row, which has an institution and nothing else to mind."""

    permissions = {"GET": READ, "POST": WRITE}

    def get(self, request: ApiRequest) -> Response:
        return self.page(InstitutionKey.objects.all(), NoteSerializer)

    def post(self, request: ApiRequest) -> Response:
        given = request.data
        if given.get("fail"):
            raise {"busy": Busy("对方正在处理"), "bug": ZeroDivisionError(), "no": Problem(422, "odd", "不行")}[
                given["fail"]
            ]
        if given.get("wait"):
            GATE["entered"].set()
            assert GATE["go"].wait(10)
        key, _ = InstitutionKey.objects.create_key(name=given["name"], scopes=["portal.use"], made_by_id=given["by"])
        if given.get("fail_late"):
            raise Busy("已经写了一行")
        return Response(
            {"id": key.pk, "amount": str(given.get("amount", ""))}, 201, headers={"Location": "/api/notes/1"}
        )


class Reading(ApiView):
    permissions = {"POST": READ}
    reading_posts = True
    max_bytes = 1000

    def post(self, request: ApiRequest) -> Response:
        return Response({"type": type(request.data["amount"]).__name__})


urlpatterns = [
    path("api/notes", Notes.as_view()),
    path("api/reading", Reading.as_view()),
    path("", include("portal.urls")),
]
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def key(dora_member, hospital_a) -> str:
    with tenant_tx(hospital_a.pk):
        return make_key(dora_member)


def make_key(by: Any, **more: Any) -> str:
    """Straight into the table: which scopes may be granted is another test's matter."""
    facts = {"name": "HIS", "scopes": ["portal.use"], "made_by": by.user, **more}
    return str(InstitutionKey.objects.create_key(**facts)[1])


def post(client: Client, where: str, data: Any, key: str = "", idempotency: str = "k1", **headers: str) -> Any:
    text = data if isinstance(data, str) else json.dumps(data)
    given = {"Idempotency-Key": idempotency, **({"Authorization": f"Api-Key {key}"} if key else {}), **headers}
    given = {name: value for name, value in given.items() if value}
    return client.post(where, text, content_type="application/json", headers=given)


def names(institution: Any) -> list[str]:
    with tenant_tx(institution.pk):
        return sorted(InstitutionKey.objects.exclude(name="HIS").values_list("name", flat=True))


class TestWhoMayCall:
    def test_it_takes_a_key(self, client, key, hospital_a):
        answer = client.get("/api/notes", headers={"Authorization": f"Api-Key {key}"})
        assert answer.status_code == 200
        assert [row["name"] for row in answer.json()["items"]] == ["HIS"]
        assert actions_of(hospital_a.pk).count("access.key.used") == 1
        client.get("/api/notes", headers={"Authorization": f"Api-Key {key}"})
        assert actions_of(hospital_a.pk).count("access.key.used") == 1, "once a day"

    @pytest.mark.parametrize("header", ["Api-Key nonsense", "Bearer x", "Api-Key ", "Api-Key \x00.x", "Api-Key a.b.c"])
    def test_it_refuses_anything_else_in_the_header(self, alice, header):
        answer = alice.get("/api/notes", headers={"Authorization": header})
        assert answer.status_code == 401, "a wrong key is not saved by a session"
        assert answer["WWW-Authenticate"].startswith("Api-Key")

    def test_it_refuses_revoked_expired_and_foreign_addresses(self, client, key, dora_member, hospital_a):
        with tenant_tx(hospital_a.pk):
            expired = make_key(dora_member, expiry_date=timezone.now() - timedelta(seconds=1))
            elsewhere = make_key(dora_member, addresses=["10.1.0.0/16", "::1/128"])
            revoked = make_key(dora_member, revoked=True)
            here = make_key(dora_member, addresses=["127.0.0.0/8"])
        said = {}
        for name, text in {"expired": expired, "elsewhere": elsewhere, "revoked": revoked, "here": here}.items():
            answer = client.get("/api/notes", headers={"Authorization": f"Api-Key {text}"})
            said[name] = (answer.status_code, answer.json().get("detail", ""))
        assert said["here"][0] == 200
        assert "已过期" in said["expired"][1]
        assert "127.0.0.1" in said["elsewhere"][1]
        assert "无效或已作废" in said["revoked"][1]
        assert actions_of(0).count("access.key.refused") == 3
        assert actions_of(hospital_a.pk).count("access.key.refused") == 2

    def test_it_refuses_keys_of_closed_institutions(self, client, key, hospital_a):
        hospital_a.is_active = False
        hospital_a.save()
        assert client.get("/api/notes", headers={"Authorization": f"Api-Key {key}"}).status_code == 401

    def test_it_holds_keys_to_their_scopes(self, client, key, hospital_a):
        answer = client.get("/api/keys", headers={"Authorization": f"Api-Key {key}"})
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
        assert "access.refused" in actions_of(hospital_a.pk)

    def test_it_takes_the_session_and_wants_its_csrf_token(self, alice_member):
        strict = signed_in(alice_member, enforce_csrf_checks=True)
        assert strict.get("/api/notes").status_code == 200
        answer = post(strict, "/api/notes", {"name": "n", "by": alice_member.user.pk})
        assert answer.status_code == 403
        assert answer["Content-Type"] == "application/problem+json"

    def test_it_wants_nobody_with_an_old_password(self, alice, alice_member):
        alice_member.user.must_change_password = True
        alice_member.user.save()
        assert alice.get("/api/notes").json()["code"] == "password-change-required"

    def test_it_does_not_store_the_answer_in_caches(self, alice):
        assert "no-store" in alice.get("/api/notes")["Cache-Control"]

    def test_it_stores_keys_as_hashes_only(self, key, hospital_a):
        with tenant_tx(hospital_a.pk):
            row = InstitutionKey.objects.get()
        assert key.partition(".")[2] not in str(vars(row))


class TestOneEffect:
    def test_it_demands_a_key(self, alice, alice_member):
        answer = post(alice, "/api/notes", {"name": "n", "by": alice_member.user.pk}, idempotency="")
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-missing")
        assert names(alice_member.institution) == []

    @pytest.mark.parametrize("bad", ["x" * 101, "é", "a\tb"])
    def test_it_refuses_odd_keys(self, alice, alice_member, bad):
        answer = post(alice, "/api/notes", {"name": "n", "by": alice_member.user.pk}, idempotency=bad)
        assert answer.json()["code"] == "idempotency-key-invalid"

    def test_it_replays_status_body_and_location(self, alice, alice_member):
        first = post(alice, "/api/notes", {"name": "n", "by": alice_member.user.pk, "amount": 1.10})
        again = post(alice, "/api/notes", f'{{"amount":1.1, "by":{alice_member.user.pk},   "name":"n"}}')
        assert (again.status_code, again.content, again["Location"]) == (201, first.content, "/api/notes/1")
        assert again["Idempotency-Replayed"] == "true"
        assert "Idempotency-Replayed" not in first
        assert names(alice_member.institution) == ["n"]

    def test_it_refuses_the_key_for_something_else(self, alice, alice_member):
        post(alice, "/api/notes", {"name": "n", "by": alice_member.user.pk})
        answer = post(alice, "/api/notes", {"name": "other", "by": alice_member.user.pk})
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused")

    def test_it_keeps_nothing_of_a_failure(self, alice, alice_member):
        data = {"name": "n", "by": alice_member.user.pk}
        assert post(alice, "/api/notes", {**data, "fail_late": True}).status_code == 409
        assert names(alice_member.institution) == []
        assert post(alice, "/api/notes", data).status_code == 201

    def test_it_keeps_institutions_apart(self, alice, alice_member, charlie, charlie_member):
        for client, member in ((alice, alice_member), (charlie, charlie_member)):
            assert post(client, "/api/notes", {"name": "n", "by": member.user.pk}).status_code == 201
        assert names(charlie_member.institution) == ["n"]

    def test_it_leaves_reading_posts_alone(self, alice):
        assert post(alice, "/api/reading", {"amount": 1.5}, idempotency="").json() == {"type": "Decimal"}

    def test_it_forgets_after_half_a_year(self, alice, alice_member, time_machine):
        post(alice, "/api/notes", {"name": "n", "by": alice_member.user.pk})
        institution = alice_member.institution_id
        assert forget_old_calls(institution) == 0
        time_machine.move_to(timezone.now() + timedelta(days=181))
        assert forget_old_calls(institution) == 1

    def test_it_stores_the_answer_sealed(self, alice, alice_member):
        post(alice, "/api/notes", {"name": "n", "by": alice_member.user.pk, "amount": 42.42})
        with tenant_tx(alice_member.institution_id), connection.cursor() as cursor:
            cursor.execute("SELECT body FROM api_idempotentcall")
            assert b"42.42" not in bytes(cursor.fetchone()[0])
            assert "42.42" in IdempotentCall.objects.get().body.reveal()


@pytest.mark.django_db(transaction=True)
class TestParallelCalls:
    @pytest.fixture
    def clerk(self):
        return make_member(make_institution("H14020000001", "演示医院甲"), "alice", "经办甲", CLERK)

    def send(self, clerk: Any, data: Any, into: list[Any]) -> None:
        client = Client(raise_request_exception=False)
        client.cookies = self.cookies.copy()
        try:
            into.append(post(client, "/api/notes", data))
        finally:
            connection.close()

    def test_it_answers_409_while_the_first_is_at_work_and_has_one_effect(self, clerk):
        self.cookies = signed_in(clerk).cookies
        GATE["entered"].clear()
        GATE["go"].clear()
        data, answers = {"name": "n", "by": clerk.user.pk, "wait": True}, []
        first = threading.Thread(target=self.send, args=(clerk, data, answers))
        first.start()
        assert GATE["entered"].wait(10)
        second: list[Any] = []
        self.send(clerk, data, second)
        assert (second[0].status_code, second[0].json()["code"]) == (409, "idempotency-in-progress")
        assert second[0]["Retry-After"] == "2"
        GATE["go"].set()
        first.join()
        third: list[Any] = []
        self.send(clerk, data, third)
        assert [answers[0].status_code, third[0].status_code] == [201, 201]
        assert third[0].content == answers[0].content
        assert names(clerk.institution) == ["n"]

    def test_it_has_one_effect_for_twelve_calls_at_once(self, clerk):
        self.cookies = signed_in(clerk).cookies
        answers: list[Any] = []
        data = {"name": "n", "by": clerk.user.pk}
        threads = [threading.Thread(target=self.send, args=(clerk, data, answers)) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {answer.status_code for answer in answers} <= {201, 409}
        assert names(clerk.institution) == ["n"]


class TestBodies:
    @pytest.mark.parametrize(
        "text",
        ["{", "nul", '{"a": NaN}', '{"a": Infinity}', '{"a": 1e999}', '{"a":1,"a":2}', "[" * 100_000, "\ufeff{}", LONG],
    )
    def test_it_refuses_what_is_not_plain_json(self, alice, text):
        answer = post(alice, "/api/notes", text)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad-request"), answer.content

    def test_it_refuses_other_encodings(self, alice):
        answer = alice.post("/api/reading", b'{"amount": "\xff"}', content_type="application/json")
        assert "UTF-8" in answer.json()["detail"]

    def test_it_refuses_large_bodies_before_reading_them(self, alice):
        answer = post(alice, "/api/reading", {"amount": "x" * 2000})
        assert (answer.status_code, answer.json()["code"]) == (413, "too-large")

    def test_it_pages_by_keyset(self, alice, alice_member, hospital_a):
        with tenant_tx(hospital_a.pk):
            for i in range(5):
                make_key(alice_member, name=f"n{i}")
        seen, address = [], "/api/notes?limit=2"
        while address:
            page = alice.get(address).json()
            seen += [row["name"] for row in page["items"]]
            address = page["next"]
        assert seen == ["n4", "n3", "n2", "n1", "n0"]

    @pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", "limit=²", "cursor=zzz"])
    def test_it_refuses_odd_paging(self, alice, query):
        assert alice.get(f"/api/notes?{query}").status_code == 400


class TestKeysByApi:
    def new(self, **more: Any) -> dict[str, Any]:
        return {
            "name": "住院 HIS",
            "scopes": more.pop("scopes"),
            "expires": (timezone.now() + timedelta(days=30)).isoformat(),
            **more,
        }

    @pytest.fixture
    def scopes(self, monkeypatch):
        for place in ("services.keys", "forms.member"):
            monkeypatch.setattr(f"portal.access.{place}.grantable_scopes", lambda: [USE_PORTAL])
        return ["portal.use"]

    def test_it_shows_a_new_key_once_and_not_on_replay(self, dora, scopes, hospital_a):
        data = self.new(scopes=scopes)
        first = post(dora, "/api/keys", data)
        assert first.status_code == 201, first.content
        again = post(dora, "/api/keys", data)
        assert "key" in first.json()
        assert "key" not in again.json()
        assert again.json()["id"] == first.json()["id"]
        assert "access.key.created" in actions_of(hospital_a.pk)

    def test_it_revokes_for_ever(self, dora, client, scopes):
        made = post(dora, "/api/keys", self.new(scopes=scopes)).json()
        header = {"Authorization": f"Api-Key {made['key']}"}
        assert client.get("/api/notes", headers=header).status_code == 200
        assert post(dora, f"/api/keys/{made['id']}/revoke", {}, idempotency="r").json()["revoked"] is True
        assert client.get("/api/notes", headers=header).status_code == 401
        assert post(dora, f"/api/keys/{made['id']}/revoke", {}, idempotency="r2").status_code == 409

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
    def test_it_names_the_wrong_field(self, dora, scopes, field, value):
        answer = post(dora, "/api/keys", {**self.new(scopes=scopes), field: value})
        assert answer.status_code == 422, answer.content
        assert any(error["pointer"].startswith(f"/{field}") for error in answer.json()["errors"]), answer.json()

    def test_it_never_grants_approving_or_managing(self):
        for scope in grantable_scopes():
            assert scope.roles & {CLERK, AUDITOR}
            assert not scope.name.startswith("access.")

    def test_it_has_pages_for_the_same(self, dora, scopes, client):
        day = timezone.localdate() + timedelta(days=30)
        given = {"name": "门诊 HIS", "scopes": scopes, "addresses": "127.0.0.1\n10.0.0.0/8", "expires": day.isoformat()}
        page = dora.post("/keys/create/", given)
        secret = page.context["secret"]
        assert client.get("/api/notes", headers={"Authorization": f"Api-Key {secret}"}).status_code == 200
        listed = dora.get("/keys/").content.decode()
        assert secret not in listed
        assert "门诊 HIS" in listed
        dora.post(f"/keys/{page.context['key'].pk}/revoke/")
        assert client.get("/api/notes", headers={"Authorization": f"Api-Key {secret}"}).status_code == 401


def test_it_describes_itself(alice):
    schema = alice.get("/api/schema").json()
    assert schema["openapi"].startswith("3.1")
    operation = schema["paths"]["/api/keys"]["post"]
    assert [p["name"] for p in operation["parameters"] if p["required"]] == ["Idempotency-Key"]
    assert operation["responses"]["default"]["content"].keys() == {"application/problem+json"}
    assert alice.get("/api/docs").status_code == 200
