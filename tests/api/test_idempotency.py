"""A changing call has one effect, however often and however fast it is sent."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from portal.access.door import tenant_tx
from portal.access.permissions import CLERK
from portal.api.idempotency import forget_old_calls
from portal.api.models import IdempotentCall
from tests.api.notes import GATE, names, post
from tests.cast import make_institution, make_member, signed_in

pytestmark = pytest.mark.urls("tests.api.notes")


def test_it_demands_a_key(alice, alice_member):
    answer = post(alice, "/api/v1/notes", {"name": "n", "by": alice_member.user.pk}, idempotency="")
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-missing")
    assert names(alice_member.institution) == []


@pytest.mark.parametrize("bad", ["x" * 101, "é", "a\tb", "a b"])
def test_it_refuses_odd_keys(alice, alice_member, bad):
    answer = post(alice, "/api/v1/notes", {"name": "n", "by": alice_member.user.pk}, idempotency=bad)
    assert answer.json()["code"] == "idempotency-key-invalid"


def test_it_replays_status_body_and_location(alice, alice_member):
    first = post(alice, "/api/v1/notes", {"name": "n", "by": alice_member.user.pk, "amount": 1.10})
    again = post(alice, "/api/v1/notes", f'{{"amount":1.1, "by":{alice_member.user.pk},   "name":"n"}}')
    assert (again.status_code, again.content, again["Location"]) == (201, first.content, "/api/v1/notes/1")
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert names(alice_member.institution) == ["n"]


def test_it_refuses_the_key_for_something_else(alice, alice_member):
    post(alice, "/api/v1/notes", {"name": "n", "by": alice_member.user.pk})
    answer = post(alice, "/api/v1/notes", {"name": "other", "by": alice_member.user.pk})
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused")


def test_it_keeps_nothing_of_a_failure(alice, alice_member):
    data = {"name": "n", "by": alice_member.user.pk}
    assert post(alice, "/api/v1/notes", {**data, "fail_late": True}).status_code == 409
    assert names(alice_member.institution) == []
    assert post(alice, "/api/v1/notes", data).status_code == 201


def test_it_keeps_institutions_apart(alice, alice_member, charlie, charlie_member):
    for client, member in ((alice, alice_member), (charlie, charlie_member)):
        assert post(client, "/api/v1/notes", {"name": "n", "by": member.user.pk}).status_code == 201
    assert names(charlie_member.institution) == ["n"]


def test_it_leaves_reading_posts_alone(alice):
    assert post(alice, "/api/v1/reading", {"amount": 1.5}, idempotency="").json() == {"type": "Decimal"}


def test_it_forgets_after_half_a_year(alice, alice_member, time_machine):
    post(alice, "/api/v1/notes", {"name": "n", "by": alice_member.user.pk})
    institution = alice_member.institution_id
    assert forget_old_calls(institution) == 0
    time_machine.move_to(timezone.now() + timedelta(days=181))
    assert forget_old_calls(institution) == 1


def test_it_stores_the_answer_sealed(alice, alice_member):
    post(alice, "/api/v1/notes", {"name": "n", "by": alice_member.user.pk, "amount": 42.42})
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
        client.cookies["sessionid"] = self.cookies["sessionid"].value
        try:
            into.append(post(client, "/api/v1/notes", data))
        finally:
            connection.close()

    def test_it_answers_409_while_the_first_is_at_work_and_has_one_effect(self, clerk):
        self.cookies = signed_in(clerk).cookies
        GATE["entered"].clear()
        GATE["go"].clear()
        data, answers = {"name": "n", "by": clerk.user.pk, "wait": True}, list[Any]()
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
