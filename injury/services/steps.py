"""What every step about an admission has in common: its lock, its operation, its author."""

from typing import Any

from django.utils import timezone

from injury.models import Admission
from injury.services.refusals import Refused
from portal.access.member import Member
from portal.access.models import Institution
from portal.gateway.journal import AlreadyRunning, Operation, open_operation
from portal.gateway.messages import Request

KEY_LABEL = "接口密钥 "
#: What an operation carries, up to 27 MB of it: never read together with its admission.
HEAVY = ("operation__request", "operation__reply")


def locked(admission: Admission) -> Admission:
    """The admission as it is now, locked until the transaction ends: every step about it waits its turn.

    Services, outcomes and uploads take this lock before any row of the admission.
    """
    found = Admission.objects.select_for_update().get(pk=admission.pk)
    if found.operation_id:
        # Not joined: a join would show the operation as it was before the lock was waited for.
        found.operation = Operation.objects.defer("request", "reply").get(pk=found.operation_id)
    return found


def moved_by(operation: Operation) -> Admission | None:
    """The admission that this operation moves, locked; None for one that nobody here began (found in the spool)."""
    return Admission.objects.select_for_update(of=("self",)).filter(operation=operation).first()


def opened(request: Request[Any], *, by: Member, **more: Any) -> Operation:
    """A new operation; raises Refused with the running one's sentence when there is one already (I1)."""
    try:
        return open_operation(request, by=by, **more)
    except AlreadyRunning as running:
        raise Refused(running.sentence).behind(running.operation.pk) from None


def move(admission: Admission, state: str, operation: Operation | None, *, note: str = "", **changes: Any) -> None:
    """Write the admission's new state, the operation under way (None: none any more) and why."""
    admission.state, admission.operation, admission.note = state, operation, note[:400]
    for name, value in changes.items():
        setattr(admission, name, value)
    admission.save(update_fields=["state", "operation", "note", *changes])


def refuse_while_moving(admission: Admission) -> None:
    """Nothing begins while an operation moves the admission."""
    if admission.operation is not None and admission.operation.is_live:
        raise Refused(f"这次就诊{admission.shown_state}，有结果后再办理")


def needs_second(by: Member) -> bool:
    """Whether the institution wants a second person for what cannot be undone."""
    return by.institution is not None and by.institution.four_eyes


def author(operation: Operation) -> Member:
    """Who asked for the operation, to carry on what they began; has no roles, so it passes no permission check."""
    institution = Institution.objects.get(pk=operation.institution_pk)
    key = operation.created_label.removeprefix(KEY_LABEL) if operation.created_by is None else ""
    return Member(operation.created_by, institution, frozenset(), key=key)


def today() -> Any:
    """The day in Asia/Shanghai."""
    return timezone.localdate()
