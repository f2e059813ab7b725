"""What people and businesses do with operations: open, approve, refuse, withdraw, decide."""

from contextvars import ContextVar
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models.functions import Now
from django.utils import timezone

from portal.access.door import current_institution
from portal.access.member import Member
from portal.gateway import actions
from portal.gateway.environments.standstill import environment_for
from portal.gateway.journal import lease
from portal.gateway.journal.handlers import handler_for, handler_of, write_down
from portal.gateway.journal.models import Evidence, Operation
from portal.gateway.journal.moves import move, tell, tell_business
from portal.gateway.journal.states import LIVE, Finding, Method, State, Task
from portal.gateway.messages import Request
from portal.jobs.queue import later

SEND = "portal.gateway.tasks.send_queued"
RESOLVE = "portal.gateway.tasks.resolve"
#: Keys of the operations that the call being answered has opened, for who wants to know (portal.api); None: nobody.
opened_here: ContextVar[set[Any] | None] = ContextVar("opened_here", default=None)


class AlreadyRunning(Exception):
    """The business object has a live operation of this kind: show that one instead (I1)."""

    def __init__(self, operation: Operation) -> None:
        super().__init__(f"“{operation.title}”正在办理（{operation.sentence}），没有重复提交")
        self.operation = operation
        self.sentence = str(self)


class NotAllowed(Exception):
    """This member may not take this step, or it is too late for it; `sentence` says which."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def open_operation(
    request: Request[Any],
    *,
    key: str,
    by: Member,
    title: str,
    needs_second: bool = False,
    expected: dict[str, Any] | None = None,
    subject: models.Model | str | None = None,
    by_console: bool = False,
) -> Operation:
    """Put a changing request into the journal; it is sent after the commit, or after a second person's approval.

    `key` names the business object: while an operation of this kind with this key lives, AlreadyRunning is raised
    and carries it. `expected`: totals in yuan that the effect must show. `subject`: the row it is about, or a text,
    for `operations_about`. `by_console`: a test call, whose end no business hears of. Inside the institution's door.
    Raises TypeError for a query, LookupError when no handler is registered for the transaction, StandStill while the
    institution's environment is about to change.

    It is sent, and looked into, in the environment the institution works in now; what the outcome of an operation
    begins stays in that operation's environment.
    """
    kind = type(request)
    if kind.safe:
        raise TypeError(f"{kind.__name__} is a query: ask it, it needs no operation")
    if not by_console:
        handler_for(kind.gateway.name, kind.code)
    if by.institution is None or current_institution() != by.institution_id:
        raise RuntimeError("an operation is opened inside its member's institution")
    environment = environment_for(by)
    text, text_hash = write_down(request)
    operation = Operation(
        gateway=kind.gateway.name,
        lane=kind.gateway.lane(request),
        environment=environment,
        kind=kind.code,
        edition=kind.edition,
        business_key=key,
        subject=subject_text(subject),
        title=title,
        request=text,
        request_hash=text_hash,
        expected={name: str(value) for name, value in (expected or {}).items()},
        state=State.DRAFT if needs_second else State.QUEUED,
        four_eyes=needs_second,
        by_console=by_console,
        created_by=by.user,
        created_label=by.label[:100],
        queued_at=None if needs_second else timezone.now(),
    )
    try:
        with transaction.atomic():
            operation.save(force_insert=True)
    except IntegrityError as error:
        same = Operation.objects.filter(environment=environment, kind=kind.code, business_key=key)
        live = same.filter(state__in=LIVE).first()
        if live is None or "gateway_operation_one_live" not in str(error):
            raise
        raise AlreadyRunning(live) from None
    if (mine := opened_here.get()) is not None:
        mine.add(operation.pk)
    tell(operation, actions.OPENED, by=by, kind=operation.kind, key=key, expected=operation.expected)
    if not needs_second:
        wake(operation.gateway, operation.institution_pk, operation.lane)
    return operation


def subject_text(subject: models.Model | str | None) -> str:
    """How a subject is written down: `clearing.application:<id>`, or the text itself."""
    if isinstance(subject, models.Model):
        return f"{subject._meta.label_lower}:{subject.pk}"
    return subject or ""


def operations_about(subject: models.Model | str) -> models.QuerySet[Operation]:
    """The operations about this row, the newest first; what was sent and answered is read when it is asked for."""
    return Operation.objects.filter(subject=subject_text(subject)).defer("request", "reply")


def wake(gateway: str, institution_id: int, lane: str = "") -> None:
    """After the commit, have a worker send what is queued in this lane; who is sending there looks again anyway."""
    if not lease.is_sending(institution_id, gateway, lane):
        later(SEND, institution_id, gateway, lane)


def approve(operation: Operation, *, by: Member) -> None:
    """Let a colleague's draft be sent.

    NotAllowed for one's own, for a key, when it is no draft any more, and when its business says that what was
    prepared no longer holds (`Handler.approvable`).
    """
    _second_person(operation, by, "gateway.operations.approve")
    if stale := handler_of(operation).approvable(operation):
        raise NotAllowed(f"{stale}；请退回，由经办人员重新提交")
    move(operation, State.APPROVED, approved_by=by.user, approved_at=Now())
    tell(operation, actions.APPROVED, by=by, expected=operation.expected)
    move(operation, State.QUEUED, queued_at=Now())
    wake(operation.gateway, operation.institution_pk, operation.lane)


def refuse(operation: Operation, *, by: Member, reason: str) -> None:
    """Send a colleague's draft back, with a reason. NotAllowed as in `approve`, and without a reason."""
    _second_person(operation, by, "gateway.operations.approve")
    reason = _reason(reason)
    move(operation, State.REFUSED, message=f"{by.label}：{reason}")
    tell(operation, actions.REFUSED, by=by, reason=reason)
    tell_business(operation, "withdrawn")


