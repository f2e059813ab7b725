"""Saying it: signed, at least once, again and again with growing pauses, until it is heard or given up.

Each message is claimed before it is sent, so that two workers do not say the same thing at once; a worker that dies
leaves its claim to expire. The receiver tells repeated messages by their id.
"""

import json
import secrets
import time
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from portal.access.door import tenant_tx
from portal.gateway.channels.hosts import allowed_hosts
from portal.gateway.crypto import hmac_sm3
from portal.gateway.telling import Told, tell
from portal.hooks.models import Delivery, DeliveryState, DeliveryTry
from portal.jobs import pace

SIGNATURE = "X-Portal-Signature"
#: Seconds until the next try, by how many there have been; after the last one it is given up.
PAUSES = (10, 60, 300, 1800, 7200, 21600, 86400)
#: A claimed message comes back by itself after this many seconds: longer than any sending takes.
CLAIM = 120
CONNECT, READ = 5.0, 10.0
KEEP_DAYS = 90


@dataclass(frozen=True)
class Letter:
    """What one sending needs, read inside the door: no transaction is open while it is under way."""

    delivery: UUID
    webhook: UUID
    url: str
    secret: str
    body: bytes
    headers: dict[str, str]
    allowed: tuple[str, ...]


def deliver(institution_id: int, *, seconds: float = 60) -> int:
    """Send what is due, one after the other; how many were heard. Outside any transaction."""
    until, heard = time.monotonic() + seconds, 0
    dead: set[UUID] = set()
    while time.monotonic() < until and (letter := _claim(institution_id, dead)):
        told = tell(
            letter.url,
            letter.body,
            {**letter.headers, SIGNATURE: sign(letter.secret, letter.body)},
            allowed=letter.allowed,
            connect_timeout=CONNECT,
            read_timeout=READ,
        )
        _write_down(institution_id, letter, told)
        heard += told.is_heard
        if not told.is_heard:
            dead.add(letter.webhook)  # its other messages wait for the next round: nobody waits behind a dead address
    return heard


def sign(secret: str, body: bytes, *, at: int | None = None, nonce: str = "") -> str:
    """`t=…,n=…,sm3=…`: HMAC-SM3 under the webhook's secret of `<t>.<n>.` and the body."""
    moment, drawn = str(at or int(time.time())), nonce or secrets.token_hex(16)
    return f"t={moment},n={drawn},sm3={hmac_sm3(secret.encode(), f'{moment}.{drawn}.'.encode() + body).hex()}"


def _claim(institution_id: int, dead: set[UUID]) -> Letter | None:
    now = timezone.now()
    with tenant_tx(institution_id):
        due = Delivery.objects.filter(state=DeliveryState.WAITING, next_at__lte=now).exclude(webhook__in=dead)
        delivery = due.select_for_update(skip_locked=True, of=("self",)).order_by("next_at", "id").first()
        if delivery is None:
            return None
        webhook = delivery.webhook
        if not webhook.is_active:
            due.filter(webhook=webhook).update(state=DeliveryState.STOPPED, next_at=None)
            return _claim(institution_id, dead | {webhook.pk})
        Delivery.objects.filter(pk=delivery.pk).update(next_at=now + timedelta(seconds=CLAIM), tries=F("tries") + 1)
        body = json.dumps(delivery.body, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "Content-Type": "application/json",
            "X-Portal-Event": delivery.event,
            "X-Portal-Message": str(delivery.message),
            "X-Portal-Try": str(delivery.tries + 1),
        }
        return Letter(delivery.pk, webhook.pk, webhook.url, webhook.secret.reveal(), body, headers, allowed_hosts())


def _write_down(institution_id: int, letter: Letter, told: Told) -> None:
    with tenant_tx(institution_id):
        delivery = Delivery.objects.select_for_update().get(pk=letter.delivery)
        DeliveryTry.objects.create(
            delivery=delivery,
            took_ms=int(told.seconds * 1000),
            status=told.status,
            sentence=told.sentence[:300],
            answer=told.answer or None,
        )
        delivery.status, delivery.sentence = told.status, told.sentence[:300]
        if told.is_heard:
            delivery.state, delivery.next_at, delivery.delivered_at = DeliveryState.DELIVERED, None, timezone.now()
        elif delivery.tries > len(PAUSES):
            delivery.state, delivery.next_at = DeliveryState.GIVEN_UP, None
        else:
            pause = PAUSES[delivery.tries - 1] * pace.factor()
            delivery.next_at = timezone.now() + timedelta(seconds=pause)
        delivery.save(update_fields=["status", "sentence", "state", "next_at", "delivered_at"])


def clear(institution_id: int) -> int:
    """Forget what was said more than 90 days ago; how many."""
    with tenant_tx(institution_id):
        old = Delivery.objects.filter(created_at__lt=timezone.now() - timedelta(days=KEEP_DAYS))
        ended = old.exclude(state=DeliveryState.WAITING)
        return ended.delete()[1].get("hooks.Delivery", 0)
