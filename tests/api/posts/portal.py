"""POSTs of the portal itself: keys, webhooks, channels, jobs."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from portal.access.models import InstitutionKey
from portal.hooks.models import Delivery, Webhook
from portal.jobs import Job
from tests.api.retrying import Call, World, post

#: Where nobody answers: what is sent there would be lost.
NOWHERE = "http://127.0.0.1:9"
NATIONAL = {"base_url": NOWHERE, "app_code": "APP1", "secret_key": "s" * 32, "region": "140200"}
NATIONAL |= {"medins_code": "H14020000001", "medins_name": "演示医院甲"}
ONETRANS = {
    "base_url": NOWHERE,
    "app_code": "APP2",
    "secret_key": "s" * 32,
    "user_name": "PAY1",
    "password": "secret-of-payment",
}
ONETRANS |= {"private_key": "t" * 40, "region": "140200", "medins_code": "H14020000001"}


def webhook(**more: Any) -> Webhook:
    values = {"environment": "test", "name": "HIS", "url": f"{NOWHERE}/", "events": ["job.finished"]}
    return Webhook.objects.create(**{**values, "secret": "s", "made_label": "x", **more})


@post("keys", who="dora")
def make_key(world: World) -> Call:
    expires = (timezone.now() + timedelta(days=30)).isoformat()
    return ({"name": "HIS", "scopes": ["clearing.rows.view"], "expires": expires, "signed": True},)


@post("keys/{key_id}/revoke", who="dora")
def revoke_key(world: World) -> Call:
    key, _ = InstitutionKey.objects.create_key(name="old", scopes=["clearing.rows.view"], made_by=world.dora.user)
    return {}, key.pk


@post("webhooks/", who="dora")
def make_webhook(world: World) -> Call:
    return ({"name": "HIS", "url": f"{NOWHERE}/", "events": ["job.finished"]},)


@post("webhooks/{webhook_id}", who="dora")
def change_webhook(world: World) -> Call:
    found = webhook()
    return {"version": found.version, "name": "LIS"}, found.pk


@post("webhooks/deliveries/{delivery_id}/replays")
def replay(world: World) -> Call:
    known = {"environment": "test", "event": "job.finished", "body": {}, "state": "given_up"}
    made = webhook()
    return {}, Delivery.objects.create(webhook=made, message=made.pk, **known).pk


@post("channels/{gateway}/{environment}/changes", who="dora")
def change_channel(world: World) -> Call:
    return {**NATIONAL, "app_code": "APP3"}, "national", "test"


@post("channels/{gateway}/{environment}/trials", who="dora")
def try_channel(world: World) -> Call:
    return {**NATIONAL, "app_code": "APP3"}, "national", "test"


@post("jobs/{job_id}/cancellations")
def cancel_job(world: World) -> Call:
    return {}, Job.objects.create(kind="clearing.months", key=f"{world.number()}", title="获取月结汇总").pk
