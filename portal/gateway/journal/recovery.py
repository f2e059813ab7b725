"""After a restore: what the spool knows and the journal does not was sent, and is never sent again (design 3.2)."""

import logging
from datetime import date

from django.utils import timezone

from portal.access.door import tenant_tx
from portal.access.models import Institution
from portal.gateway import actions
from portal.gateway.journal import pace, spool
from portal.gateway.journal.doubt import kind_of
from portal.gateway.journal.models import Attempt, Evidence, Operation, SpoolMark
from portal.gateway.journal.moves import move, tell
from portal.gateway.journal.states import Finding, Method, Outcome, State, Task

logger = logging.getLogger(__name__)
MESSAGE = "数据恢复后在发送登记簿中发现：这条报文已发出，结果待确认"
#: A request that nobody remembers; the column may not be empty.
FORGOTTEN = ""


def compare_spool() -> int:
    """Compare this machine's spool with the journal, from where the last comparison ended; how many lines were lost.

    The mark is in the database, so a restored database reads again what was written since its backup.
    """
    name = spool.own_name()
    lost = 0
    for day in spool.days():
        mark = SpoolMark.objects.filter(spool=name, day=day).first()
        offset = mark.offset if mark else 0
        if offset < spool.size(day):
            lost += _compare_day(name, day, offset)
    return lost


def _compare_day(name: str, day: date, offset: int) -> int:
    lost = 0
    for line, offset_after in spool.read(day, offset):
        if isinstance(line, spool.TornLine):
            logger.error("spool %s: a torn line before byte %s: compare with the gateway by hand", day, offset_after)
        else:
            lost += _compare_line(line)
        offset = offset_after
    SpoolMark.objects.update_or_create(spool=name, day=day, defaults={"offset": offset})
    return lost


def _compare_line(line: spool.Line) -> bool:
    if not Institution.objects.filter(pk=line.institution).exists():
        logger.error("spool: message %s belongs to institution %s, which is unknown", line.msgid, line.institution)
        return False
    with tenant_tx(line.institution):
        if Attempt.objects.filter(msgid=line.msgid).exists():
            return False
        operation = Operation.objects.select_for_update().filter(pk=line.operation).first() or _forgotten(line)
        adopt_line(operation, line)
    logger.error("spool: message %s was sent and is not in the journal; in doubt now", line.msgid)
    return True


def _forgotten(line: spool.Line) -> Operation:
    """An operation that the database has never heard of: only its kind and its message id are known."""
    kind = f"{line.kind}：恢复前发出、数据库中没有的请求"
    operation = Operation(
        id=line.operation,
        gateway=line.gateway,
        environment=line.environment,
        kind=line.kind,
        business_key=f"spool:{line.msgid}",
        title=kind[:200],
        request=FORGOTTEN,
        request_hash=line.hash,
        state=State.IN_DOUBT,
        attempts=line.n,
        recovered=True,
        task=Task.RECOVERED,
        message=MESSAGE,
        created_label="发送登记簿",
    )
    operation.save(force_insert=True)
    operation.refresh_from_db()
    return operation


def adopt_line(operation: Operation, line: spool.Line) -> None:
    """Give the operation the attempt it lost, and put it in doubt unless it has ended; inside the door."""
    attempts = max(operation.attempts, line.n)
    Operation.objects.filter(pk=operation.pk).update(recovered=True, task=Task.RECOVERED, attempts=attempts)
    operation.refresh_from_db()
    taken = set(operation.attempt_rows.values_list("n", flat=True))
    if attempts in taken:
        attempts = max(taken) + 1
        Operation.objects.filter(pk=operation.pk).update(attempts=attempts)
        operation.refresh_from_db()
    Attempt(
        operation=operation,
        gateway=line.gateway,
        environment=line.environment,
        kind=line.kind,
        n=attempts,
        msgid=line.msgid,
        fence=line.fence,
        sent_at=spool.sent_at(line),
        outcome=Outcome.UNKNOWN,
        finished_at=timezone.now(),
        message=MESSAGE,
    ).save(force_insert=True)
    if operation.state in (State.DRAFT, State.APPROVED, State.QUEUED):
        quiet = timezone.now() + pace.quiet(kind_of(operation))
        move(operation, State.IN_DOUBT, message=MESSAGE, quiet_until=quiet, looks=0)
    Evidence.objects.create(
        operation=operation,
        attempt=operation.attempt_rows.get(msgid=line.msgid),
        version=operation.version,
        method=Method.SPOOL,
        verdict=Finding.UNKNOWN,
        note=f"登记簿 {line.at} 记有报文 {line.msgid}，数据库中没有",
    )
    tell(operation, actions.RECOVERED, msgid=line.msgid)
