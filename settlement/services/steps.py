"""What every step about a visit has in common: its lock, its operation, its author."""

from typing import Any

from portal.access.member import Member
from portal.access.models import Institution
from portal.gateway.journal import AlreadyRunning, Operation, open_operation
from portal.gateway.messages import Request
from settlement.models import Visit
from settlement.services.control import carried
from settlement.services.refusals import Refused
from settlement.services.vouchers import spend_what_is_shown

KEY_LABEL = "接口密钥 "
#: What an operation carries, never read together with its visit.
HEAVY = ("operation__request", "operation__reply")


def locked(visit: Visit) -> Visit:
    """The visit as it is now, locked until the transaction ends: every step about it waits its turn.

    Services and outcomes take this lock before any other row of the visit.
    """
    found = Visit.objects.select_for_update().get(pk=visit.pk)
    if found.operation_id:
        # Not joined: a join would show the operation as it was before the lock was waited for.
        found.operation = Operation.objects.defer("request", "reply").get(pk=found.operation_id)
    return found


def moved_by(operation: Operation) -> Visit | None:
    """The visit that this operation moves, locked; None for one that nobody here began (found in the spool)."""
    return Visit.objects.select_for_update(of=("self",)).filter(operation=operation).first()


def opened(request: Request[Any], *, by: Member, **more: Any) -> Operation:
    """A new operation; raises Refused with the running one's sentence when there is one already (I1).

    An e-voucher in it is spent, and what goes through the security control takes its check medium with it.
    """
    visit = more.get("subject")
    if isinstance(visit, Visit):
        spend_what_is_shown(request, visit.environment, str(more.get("key", visit.number)))
        request = carried(request, visit)
    try:
        return open_operation(request, by=by, **more)
    except AlreadyRunning as running:
        raise Refused(running.sentence).behind(running.operation.pk) from None


def move(visit: Visit, state: str, operation: Operation | None, *, note: str = "", **changes: Any) -> None:
    """Write the visit's new state, the operation under way (None: none any more) and why; a new version."""
    visit.state, visit.operation, visit.note, visit.version = state, operation, note[:400], visit.version + 1
    for name, value in changes.items():
        setattr(visit, name, value)
    visit.save(update_fields=["state", "operation", "note", "version", *changes])


def refuse_while_moving(visit: Visit) -> None:
    """Nothing begins while an operation about the visit is under way or in doubt."""
    if visit.is_moving:
        raise Refused(f"这次就诊{visit.shown_state}，有结果后再办理")


def needs_second(by: Member) -> bool:
    """Whether the institution wants a second person for what cannot be undone."""
    return by.institution is not None and by.institution.four_eyes


def author(operation: Operation) -> Member:
    """Who asked for the operation, to carry on what they began; has no roles, so it passes no permission check."""
    institution = Institution.objects.get(pk=operation.institution_pk)
    key = operation.created_label.removeprefix(KEY_LABEL) if operation.created_by is None else ""
    return Member(operation.created_by, institution, frozenset(), key=key)
