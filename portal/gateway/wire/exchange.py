"""Send a request and judge what came back. Every ending is one of five outcomes; nothing is raised for the network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from portal.gateway import transport
from portal.gateway.codecs import Garbled
from portal.gateway.crypto import CryptoFault
from portal.gateway.errors import Doubt, GatewayError, NotSent, Rejected, Unknown
from portal.gateway.filing import Into
from portal.gateway.messages import Refusal, Request, faults
from portal.gateway.wire.kinds import Opened, Prepared, R, Wire, wire
from portal.gateway.wire.settings import WireSettings

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Outcome(StrEnum):
    """How an exchange ended (design 3.2)."""

    NOT_SENT = "not_sent"
    OK = "ok"
    OK_UNPARSED = "ok_unparsed"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Exchange(Generic[R]):
    """What came of one request.

    `code` and `message` are the gateway's, empty unless its reply was authentic. `sentence` is for people. `reply` is
    there exactly when the outcome is OK. `raw_request` and `raw_reply` are plain bytes for the encrypted journal;
    `raw_reply` of a doubtful outcome is the beginning of what arrived. `refusal` explains REJECTED, `reason` UNKNOWN.
    """

    outcome: Outcome
    msgid: str
    code: str = ""
    message: str = ""
    sentence: str = ""
    reply: R | None = field(default=None, repr=False)
    refusal: Refusal | None = None
    reason: Doubt | None = None
    raw_request: bytes = field(default=b"", repr=False)
    raw_reply: bytes = field(default=b"", repr=False)
    sealed_request_size: int = 0
    sealed_reply_size: int = 0
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def seconds(self) -> float:
        """How long the exchange took."""
        if self.started_at is None or self.ended_at is None:
            return 0.0
        return (self.ended_at - self.started_at).total_seconds()

    def require(self) -> R:
        """The reply; raises NotSent, Rejected or Unknown when there is none to read."""
        if self.reply is not None:
            return self.reply
        raise self.error()

    def error(self) -> GatewayError:
        """The outcome as an exception, for callers that have no use for the others."""
        if self.outcome is Outcome.NOT_SENT:
            return NotSent(self.sentence)
        if self.outcome is Outcome.REJECTED:
            return Rejected(self.code, self.message, self.sentence)
        return Unknown(self.reason or Doubt.SHAPE, evidence=self.raw_reply)


def clock() -> datetime:
    """Now, in Shanghai."""
    return datetime.now(SHANGHAI)


def new_msgid(settings: WireSettings, *, now: Callable[[], datetime] = clock) -> str:
    """A message id of the wire's own form that the channel has not used; NotSent when none can be made."""
    return wire(settings.gateway.wire).new_msgid(settings, now())


def prepare(
    settings: WireSettings, request: Request[R], msgid: str, *, now: Callable[[], datetime] = clock
) -> Prepared[R]:
    """Pack and seal; nothing is sent. NotSent when the channel's settings or the content cannot be sent."""
    if type(request).gateway is not settings.gateway:
        raise ValueError(f"{type(request).__name__} does not belong to the gateway {settings.gateway.name}")
    try:
        return wire(settings.gateway.wire).prepare(settings, request, msgid, now())
    except CryptoFault as fault:
        raise NotSent(f"{fault}，请求没有发出") from None
    except TypeError as fault:
        raise NotSent("请求内容无法编码，没有发出") from fault


def prepare_ahead(settings: WireSettings, request: Request[Any]) -> None:
    """Pack and seal what will be prepared next with these settings, so that `prepare` has it ready."""
    wire(settings.gateway.wire).prepare_ahead(settings, request)


def send(
    prepared: Prepared[R],
    *,
    now: Callable[[], datetime] = clock,
    into: Into | None = None,
    meanwhile: Callable[[], None] | None = None,
) -> Exchange[R]:
    """Send it, once. Commit the attempt and write the spool before. `meanwhile`: see transport.post.

    `into` takes a reply that is a file; it is then a success without a word, and what is in the file is the caller's to
    check. Anything but success leaves a part in the file at most.
    """
    started = now()
    try:
        answer = transport.post(
            prepared.url,
            prepared.body,
            prepared.headers,
            connect_timeout=prepared.connect_timeout,
            read_timeout=prepared.read_timeout,
            allowed=prepared.settings.allowed_hosts,
            ca_file=prepared.settings.ca_file,
            address=prepared.settings.host_address,
            tls=prepared.tls,
            into=into,
            meanwhile=meanwhile,
        )
    except NotSent as error:
        return _ended(prepared, Outcome.NOT_SENT, started, now(), sentence=error.sentence)
    except Unknown as doubt:
        try:
            opened = _kind(prepared).refused(prepared, doubt.evidence) if doubt.reason is Doubt.STATUS else None
        except NotSent as error:
            return _ended(prepared, Outcome.NOT_SENT, started, now(), sentence=error.sentence, raw_reply=doubt.evidence)
        if opened is not None:
            return _judged(prepared, opened, doubt.evidence, started, now())
        return _doubtful(prepared, doubt, started, now(), len(doubt.evidence))
    if answer.filed is not None:
        return _filed(prepared, answer.filed, started, now())
    return judge(prepared, answer.body, started_at=started, now=now)


