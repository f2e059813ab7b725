"""Asking a bridge how it is: reached, known to each other, which libraries, how many wait."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from portal.access.door import tenant_tx
from portal.gateway import transport
from portal.gateway.channels.hosts import allowed_hosts
from portal.gateway.codecs import Garbled, JsonCodec
from portal.gateway.desk.models import Desk
from portal.gateway.desk.services import CHECK
from portal.gateway.errors import NotSent, Unknown
from portal.gateway.wire.desk import headers_for, tls_of
from portal.gateway.writing import refuse_inside_transaction
from portal.jobs import Running, job

CONNECT, READ = 5.0, 15.0
TOLD = ("library", "card_library", "system", "python", "bits", "waiting", "starts")


@job(CHECK, title="检查终端", resumable=True, permission="gateway.channel.view")
def check(running: Running) -> str:
    """What the bridge of a desk says about itself, kept beside the desk."""
    with tenant_tx(running.institution_id):
        desk = Desk.objects.filter(pk=running.params["desk"]).first()
        if desk is None:
            return "终端已不存在"
        station, allowed = desk.station(), allowed_hosts()
    refuse_inside_transaction()
    health: dict[str, Any]
    try:
        answer = transport.post(
            f"{station.address.rstrip('/')}/health",
            b"{}",
            headers_for(station),
            connect_timeout=CONNECT,
            read_timeout=READ,
            allowed=allowed,
            tls=tls_of(station),
        )
        told = JsonCodec().unpack(answer.body)
        health = {"good": True, **{name: str(told.get(name, ""))[:200] for name in TOLD}}
        health["sentence"] = f"桥接程序正常，动态库 {health['library']}，排队 {health['waiting']} 个"
    except NotSent as error:
        health = {"good": False, "sentence": f"桥接程序没有连上：{error.sentence}"}
    except Unknown as error:
        said = "桥接程序不认可令牌，请重新生成设置文件" if "401" in error.detail else error.sentence
        health = {"good": False, "sentence": said}
    except Garbled:
        health = {"good": False, "sentence": "这个地址上不是桥接程序"}
    with tenant_tx(running.institution_id):
        Desk.objects.filter(pk=desk.pk).update(health=health, checked_at=timezone.now())
    return str(health["sentence"])
