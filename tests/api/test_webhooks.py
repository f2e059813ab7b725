"""Other systems are told of what happened: once it is true, signed, until they heard it."""

import json
import socket
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from portal.access.door import tenant_tx
from portal.gateway import telling
from portal.gateway.channels.models import AllowedAddress
from portal.gateway.crypto import hmac_sm3
from portal.gateway.transport import strays
from portal.hooks import announce
from portal.hooks.models import Delivery, DeliveryState, DeliveryTry, Webhook
from portal.hooks.sending import PAUSES, clear, deliver, sign
from portal.hooks.services import create_webhook
from portal.jobs.holds import carrying_on
from tests.api.notes import post
from tests.api.receiver import Receiver, listening
from tests.cast import make_person

FACTS = {"id": "1", "kind": "amount", "count": 3}


@pytest.fixture
def receiver():
    with listening() as one:
        yield one


@pytest.fixture
def allowed(receiver: Receiver, db: None) -> Receiver:
    people = [make_person(name, name, is_platform_admin=True) for name in ("peter", "petra")]
    AllowedAddress.objects.create(
        host=receiver.host, proposed_by=people[0], approved_by=people[1], approved_at=timezone.now()
    )
    return receiver


@pytest.fixture
def webhook(allowed: Receiver, dora_member: Any) -> Webhook:
    with tenant_tx(dora_member.institution_id):
        made, _ = create_webhook(
            "HIS", f"http://{allowed.host}/told", ["operation.done", "job.finished"], by=dora_member
        )
    return made


def say(institution: int, about: str = "ZY1", name: str = "operation.done", **more: Any) -> int:
    with tenant_tx(institution):
        return announce(name, about=about, facts=FACTS, **more)


def told(institution: int) -> list[Delivery]:
    with tenant_tx(institution):
        return list(Delivery.objects.order_by("id"))


def later(institution: int) -> None:
    """The pause is over."""
    with tenant_tx(institution):
        Delivery.objects.exclude(next_at=None).update(next_at=timezone.now())


def test_it_is_heard_signed_and_named(webhook, receiver, hospital_a):
    assert say(hospital_a.pk) == 1
    assert deliver(hospital_a.pk) == 1
    ((headers, body),) = receiver.heard
    said = json.loads(body)
    assert {**said, "id": "", "occurred_at": ""} == {
        "id": "",
        "event": "operation.done",
        "about": "ZY1",
        "institution": hospital_a.code,
        "environment": "test",
        "occurred_at": "",
        "facts": FACTS,
    }
    t, n, sm3 = (part.partition("=")[2] for part in headers["X-Portal-Signature"].split(","))
    secret = reveal(webhook)
    assert hmac_sm3(secret.encode(), f"{t}.{n}.".encode() + body).hex() == sm3
    assert sign("another", body, at=int(t), nonce=n) != headers["X-Portal-Signature"]
    (delivery,) = told(hospital_a.pk)
    assert (delivery.state, delivery.tries, str(delivery.message)) == ("delivered", 1, headers["X-Portal-Message"])


def reveal(webhook: Webhook) -> str:
    with tenant_tx(webhook.institution_pk):
        return str(Webhook.objects.get().secret.reveal())


def test_it_says_nothing_that_did_not_happen_or_that_nobody_asked_for(webhook, receiver, hospital_a, hospital_b):
    with tenant_tx(hospital_a.pk), transaction.atomic():
        assert announce("operation.done", about="ZY1", facts=FACTS) == 1
        transaction.set_rollback(True)
    assert say(hospital_a.pk, name="operation.rejected") == 0
    assert say(hospital_a.pk, environment="production") == 0
    with carrying_on("production"):
        assert say(hospital_a.pk) == 0, "an operation of the other environment"
    assert say(hospital_b.pk) == 0
    with pytest.raises(LookupError), tenant_tx(hospital_a.pk):
        announce("no.such", about="", facts={})
    assert deliver(hospital_a.pk) == 0
    assert receiver.heard == []


def test_it_tries_again_with_growing_pauses_gives_up_and_is_replayed_under_the_same_number(
    webhook, receiver, hospital_a, dora, alice
):
    receiver.answers = [500, 302, *[503] * 6, 204]
    say(hospital_a.pk)
    pauses = []
    for _ in range(len(PAUSES) + 1):
        before = timezone.now()
        assert deliver(hospital_a.pk) == 0
        assert deliver(hospital_a.pk) == 0, "not before its time"
        (delivery,) = told(hospital_a.pk)
        if delivery.next_at:
            pauses.append(delivery.next_at - before)
            later(hospital_a.pk)
    assert pauses == sorted(pauses)
    assert timedelta(hours=24) <= pauses[-1] <= timedelta(hours=25)
    assert (delivery.state, delivery.tries, delivery.status) == ("given_up", 8, 503)
    assert len(receiver.heard) == 8, "a redirect is not followed"
    page = dora.get(reverse("hooks:delivery", args=[delivery.pk])).content.decode()
    assert "未送达" in page
    answer = post(alice, f"/api/v1/webhooks/deliveries/{delivery.pk}/replays", {})
    assert (answer.status_code, answer.json()["state"]) == (202, "waiting")
    assert deliver(hospital_a.pk) == 1
    assert {headers["X-Portal-Message"] for headers, _ in receiver.heard} == {str(delivery.message)}
    assert told(hospital_a.pk)[0].state == DeliveryState.DELIVERED
    with tenant_tx(hospital_a.pk):
        assert DeliveryTry.objects.count() == 9


