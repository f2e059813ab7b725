"""Unknown is not failure (I4): the reaper finds senders that fell silent, the completer proves what happened (I5)."""

import json
import logging
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from portal.access.door import tenant_tx
from portal.gateway import actions, client
from portal.gateway.errors import GatewayError
from portal.gateway.journal import pace
from portal.gateway.journal.handlers import (
    Applied,
    Declined,
    Moot,
    NotApplied,
    R,
    StillUnknown,
    Verdict,
    class_of,
    handler_of,
    request_of,
    text_of,
)
from portal.gateway.journal.late import late_reply
from portal.gateway.journal.models import Attempt, Evidence, Operation
from portal.gateway.journal.moves import Overtaken, move, tell, tell_business
from portal.gateway.journal.services import RESOLVE, wake
from portal.gateway.journal.states import Finding, Method, Outcome, State, Task
from portal.gateway.messages import Request, masked
from portal.jobs.queue import later

logger = logging.getLogger(__name__)
#: What is moot is judged as if it had happened and was reversed.
FINDINGS = {
    Applied: Finding.APPLIED,
    NotApplied: Finding.NOT_APPLIED,
    StillUnknown: Finding.UNKNOWN,
    Moot: Finding.APPLIED,
    Declined: Finding.NOT_APPLIED,
}
#: Characters of an answer that evidence keeps.
ANSWER_LIMIT = 64_000
ABANDONED = "发送后一直没有收到答复，系统将在静默期后自动核实"


# --- the reaper


def reap(institution_id: int) -> int:
    """Give up attempts whose deadline has passed: their operations are in doubt. How many; safe to run anywhere."""
    with tenant_tx(institution_id):
        late = list(Operation.objects.filter(state=State.SENDING, deadline__lt=Now()))
    return sum(_reap_one(institution_id, operation) for operation in late)


def _reap_one(institution_id: int, operation: Operation) -> bool:
    try:
        with tenant_tx(institution_id):
            attempt = Attempt.objects.select_for_update().get(operation=operation, n=operation.attempts)
            if attempt.outcome:
                return False
            attempt.outcome, attempt.message = Outcome.UNKNOWN, ABANDONED
            attempt.finished_at = timezone.now()
            attempt.save(update_fields=["outcome", "message", "finished_at"])
            move(
                operation,
                State.IN_DOUBT,
                message=ABANDONED,
                quiet_until=Now() + pace.quiet(kind_of(operation)),
                looks=0,
            )
            tell(operation, actions.IN_DOUBT, reason=ABANDONED)
    except Overtaken:
        return False
    return True


def kind_of(operation: Operation) -> type[Request[Any]] | None:
    try:
        return class_of(operation)
    except LookupError:
        return None


# --- the completer


def due(now: datetime) -> Q:
    """Doubtful operations that may be looked into now (quiet period over, or their turn on the watch list)."""
    quiet = Q(state=State.IN_DOUBT) & (Q(quiet_until=None) | Q(quiet_until__lte=now))
    watched = Q(state=State.RESOLVING) & (Q(next_look_at=None) | Q(next_look_at__lte=now))
    return quiet | watched


def resolve(institution_id: int, operation_id: UUID | str) -> State | None:
    """Look into one doubtful operation; its state afterwards, or None when it is not its turn or another was faster."""
    operation = _claim(institution_id, operation_id)
    if operation is None:
        return None
    record = Asked(institution_id, operation.environment)
    verdict = investigate(operation, record)
    try:
        with tenant_tx(institution_id):
            return _conclude(operation, verdict, record)
    except Overtaken:
        return None


def _claim(institution_id: int, operation_id: UUID | str) -> Operation | None:
    """To `resolving`, or to the next version of it: of several completers one goes on."""
    with tenant_tx(institution_id):
        operation = Operation.objects.filter(due(timezone.now()), pk=operation_id).first()
        if operation is None:
            return None
        try:
            move(operation, State.RESOLVING, next_look_at=Now() + pace.look_lasts())
        except Overtaken:
            return None
    return operation


class Asked:
    """The `ask` of an investigation: sends queries on the operation's own environment and remembers them."""

    def __init__(self, institution_id: int, environment: str) -> None:
        self.institution_id = institution_id
        self.environment = environment
        self.asked: list[dict[str, Any]] = []
        self.answered: list[str] = []

    def __call__(self, request: Request[R], /) -> R:
        kind = type(request)
        self.asked.append({"kind": kind.code, "title": kind.title, "request": json.loads(_json(masked(request)))})
        reply = client.ask(request, institution_id=self.institution_id, environment=self.environment)
        self.answered.append(text_of(reply))
        return reply


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def investigate(operation: Operation, ask: Asked) -> Verdict:
    """The late reply if one came, else what the business finds out. Outside any transaction; never raises."""
    client.refuse_inside_transaction()
    with tenant_tx(operation.institution_pk):
        late = late_reply(operation)
        arrived = late.answered.reveal() if late and late.answered else ""
    if late is not None and late.verdict == Finding.APPLIED and arrived:
        kind = kind_of(operation)
        reply = kind.reply().model_validate_json(arrived) if kind else None
        return Applied(reply, late.note)
    if late is not None and late.verdict == Finding.NOT_APPLIED:
        return NotApplied(late.note)
    if not operation.request:
        return StillUnknown("门户没有这条请求的内容，须由人向医保中心核对")
    try:
        return handler_of(operation).investigate(operation, ask)
    except GatewayError as error:
        return StillUnknown(f"查询没有得到答案：{error.sentence}")
    except LookupError:
        return StillUnknown("没有程序能核实这种交易，须人工处理")
    except Exception:
        logger.exception("operation %s could not be investigated", operation.pk)
        return StillUnknown("核实程序出错，已记录，稍后再试")


