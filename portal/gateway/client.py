"""Asking a gateway something that changes nothing: retried, written down as attempts without an operation."""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from portal.access.door import tenant_tx
from portal.access.models import Institution
from portal.gateway import entering, wire
from portal.gateway.archives import MAGIC, BadArchive, ZipLimits, check_zip
from portal.gateway.channels.models import Channel
from portal.gateway.errors import Doubt, NotSent, Unknown
from portal.gateway.filing import Into
from portal.gateway.journal.models import Attempt
from portal.gateway.messages import Record, Request
from portal.gateway.writing import exchanged, refuse_inside_transaction, text, write_outcome
from portal.jobs.behalf import asking_person
from portal.jobs.holds import StandStill, refuse_new_work
from portal.jobs.pace import factor
from portal.vault import BrokenSeal

R = TypeVar("R", bound=Record)

#: Seconds between the tries of a query.
PAUSES = (1.0, 4.0)
#: Seconds that a file may take, however small the channel's patience is.
DOWNLOAD_TIMEOUT = 1800.0


def settled_environment(institution_id: int) -> str:
    """The environment an institution works in now, inside its door; NotSent while that is about to change."""
    try:
        refuse_new_work(institution_id)
    except StandStill as refusal:
        raise NotSent(f"{refusal.sentence}，没有发出") from refusal
    return str(Institution.objects.values_list("environment", flat=True).get(pk=institution_id))


def wire_settings(gateway: str, environment: str) -> wire.WireSettings:
    """The open institution's channel to this gateway; NotSent when it has none that may be used."""
    channel = Channel.objects.filter(gateway=gateway, environment=environment).first()
    if channel is None:
        raise NotSent("本机构还没有配置这个接口，请先在系统配置中填写")
    if not channel.is_active:
        raise NotSent("这个接口已在系统配置中停用，没有发出")
    try:
        return channel.settings()
    except BrokenSeal as error:
        raise NotSent(f"接口密钥无法读取，没有发出：{error}") from error


def ask(request: Request[R], *, institution_id: int, environment: str = "", tries: int = 3, subject: str = "") -> R:
    """The gateway's answer to a query, in this environment; without one, in that the institution works in now.

    `subject` is the number of the business object it is asked for, where the request itself does not name it. Raises
    Rejected as soon as the gateway refuses, NotSent or Unknown after the last try; TypeError for a changing request,
    RuntimeError inside a transaction (I8): open the door in short pieces around it.
    """
    environment, settings = _ready(request, institution_id, environment)
    for pause in (*PAUSES[: tries - 1], None):
        _, exchange = _once(settings, request, institution_id, environment, subject=subject)
        if exchange.outcome in (wire.Outcome.OK, wire.Outcome.REJECTED, wire.Outcome.OK_UNPARSED) or pause is None:
            break
        time.sleep(pause * max(factor(), 0.02))
    return exchange.require()


def ask_by_hand(request: Request[Any], *, institution_id: int, environment: str) -> Attempt:
    """One message of the test console, whatever comes of it: the attempt says. NotSent when nothing could be made."""
    environment, settings = _ready(request, institution_id, environment)
    return _once(settings, request, institution_id, environment, by_console=True)[0]


def download(
    request: Request[Any],
    target: Path,
    *,
    institution_id: int,
    environment: str = "",
    limits: ZipLimits | None = None,
    spoilt: Callable[[Path], None] | None = None,
) -> int:
    """Ask for a zip file and keep it at `target`, whatever its size; how many bytes it has.

    A file that is there and whole is not asked for again, so whoever was interrupted begins anew and loses at most the
    file under way: it is written beside its place and moved there when it was checked. Raises Rejected when the gateway
    refuses, NotSent or Unknown after the last try, BadArchive for what should not be unpacked.
    """
    allowed = limits or ZipLimits()
    if target.is_file():
        try:
            return check_zip(target, allowed)
        except BadArchive:
            target.unlink()
    environment, settings = _ready(request, institution_id, environment)
    settings = replace(settings, read_timeout=max(settings.read_timeout or 0, DOWNLOAD_TIMEOUT))
    part = target.with_name(f"{target.name}.part")
    try:
        for pause in (*PAUSES[:1], None):
            with part.open("wb") as file:
                into = Into(file, allowed.file, MAGIC)
                _, exchange = _once(settings, request, institution_id, environment, into=into)
                file.flush()
                os.fsync(file.fileno())
                size = file.tell()
            if exchange.outcome in (wire.Outcome.OK, wire.Outcome.REJECTED, wire.Outcome.OK_UNPARSED) or pause is None:
                break
            time.sleep(pause * max(factor(), 0.02))
        exchange.require()
        if not size:
            raise Unknown(Doubt.SHAPE, "答复不是文件", evidence=exchange.raw_reply)
        try:
            check_zip(part, allowed)
        except BadArchive:
            if spoilt is not None:
                spoilt(part)
            raise
        os.replace(part, target)
        return size
    finally:
        part.unlink(missing_ok=True)


def _ready(request: Request[Any], institution_id: int, environment: str) -> tuple[str, wire.WireSettings]:
    if not type(request).safe:
        raise TypeError(f"{type(request).__name__} changes something: open an operation for it")
    refuse_inside_transaction()
    with tenant_tx(institution_id):
        environment = environment or settled_environment(institution_id)
        return environment, wire_settings(type(request).gateway.name, environment)


def _once(
    settings: wire.WireSettings,
    request: Request[R],
    institution_id: int,
    environment: str,
    *,
    subject: str = "",
    by_console: bool = False,
    into: Into | None = None,
) -> tuple[Attempt, wire.Exchange[R]]:
    """One try, signed in where the gateway wants that; what has run out is renewed, once."""
    code, person = type(request).code, asking_person()
    for again in (True, False):
        signed_in = entering.entered(settings, code, institution_id, environment, person)
        found = exchanged(
            signed_in, request, institution_id, environment, subject=subject, by_console=by_console, into=into
        )
        if not again or signed_in is settings or not entering.is_over(signed_in, found[1]):
            break
        entering.forget(signed_in, institution_id, environment)
    return found


__all__ = [
    "ask",
    "ask_by_hand",
    "download",
    "refuse_inside_transaction",
    "settled_environment",
    "text",
    "wire_settings",
    "write_outcome",
]