def test_a_dead_address_keeps_nobody_waiting_and_a_web_page_that_says_ok_is_an_answer(
    webhook, receiver, hospital_a, dora_member
):
    with tenant_tx(hospital_a.pk):
        Webhook.objects.update(url=f"http://{receiver.host}/dead")
        create_webhook("PACS", f"http://{receiver.host}/ok", ["operation.done"], by=dora_member)
    receiver.answers, receiver.kind = [500, 200], "text/html"
    for number in range(3):
        say(hospital_a.pk, f"ZY{number}")
    assert deliver(hospital_a.pk) == 3
    states = sorted(one.state for one in told(hospital_a.pk))
    assert states == ["delivered"] * 3 + ["waiting"] * 3
    assert len(receiver.heard) == 4, "the dead one was asked once"


def test_an_address_that_is_allowed_no_more_hears_nothing(webhook, receiver, hospital_a):
    say(hospital_a.pk)
    AllowedAddress.objects.update(removed_at=timezone.now())
    assert deliver(hospital_a.pk) == 0
    assert receiver.heard == []
    assert "不在允许的名单中" in told(hospital_a.pk)[0].sentence


def test_a_name_that_is_turned_to_this_machine_hears_nothing(webhook, receiver, hospital_a, dora_member, monkeypatch):
    """Who controls the name service of an allowed host reaches nothing that listens here for ourselves alone."""
    real, port = socket.getaddrinfo, receiver.port
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *rest, **more: real("127.0.0.1", *rest, **more))
    AllowedAddress.objects.update(host=f"his.hospital.example:{port}")
    with tenant_tx(hospital_a.pk):
        Webhook.objects.update(url=f"http://his.hospital.example:{port}/told")
    say(hospital_a.pk)
    assert deliver(hospital_a.pk) == 0
    assert receiver.heard == []
    assert "解析到本机" in told(hospital_a.pk)[0].sentence
    assert [strays("a.example", peer) for peer in ("10.1.2.3", "169.254.169.254", "::1", "fe80::1%eth0")] == [
        False, True, True, True
    ]  # fmt: skip
    assert not strays("127.0.0.1", "127.0.0.1")


def test_two_workers_never_say_the_same_thing_at_once(webhook, receiver, hospital_a, monkeypatch):
    say(hospital_a.pk)
    inside: list[int] = []

    def meanwhile(*args: Any, **kwargs: Any) -> Any:
        inside.append(deliver(hospital_a.pk))
        return real(*args, **kwargs)

    real = telling.tell
    monkeypatch.setattr("portal.hooks.sending.tell", meanwhile)
    assert deliver(hospital_a.pk) == 1
    assert inside == [0]
    assert len(receiver.heard) == 1


def test_its_administrator_makes_tries_changes_and_stops_it(allowed, receiver, dora, alice, hospital_a):
    assert alice.get(reverse("hooks:webhooks")).status_code == 403
    wrong = {"name": "HIS", "url": "http://10.9.9.9/x", "events": ["operation.done"]}
    assert "不在允许的名单中" in dora.post(reverse("hooks:webhook-create"), wrong).content.decode()
    for url in ("ftp://x/", f"http://me:pw@{receiver.host}/", "http://[::1/", "x"):
        answer = post(dora, "/api/v1/webhooks/", {**wrong, "url": url}, idempotency=url)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/url")
    page = dora.post(reverse("hooks:webhook-create"), {**wrong, "url": f"http://{receiver.host}/"})
    secret, made = page.context["secret"], page.context["webhook"]
    assert secret not in dora.get(reverse("hooks:webhooks")).content.decode()
    dora.post(reverse("hooks:webhook-try", args=[made.pk]))
    assert deliver(hospital_a.pk) == 1
    assert receiver.bodies()[0]["event"] == "hooks.tried"
    one = f"/api/v1/webhooks/{made.pk}"
    assert dora.get(one)["ETag"] == '"1"'
    changed = post(dora, one, {"version": 1, "events": ["job.finished"]}, idempotency="c", **{"If-Match": '"1"'})
    assert (changed.status_code, changed["ETag"], changed.json()["events"]) == (200, '"2"', ["job.finished"])
    stale = post(dora, one, {"version": 1, "name": "x"}, idempotency="d", **{"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "version-mismatch")
    assert post(dora, one, {"version": 1, "name": "x"}, idempotency="e").status_code == 409
    key = {"name": "n", "scopes": ["portal.use"], "expires": "2999-01-01"}
    odd = post(dora, "/api/v1/keys", key, idempotency="f", **{"If-Match": '"1"'})
    assert (odd.status_code, odd.json()["code"]) == (400, "no-versions")
    say(hospital_a.pk, name="job.finished")
    dora.post(reverse("hooks:webhook-stop", args=[made.pk]))
    assert deliver(hospital_a.pk) == 0
    assert say(hospital_a.pk, name="job.finished") == 0


def test_it_forgets_after_ninety_days(webhook, hospital_a, time_machine):
    say(hospital_a.pk)
    deliver(hospital_a.pk)
    assert clear(hospital_a.pk) == 0
    time_machine.move_to(timezone.now() + timedelta(days=91))
    assert clear(hospital_a.pk) == 1