def _filed(prepared: Prepared[R], size: int, started: datetime, ended: datetime) -> Exchange[R]:
    """The reply was a file: there is nothing else to read."""
    said: dict[str, Any] = {"raw_reply": f"[file {size} bytes]".encode(), "sealed_reply_size": size}
    reply = type(prepared.request).reply()()
    return _ended(prepared, Outcome.OK, started, ended, reply=reply, sentence="接口已发来文件", **said)


def judge(
    prepared: Prepared[R], body: bytes, *, started_at: datetime, now: Callable[[], datetime] = clock
) -> Exchange[R]:
    """Read a reply that arrived, in time or late."""
    ended = now()
    try:
        opened = _kind(prepared).open(prepared, body, ended)
    except NotSent as error:
        said: dict[str, Any] = {"sentence": error.sentence, "raw_reply": body}
        return _ended(prepared, Outcome.NOT_SENT, started_at, ended, sealed_reply_size=len(body), **said)
    except Unknown as doubt:
        return _doubtful(prepared, doubt, started_at, ended, len(body))
    return _judged(prepared, opened, body, started_at, ended)


def _kind(prepared: Prepared[Any]) -> Wire:
    return wire(prepared.settings.gateway.wire)


def _judged(prepared: Prepared[R], opened: Opened, body: bytes, started_at: datetime, ended: datetime) -> Exchange[R]:
    """Success, a definite refusal, or a code that proves nothing."""
    common: dict[str, Any] = {
        "code": opened.code,
        "message": opened.message,
        "raw_reply": opened.data or body,
        "sealed_reply_size": len(body),
    }
    if opened.success:
        return _succeeded(prepared, opened, started_at, ended, common)
    refusal = prepared.settings.gateway.refusal(opened.code, type(prepared.request).code, opened.message)
    if refusal is None:
        sentence = _in_doubt(prepared, opened)
        return _ended(prepared, Outcome.UNKNOWN, started_at, ended, reason=Doubt.CODE, sentence=sentence, **common)
    sentence = f"{refusal.sentence}。{refusal.next_step}"
    return _ended(prepared, Outcome.REJECTED, started_at, ended, refusal=refusal, sentence=sentence, **common)


def _in_doubt(prepared: Prepared[Any], opened: Opened) -> str:
    known = prepared.settings.gateway.explained.get(opened.code)
    if known is None:
        return f"{Doubt.CODE.sentence}（{opened.code}）"
    return f"{known.of(opened.message).sentence}。{known.next_step}"


def exchange(
    settings: WireSettings, request: Request[R], *, msgid: str = "", now: Callable[[], datetime] = clock
) -> Exchange[R]:
    """Prepare and send in one go, with a new message id unless one is given: for queries, and for tests of a
    connection."""
    try:
        prepared = prepare(settings, request, msgid or new_msgid(settings, now=now), now=now)
    except NotSent as error:
        at = now()
        return Exchange(Outcome.NOT_SENT, msgid, sentence=error.sentence, started_at=at, ended_at=at)
    return send(prepared, now=now)


def _succeeded(
    prepared: Prepared[R], opened: Opened, started: datetime, ended: datetime, common: dict[str, Any]
) -> Exchange[R]:
    expected = type(prepared.request).reply()
    try:
        data = _kind(prepared).read(prepared, opened.data)
        reply = expected.model_validate(data)
    except Garbled as fault:
        sentence = f"接口已受理，但答复无法读取：{fault}"
        return _ended(prepared, Outcome.OK_UNPARSED, started, ended, sentence=sentence, **common)
    except ValidationError as error:
        found = faults(error, expected)
        sentence = "接口已受理，但答复无法读取：" + "；".join(str(fault) for fault in found[:5])
        if len(found) > 5:
            sentence += f" 等 {len(found)} 处"
        return _ended(prepared, Outcome.OK_UNPARSED, started, ended, sentence=sentence, **common)
    return _ended(prepared, Outcome.OK, started, ended, reply=reply, sentence="接口已受理", **common)


def _doubtful(prepared: Prepared[R], doubt: Unknown, started: datetime, ended: datetime, size: int) -> Exchange[R]:
    return _ended(
        prepared,
        Outcome.UNKNOWN,
        started,
        ended,
        reason=doubt.reason,
        sentence=doubt.sentence,
        raw_reply=doubt.evidence,
        sealed_reply_size=size,
    )


def _ended(prepared: Prepared[R], outcome: Outcome, started: datetime, ended: datetime, **more: Any) -> Exchange[R]:
    return Exchange(
        outcome,
        prepared.msgid,
        raw_request=prepared.plain,
        sealed_request_size=len(prepared.body),
        started_at=started,
        ended_at=ended,
        **more,
    )
