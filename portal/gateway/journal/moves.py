"""The only way an operation changes its state: compare and set, look at the count."""

import logging
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from portal.access.member import Member
from portal.audit import Action, record
from portal.gateway import actions
from portal.gateway.journal.handlers import Handler, handler_of, reply_of
from portal.gateway.journal.models import Operation
from portal.gateway.journal.states import LIVE, State, Task
from portal.hooks.announcing import announce
from portal.hooks.events import OPERATION_DONE, OPERATION_DOUBTFUL, OPERATION_REJECTED
from portal.jobs.holds import carrying_on
from portal.jobs.models import JobState
from portal.jobs.services import settle
from portal.vault import closed_for

logger = logging.getLogger(__name__)

#: What jobs that follow an operation show.
MIRROR = {
    State.QUEUED: JobState.WAITING,
    State.SENDING: JobState.WAITING,
    State.DONE: JobState.DONE,
    State.REJECTED: JobState.FAILED,
    State.REVERSED: JobState.FAILED,
    State.REFUSED: JobState.CANCELLED,
    State.WITHDRAWN: JobState.CANCELLED,
    State.IN_DOUBT: JobState.DOUBTFUL,
    State.RESOLVING: JobState.DOUBTFUL,
    State.REVERSING: JobState.DOUBTFUL,
    State.MANUAL: JobState.DOUBTFUL,
}
#: What webhooks are told.
ANNOUNCED = {
    State.DONE: OPERATION_DONE,
    State.REJECTED: OPERATION_REJECTED,
    State.REVERSED: OPERATION_REJECTED,
    State.IN_DOUBT: OPERATION_DOUBTFUL,
    State.MANUAL: OPERATION_DOUBTFUL,
}


class Overtaken(RuntimeError):
    """Somebody else changed the operation in between; nothing was written."""

    sentence = "这项业务的状态刚刚发生了变化，请刷新后再看"


def move(
    operation: Operation, to: State, *, only_if: Q | None = None, sealed: Sequence[str] = (), **changes: Any
) -> None:
    """Bring the operation from the state it was read in to `to`; raises Overtaken when it is no longer there.

    `only_if` joins the same UPDATE: that is where a lease's fence is checked. `sealed`: columns with a new value on the
    instance, written along.
    """
    if to not in LIVE:
        changes.setdefault("finished_at", timezone.now())
        changes.update(next_look_at=None, quiet_until=None)
    message = changes.get("message")
    if isinstance(message, str):
        changes["message"] = message[:500]
    rows = Operation.objects.filter(pk=operation.pk, state=operation.state, version=operation.version)
    if only_if is not None:
        rows = rows.filter(only_if)
    closed = {name: closed_for(operation, name) for name in sealed}
    if not rows.update(state=to, version=F("version") + 1, **closed, **changes):
        raise Overtaken(f"operation {operation.pk} is no longer {operation.state} at version {operation.version}")
    operation.state, operation.version = to, operation.version + 1
    for name, value in changes.items():
        if not hasattr(value, "resolve_expression"):
            setattr(operation, name, value)
    if to in MIRROR:
        settle(operation.pk, MIRROR[to], operation.message)
    if to in ANNOUNCED and not operation.by_console:
        names = ("gateway", "kind", "state", "code")
        facts = {"id": str(operation.pk)} | {name: str(getattr(operation, name)) for name in names}
        announce(ANNOUNCED[to].name, about=operation.business_key, facts=facts, environment=operation.environment)


def tell(operation: Operation, action: Action, *, by: Member | None = None, **details: Any) -> None:
    """Write the operation's step into the institution's audit chain."""
    record(action, operation, by=by, title=operation.title, **details)


def tell_business(operation: Operation, word: str) -> bool:
    """Let the business's handler act on the end of an operation, inside the transaction of the state change.

    What the handler begins in turn belongs to the operation's environment, whichever the institution works in by now.

    What the handler raises undoes its own work only: the operation keeps its state and a task for the sweep (a
    happened effect is never lost), and False is returned.
    """
    try:
        with transaction.atomic(), carrying_on(operation.environment):
            _call(handler_of(operation), operation, word)
            check_keys_now()
    except Exception:
        if connection.needs_rollback:
            raise
        logger.exception("operation %s: the business could not take %s", operation.pk, word)
        if operation.task != Task.UNAPPLIED:
            leave_for_later(operation)
        return False
    return True


#: Deferred keys that this transaction may have broken: of rows it wrote, and to rows it deleted (an id never changes).
#: Naming all four hundred costs milliseconds. Where the server does not count, there is no other way.
SUSPECTS = """
SELECT string_agg(DISTINCT quote_ident(conname), ', ') FROM pg_constraint
 WHERE contype = 'f' AND condeferred AND connamespace = 'public'::regnamespace
   AND (pg_stat_get_xact_tuples_inserted(conrelid) > 0 OR pg_stat_get_xact_tuples_updated(conrelid) > 0
        OR pg_stat_get_xact_tuples_deleted(confrelid) > 0 OR NOT current_setting('track_counts')::boolean)
"""


def check_keys_now() -> None:
    """A broken foreign key must show here, not at the commit, which would take the outcome with it."""
    with connection.cursor() as cursor:
        cursor.execute(SUSPECTS)
        if names := cursor.fetchone()[0]:
            # By name only the one way: the audit's trigger has to wait for the commit.
            cursor.execute(f"SET CONSTRAINTS {names} IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def leave_for_later(operation: Operation) -> None:
    """Note that the business has not taken the end of this operation yet: an open task, which the sweep retries."""
    Operation.objects.filter(pk=operation.pk).update(task=Task.UNAPPLIED)
    operation.task = Task.UNAPPLIED
    tell(operation, actions.UNAPPLIED)


def _call(handler: Handler, operation: Operation, word: str) -> None:
    if word == "applied":
        handler.applied(operation, reply_of(operation))
    elif word == "rejected":
        handler.rejected(operation)
    else:
        handler.withdrawn(operation)


WORDS = {
    State.DONE: "applied",
    State.REJECTED: "rejected",
    State.REVERSED: "rejected",
    State.REFUSED: "withdrawn",
    State.WITHDRAWN: "withdrawn",
}


def tell_again(operation: Operation) -> bool:
    """Try once more what the business could not take; inside the door. True when it could now."""
    locked = Operation.objects.select_for_update(skip_locked=True).filter(pk=operation.pk, task=Task.UNAPPLIED).first()
    if locked is None or not tell_business(locked, WORDS[State(locked.state)]):
        return False
    Operation.objects.filter(pk=locked.pk).update(task=Task.NONE)
    tell(locked, actions.APPLIED_LATER)
    return True