def withdraw(operation: Operation, *, by: Member, reason: str) -> None:
    """Take back what has not been sent. NotAllowed once it has left, or may have."""
    if not by.may("gateway.operations.withdraw"):
        raise NotAllowed("您没有撤回接口业务的权限")
    if operation.state not in (State.DRAFT, State.QUEUED):
        raise NotAllowed(f"“{operation.title}”已是“{operation.sentence}”，不能撤回")
    reason = _reason(reason)
    move(operation, State.WITHDRAWN, message=f"{by.label}：{reason}")
    tell(operation, actions.WITHDRAWN, by=by, reason=reason)
    tell_business(operation, "withdrawn")


def look_now(operation: Operation, *, by: Member) -> None:
    """Investigate a doubtful operation at once, unless its quiet period is still running."""
    if not by.may("gateway.operations.look"):
        raise NotAllowed("您没有要求核实的权限")
    now = timezone.now()
    waiting = Operation.objects.filter(pk=operation.pk, state=State.RESOLVING, version=operation.version)
    if operation.state == State.IN_DOUBT and operation.quiet_until and operation.quiet_until > now:
        raise NotAllowed("静默期未满：此时查询可能看不到结果，系统会在静默期后自动核实")
    if operation.state == State.RESOLVING and not waiting.update(next_look_at=now):
        raise NotAllowed("正在核实，请稍候")
    if operation.state not in (State.IN_DOUBT, State.RESOLVING):
        raise NotAllowed(f"“{operation.title}”已是“{operation.sentence}”，无需自动核实")
    tell(operation, actions.LOOKED, by=by)
    later(RESOLVE, operation.institution_pk, operation.pk)


def look_soon(operation: Operation) -> None:
    """A business has learned something: a doubtful operation that waits for its next look gets it at the next sweep."""
    Operation.objects.filter(pk=operation.pk, state=State.RESOLVING).update(next_look_at=timezone.now())


