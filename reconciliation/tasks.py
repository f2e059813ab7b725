"""What the worker does for reconciliation."""

from contextlib import suppress
from functools import partial
from typing import cast
from uuid import UUID

from portal.access.door import tenant_tx
from portal.access.models import Institution
from portal.gateway import client
from portal.gateway.channels.models import Channel
from portal.gateway.journal import Ask
from portal.gateway.national import NATIONAL
from portal.jobs import Running, StandStill, job, sweeper
from portal.ledger.arrivals import READ, TAKE, forget_old_files, read_file, take_file
from reconciliation.models import Decision, DecisionState, Run
from reconciliation.services.alarms import look
from reconciliation.services.deciding import follow
from reconciliation.services.running import reconcile
from reconciliation.services.runs import RECONCILE, end_lost_runs
from reconciliation.services.schedule import run_schedule
from reconciliation.services.totals import Means


@job(RECONCILE, title="对账", resumable=True, permission="reconciliation.runs.view")
def run_reconciliation(running: Running) -> str:
    """Carry one run through; begun again after a crash it asks anew, which changes nothing."""
    run_id = UUID(running.params["run"])
    return reconcile(run_id, means_of(running, run_id), by=running.by)


def means_of(running: Running, run_id: UUID) -> Means:
    """What a run works with, in its own environment."""
    with running.tx():
        environment = str(Run.objects.values_list("environment", flat=True).get(pk=run_id))
        channel = Channel.objects.filter(gateway=NATIONAL.name, environment=environment).first()
    return Means(
        running.institution_id,
        environment,
        ask=cast(Ask, partial(client.ask, institution_id=running.institution_id, environment=environment)),
        fetch=partial(client.download, institution_id=running.institution_id, environment=environment),
        door=running.tx,
        told=running.progress,
        medins_code=channel.medins_code if channel else "",
    )


@sweeper(every=300)
def reconcile_by_schedule(institution_id: int) -> None:
    """Yesterday is reconciled each morning, while the environment changes later; lost runs are ended."""
    with tenant_tx(institution_id):
        end_lost_runs()
    with tenant_tx(institution_id), suppress(StandStill):
        institution = Institution.objects.get(pk=institution_id)
        if institution.is_active:
            run_schedule(institution)


# --- files of entries


@job(READ, title="读取结算账", resumable=True, permission="reconciliation.entries.view")
def read_entries(running: Running) -> str:
    """Read a file beside the book; a long one in several tasks, each behind what the one before has read."""
    arrival_id = UUID(running.params["arrival"])
    return read_file(arrival_id, door=running.tx, progress=running.progress, pause=running.pause_if_late)


@job(TAKE, title="结算账入账", resumable=True, permission="reconciliation.entries.view")
def take_entries(running: Running) -> str:
    """Write a file's entries into the book, all in one transaction."""
    return take_file(UUID(running.params["arrival"]), by=running.by, door=running.tx)


@sweeper(every=3600)
def forget_files(institution_id: int) -> None:
    """Files of entries that nobody decided about within a day."""
    with tenant_tx(institution_id):
        forget_old_files()


# --- decisions and alarms


@sweeper(every=20)
def follow_decisions(institution_id: int) -> None:
    """Decisions whose operation has ended end, too: done, or open again with what the centre said."""
    with tenant_tx(institution_id):
        running = list(Decision.objects.filter(state=DecisionState.RUNNING).select_related("difference"))
    for decision in running:
        with tenant_tx(institution_id):
            follow(decision)


@sweeper(every=60)
def look_for_alarms(institution_id: int) -> None:
    """Days without a run, results that have been in doubt for too long: told once."""
    with tenant_tx(institution_id):
        look(institution_id)
