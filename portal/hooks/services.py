"""Making, changing and stopping webhooks, and saying something once more; call inside the institution's door."""

import secrets
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from portal.access.member import Member
from portal.access.services.refusals import NotAllowed
from portal.audit import record
from portal.gateway.channels.hosts import is_allowed, is_loopback
from portal.hooks import actions
from portal.hooks.announcing import TASK, put
from portal.hooks.events import TRIED, declared_events
from portal.hooks.models import Delivery, DeliveryState, Webhook
from portal.jobs.queue import later


def create_webhook(name: str, url: str, events: Collection[str], *, by: Member) -> tuple[Webhook, str]:
    """A new webhook of the environment the institution works in, and its signing secret, to be shown once.

    Raises NotAllowed naming the field: the host must be on the platform's list of allowed addresses.
    """
    assert by.institution
    _check(url, events)
    secret = secrets.token_hex(32)
    webhook = Webhook.objects.create(
        name=name,
        url=url,
        events=sorted(set(events)),
        secret=secret,
        environment=by.institution.environment,
        made_label=by.label[:100],
    )
    record(actions.CREATED, webhook, by=by, name=name, url=url, events="、".join(webhook.events))
    return webhook, secret


def change_webhook(webhook: Webhook, changes: dict[str, Any], *, version: int, by: Member) -> Webhook:
    """Change name, url, events or is_active; raises NotAllowed when somebody else changed it in between."""
    given = {name: changes[name] for name in ("name", "url", "events", "is_active") if name in changes}
    _check(given.get("url", webhook.url), given.get("events", webhook.events))
    rows = Webhook.objects.filter(pk=webhook.pk, version=version)
    if not rows.update(**given, version=F("version") + 1):
        raise NotAllowed("别人刚刚修改了这个推送，请重新打开后再改")
    webhook.refresh_from_db()
    record(actions.CHANGED, webhook, by=by, name=webhook.name, what="、".join(sorted(given)))
    return webhook


def stop_webhook(webhook: Webhook, *, by: Member) -> None:
    """Nothing more is sent there; what is waiting is not sent either."""
    if not Webhook.objects.filter(pk=webhook.pk, is_active=True).update(is_active=False, version=F("version") + 1):
        raise NotAllowed("这个推送已经停用")
    Delivery.objects.filter(webhook=webhook, state=DeliveryState.WAITING).update(
        state=DeliveryState.STOPPED, next_at=None
    )
    record(actions.STOPPED, webhook, by=by, name=webhook.name)


def try_webhook(webhook: Webhook, *, by: Member) -> Delivery:
    """Send a message without content, to see whether it arrives."""
    if not webhook.is_active or by.institution is None:
        raise NotAllowed("这个推送已经停用")
    delivery = put(webhook, by.institution.code, TRIED.name, "", {})
    later(TASK, webhook.institution_pk)
    record(actions.TRIED, webhook, by=by, name=webhook.name)
    return delivery


def replay(delivery: Delivery, *, by: Member) -> Delivery:
    """Say it once more, now, under the same number: whoever heard it before knows it again."""
    if not delivery.webhook.is_active:
        raise NotAllowed("这个推送已经停用，不能重新推送")
    Delivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState.WAITING, tries=0, replays=F("replays") + 1, next_at=timezone.now()
    )
    later(TASK, delivery.institution_pk)
    name = delivery.webhook.name
    record(actions.REPLAYED, delivery, by=by, event=delivery.event, about=delivery.about or "—", name=name)
    delivery.refresh_from_db()
    return delivery


def event_choices() -> list[tuple[str, str]]:
    """What can be chosen: (name, label)."""
    return [(one.name, one.label) for one in declared_events() if one != TRIED]


def _check(url: str, events: Collection[str]) -> None:
    unknown = set(events) - {name for name, _ in event_choices()}
    if not events or unknown:
        raise NotAllowed("请选择至少一个事件", "events")
    try:
        parts = urlsplit(url)
        usable = (
            parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username and not parts.fragment
        )
        usable = usable and url.isascii() and url.isprintable() and " " not in url and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable:
        raise NotAllowed("推送地址应以 http:// 或 https:// 开头，不带用户名和 #", "url")
    if settings.PRODUCTION and is_loopback(url):
        raise NotAllowed("正式环境不能推送到本机地址", "url")
    if not is_allowed(url):
        raise NotAllowed(f"{parts.netloc} 不在允许的名单中，请平台管理员先在“允许的接口地址”中加入", "url")