def decide_manually(
    operation: Operation, verdict: Finding, *, by: Member, reason: str, again: bool = False
) -> Operation:
    """One of two people says how an operation ended that no query can prove.

    The first word is a proposal; when a second person says the same, it is evidence, and the operation ends: applied →
    done, not applied → closed as rejected, or sent again with `again`. A different word replaces the proposal.
    NotAllowed for the person who asked for the operation, for a key, and when it is not in people's hands.
    """
    user = _decider(operation, verdict, by, again)
    reason = _reason(reason)
    attempt = operation.attempt_rows.filter(n=operation.attempts).first()
    common = {"operation": operation, "attempt": attempt, "version": operation.version, "verdict": verdict}
    earlier = proposal(operation)
    if earlier is None or earlier.decided_by == user or (earlier.verdict, earlier.again) != (verdict, again):
        Evidence.objects.create(**common, method=Method.PROPOSAL, note=reason, again=again, decided_by=user)
        tell(operation, actions.PROPOSED, by=by, verdict=Finding(verdict).label, reason=reason)
        return operation
    Evidence.objects.create(
        **common,
        method=Method.PEOPLE,
        note=f"{earlier.decided_by}：{earlier.note}；{user}：{reason}"[:500],
        again=again,
        decided_by=earlier.decided_by,
        confirmed_by=user,
    )
    tell(operation, actions.DECIDED, by=by, verdict=Finding(verdict).label, reason=reason)
    _close(operation, verdict, again, f"{earlier.decided_by}、{user} 认定{Finding(verdict).label}：{reason}")
    return operation


def _close(operation: Operation, verdict: Finding, again: bool, message: str) -> None:
    if verdict == Finding.APPLIED:
        move(operation, State.DONE, message=message, task=Task.NONE)
        tell_business(operation, "applied")
    elif again:
        move(operation, State.QUEUED, message=message, task=Task.NONE, queued_at=Now(), not_before=None, looks=0)
        wake(operation.gateway, operation.institution_pk, operation.lane)
    else:
        move(operation, State.REJECTED, message=message, task=Task.NONE)
        tell_business(operation, "rejected")


def proposal(operation: Operation) -> Evidence | None:
    """The word of the first of two people, while it waits for the second."""
    return (
        operation.evidence_rows.filter(method=Method.PROPOSAL, version=operation.version)
        .select_related("decided_by")
        .order_by("-at", "-id")
        .first()
    )


def mark_read(operation: Operation, *, by: Member, reason: str) -> None:
    """A person has read and dealt with an open task of an ended operation."""
    if not by.may("gateway.operations.decide"):
        raise NotAllowed("您没有处理待办的权限")
    if operation.is_live or operation.task in (Task.NONE, Task.UNAPPLIED):
        raise NotAllowed("这项待办不能这样结束")
    reason = _reason(reason)
    Operation.objects.filter(pk=operation.pk, task=operation.task).update(task=Task.NONE)
    tell(operation, actions.READ, by=by, reason=reason)


def _second_person(operation: Operation, by: Member, name: str) -> None:
    if by.user is None or not by.may(name):
        raise NotAllowed("您没有复核的权限")
    if operation.state != State.DRAFT:
        raise NotAllowed(f"“{operation.title}”已是“{operation.sentence}”，无需复核")
    if by.is_user(operation.created_by_id):
        raise NotAllowed("不能复核自己提交的事项，请由另一位复核人员办理")


def _decider(operation: Operation, verdict: Finding, by: Member, again: bool) -> Any:
    if by.user is None or not by.may("gateway.operations.decide"):
        raise NotAllowed("您没有认定结果的权限")
    if operation.state != State.MANUAL:
        raise NotAllowed(f"“{operation.title}”已是“{operation.sentence}”，不由人工认定")
    if by.is_user(operation.created_by_id):
        raise NotAllowed("提交人不能认定自己的事项，请由另外两人认定")
    if verdict not in (Finding.APPLIED, Finding.NOT_APPLIED) or (again and verdict != Finding.NOT_APPLIED):
        raise NotAllowed("请选择“已生效”或“未生效”；只有未生效的才能重新发送")
    if again and not operation.request:
        raise NotAllowed("没有请求内容，不能重新发送")
    if again and (obstacle := handler_of(operation).resendable(operation)):
        raise NotAllowed(obstacle)
    return by.user


def _reason(reason: str) -> str:
    text = reason.strip()
    if not text:
        raise NotAllowed("请填写理由")
    return text[:300]


__all__ = [
    "AlreadyRunning",
    "NotAllowed",
    "approve",
    "decide_manually",
    "look_now",
    "look_soon",
    "mark_read",
    "open_operation",
    "operations_about",
    "proposal",
    "refuse",
    "wake",
    "withdraw",
]