def _conclude(operation: Operation, verdict: Verdict, record: Asked) -> State:
    """Evidence first, then the state that follows from it, in one transaction."""
    current = Operation.objects.select_for_update().get(pk=operation.pk)
    if (current.state, current.version) != (State.RESOLVING, operation.version):
        raise Overtaken("another completer was faster")
    Evidence.objects.create(
        operation=current,
        attempt=current.attempt_rows.filter(n=current.attempts).first(),
        version=current.version,
        method=Method.QUERY,
        verdict=FINDINGS[type(verdict)],
        note=verdict.evidence[:500],
        asked=record.asked,
        answered=("[" + ",".join(record.answered) + "]")[:ANSWER_LIMIT] if record.answered else None,
    )
    if isinstance(verdict, Applied):
        _adopt(current, verdict)
    elif isinstance(verdict, NotApplied):
        _not_applied(current, verdict)
    elif isinstance(verdict, Moot):
        _reversed(current, verdict)
    elif isinstance(verdict, Declined):
        _declined(current, verdict)
    else:
        _watch(current, verdict)
    return State(current.state)


def _adopt(operation: Operation, verdict: Applied) -> None:
    if verdict.reply is not None:
        operation.reply = text_of(verdict.reply)
        operation.save(update_fields=["reply"])
    move(operation, State.DONE, message=f"经核实已生效：{verdict.evidence}")
    tell(operation, actions.ADOPTED, evidence=verdict.evidence)
    tell_business(operation, "applied")


def _not_applied(operation: Operation, verdict: NotApplied) -> None:
    if operation.attempt_rows.filter(outcome__in=[Outcome.OK, Outcome.OK_UNPARSED]).exists():
        reason = f"接口曾经受理，但核实结果为未生效：{verdict.evidence}"
        Operation.objects.filter(pk=operation.pk).update(task=Task.CONTRADICTION)
        give_to_people(operation, reason)
    elif operation.attempts >= pace.SENDS or not operation.request or operation.recovered:
        give_to_people(operation, f"经核实未生效，须由人决定是否重新发送：{verdict.evidence}")
    elif obstacle := handler_of(operation).resendable(operation):
        _watch(operation, StillUnknown(f"{verdict.evidence}；{obstacle}"))
    else:
        # The hash was checked when it was sent; the request is the very same.
        request_of(operation)
        message = f"经核实未生效，将重新发送：{verdict.evidence}"
        move(operation, State.QUEUED, message=message, queued_at=Now(), not_before=None, looks=0, deadline=None)
        tell(operation, actions.SENT_AGAIN, evidence=verdict.evidence)
        wake(operation.gateway, operation.institution_pk, operation.lane)


def _reversed(operation: Operation, verdict: Moot) -> None:
    """Nothing of it is left at the gateway, whether it ever took effect or not."""
    move(operation, State.REVERSING)
    move(operation, State.REVERSED, message=f"无论是否生效都已不起作用：{verdict.evidence}")
    tell(operation, actions.REVERSED, evidence=verdict.evidence)
    tell_business(operation, "rejected")


def _declined(operation: Operation, verdict: Declined) -> None:
    """It ends without effect, unless the gateway once said otherwise."""
    if operation.attempt_rows.filter(outcome__in=[Outcome.OK, Outcome.OK_UNPARSED]).exists():
        Operation.objects.filter(pk=operation.pk).update(task=Task.CONTRADICTION)
        give_to_people(operation, f"接口曾经受理，但核实结果为没有成功：{verdict.evidence}")
        return
    move(operation, State.REJECTED, message=f"经核实没有成功：{verdict.evidence}")
    tell(operation, actions.DECLINED, evidence=verdict.evidence)
    tell_business(operation, "rejected")


def _watch(operation: Operation, verdict: StillUnknown) -> None:
    looks = operation.looks + 1
    if verdict.for_people or looks >= pace.LOOKS or kind_of(operation) is None or not operation.request:
        Operation.objects.filter(pk=operation.pk).update(looks=looks)
        give_to_people(operation, f"核实 {looks} 次仍无法确定：{verdict.evidence}")
        return
    now = timezone.now()
    Operation.objects.filter(pk=operation.pk, version=operation.version).update(
        looks=looks, next_look_at=pace.next_look(looks, now), message=verdict.evidence[:500]
    )


def give_to_people(operation: Operation, reason: str) -> None:
    """No program may decide this any more: two people will."""
    move(operation, State.MANUAL, message=reason, next_look_at=None)
    tell(operation, actions.GIVEN_TO_PEOPLE, reason=reason)


# --- what a sweep does for one institution


def look_after(institution_id: int) -> None:
    """Reap, then have workers look into what is due and send what is waiting; usually reads one small index."""
    with tenant_tx(institution_id):
        live = list(
            Operation.objects.filter(state__in=[State.QUEUED, State.SENDING, State.IN_DOUBT, State.RESOLVING]).only(
                "id", "institution_id", "gateway", "lane", "state"
            )
        )
        unapplied = list(Operation.objects.filter(task=Task.UNAPPLIED).values_list("pk", flat=True))
        ripe = set(Operation.objects.filter(due(timezone.now())).values_list("pk", flat=True)) if live else set()
    if any(operation.state == State.SENDING for operation in live):
        reap(institution_id)
    for operation in live:
        if operation.pk in ripe:
            later(RESOLVE, institution_id, operation.pk)
    for gateway, lane in sorted({(one.gateway, one.lane) for one in live if one.state == State.QUEUED}):
        wake(gateway, institution_id, lane)
    for pk in unapplied:
        later("portal.gateway.tasks.tell_again", institution_id, pk)
