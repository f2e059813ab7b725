"""What workers and sweeps do for the journal; every task is "look at the journal of institution N"."""

import time
from uuid import UUID

from portal.access.door import tenant_tx
from portal.gateway import drawer  # noqa: F401  adds operations to the drawer of every page
from portal.gateway.console import asking  # noqa: F401  the worker's side of the test console
from portal.gateway.desk import checking  # noqa: F401  the worker's side of asking a bridge how it is
from portal.gateway.environments.services.completion import complete_switch
from portal.gateway.journal import doubt, moves, recovery, sending
from portal.gateway.journal.models import Operation
from portal.gateway.national.signing import tasks as signing_tasks  # noqa: F401  the worker's side of operators' shifts
from portal.gateway.sessions import tasks as session_tasks  # noqa: F401  the worker's side of signing in
from portal.jobs.queue import later
from portal.jobs.sweeps import machine_sweeper, sweeper

#: Seconds one task sends; the queue's own time-out is far longer.
LONGEST = 240.0


def send_queued(institution_id: int, gateway: str, lane: str = "") -> None:
    """Send what is queued in this lane of a gateway; goes on in a new task when there is much of it."""
    began = time.monotonic()
    sending.send_queued(institution_id, gateway, lane, seconds=LONGEST)
    if time.monotonic() - began >= LONGEST:
        later("portal.gateway.tasks.send_queued", institution_id, gateway, lane)
    complete_switch(institution_id)  # a switch of the environment may have waited for exactly this


def resolve(institution_id: int, operation_id: str) -> None:
    """Look into one doubtful operation, if it is its turn."""
    doubt.resolve(institution_id, UUID(operation_id))


def tell_again(institution_id: int, operation_id: str) -> None:
    """Let a business take what it could not take when its operation ended."""
    with tenant_tx(institution_id):
        operation = Operation.objects.filter(pk=operation_id).first()
        if operation is not None:
            moves.tell_again(operation)


@sweeper()
def look_after_journal(institution_id: int) -> None:
    doubt.look_after(institution_id)


@machine_sweeper
def compare_spool() -> None:
    recovery.compare_spool()
