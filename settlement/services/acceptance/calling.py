"""Making one call of a run: a query that is asked, a change that goes through the journal as a test call, a file."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.utils import timezone
from pydantic import ValidationError

from portal.access.member import Member
from portal.gateway import client, wire
from portal.gateway.archives import BadArchive
from portal.gateway.errors import NotSent, Rejected, Unknown
from portal.gateway.journal import Attempt, Operation, Outcome, State, open_operation, send_queued
from portal.gateway.messages import Record, Request
from portal.gateway.national import NATIONAL
from portal.gateway.national.signing.services import as_operator
from portal.jobs.pace import factor
from settlement.models import AcceptanceCase

Door = Callable[[], AbstractContextManager[Any]]
#: Seconds that a change may wait for its turn and its answer.
PATIENCE = 240.0
UNDER_WAY = (State.QUEUED, State.SENDING, State.APPROVED)


@dataclass(frozen=True)
class Came:
    """What came of a call. `reply` is there when it succeeded and could be read; `refused` when the centre said no."""

    sentence: str
    reply: Record | None = None
    succeeded: bool = False
    refused: bool = False
    attempt: Attempt | None = None

    @property
    def msgid(self) -> str:
        return self.attempt.msgid if self.attempt else ""


@dataclass(frozen=True)
class Caller:
    """Who calls: the member who began the run, in its environment."""

    institution_id: int
    environment: str
    by: Member
    door: Door
    settings: wire.WireSettings

    def ask(self, request: Request[Any]) -> Came:
        """A query, once; it stands in the exchange log as a test."""
        try:
            attempt = client.ask_by_hand(request, institution_id=self.institution_id, environment=self.environment)
        except NotSent as error:
            return Came(error.sentence)
        return _came(attempt, type(request))

    def change(self, case: AcceptanceCase, request: Request[Any]) -> Came:
        """A change, through the journal; begun before, it is only waited for."""
        if case.operation is None:
            with self.door():
                case.operation = open_operation(
                    request,
                    key=f"acceptance:{case.pk}",
                    by=self.by,
                    title=f"接入验收：{case.number} {case.name}",
                    subject=case.run,
                    by_console=True,
                )
                case.called_at = timezone.now()
                case.save(update_fields=["operation", "called_at"])
        return self.wait(case.operation, type(request))

    def wait(self, operation: Operation, kind: type[Request[Any]]) -> Came:
        """Until the change has its answer, or its patience is over."""
        until = time.monotonic() + PATIENCE * max(factor(), 0.05)
        while True:
            send_queued(self.institution_id, NATIONAL.name)
            with self.door():
                now = Operation.objects.get(pk=operation.pk)
                attempt = now.attempt_rows.order_by("-n").first()
            if now.state not in UNDER_WAY or time.monotonic() > until:
                break
            time.sleep(0.2)
        if attempt is None or now.state in UNDER_WAY:
            return Came(f"没有发出：{now.message or '排队等待发送'}", attempt=attempt)
        if now.is_doubtful:
            return Came("没有得到确定的答复，结果待确认；由两位人员在“接口业务”中认定", attempt=attempt)
        return _came(attempt, kind)

    def download(self, request: Request[Any]) -> Came:
        """A file (9102), looked at and thrown away."""
        began = timezone.now()
        sentence, size, refused = "", 0, False
        with TemporaryDirectory() as folder:
            try:
                file = Path(folder) / "file.zip"
                size = client.download(request, file, institution_id=self.institution_id, environment=self.environment)
            except Rejected as error:
                sentence, refused = error.sentence, True
            except (NotSent, Unknown, BadArchive) as error:
                sentence = getattr(error, "sentence", str(error))
        with self.door():
            rows = Attempt.objects.filter(gateway=NATIONAL.name, kind=type(request).code, sent_at__gte=began)
            attempt = rows.order_by("-sent_at").first()
        if sentence:
            return Came(sentence, refused=refused, attempt=attempt)
        return Came(f"文件 {size:,} 字节，压缩包完好", type(request).reply()(), succeeded=True, attempt=attempt)

    def sign_on(self) -> Came:
        """9001 as the channel's own operator; the number is a new one, so nobody who works is disturbed."""
        kind = wire.wire(self.settings.gateway.wire)
        return self.ask(kind.sign_on(as_operator(self.settings, None)))

    def sign_off(self, number: str) -> Came:
        kind = wire.wire(self.settings.gateway.wire)
        return self.ask(kind.sign_off(replace(as_operator(self.settings, None), sign_no=number)))


def _came(attempt: Attempt, kind: type[Request[Any]]) -> Came:
    if attempt.outcome == Outcome.OK:
        with suppress(ValueError, ValidationError):
            reply = kind.reply().model_validate(told(attempt))
            return Came(attempt.message, reply, succeeded=True, attempt=attempt)
    refused = attempt.outcome == Outcome.REJECTED and not attempt.code.startswith("401")
    return Came(attempt.message or str(attempt.get_outcome_display()), refused=refused, attempt=attempt)


def told(attempt: Attempt) -> dict[str, Any]:
    """The answer as it came; empty when there is none to read."""
    try:
        found = json.loads(str(attempt.raw_reply.reveal())) if attempt.raw_reply is not None else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
