"""What the worker does for settlement."""

from contextlib import suppress
from functools import partial
from typing import cast
from uuid import UUID

from portal.access.door import tenant_tx
from portal.access.models import Institution
from portal.gateway import client
from portal.gateway.journal import Ask
from portal.jobs import Running, StandStill, job, sweeper
from settlement.services.catalogue import DOWNLOAD, Means, download_all, run_refresh
from settlement.services.catalogue.store import required_region
from settlement.services.code_lists import FETCH_CODES, fetch_codes
from settlement.services.control import OBTAIN, carry_out, forget_old_media
from settlement.services.enquiries import ENQUIRE, answer_enquiry, forget_old_enquiries
from settlement.services.identity import IDENTIFY, answer_identification, end_lost_identifications
from settlement.services.settling.fetching import FETCH, fetched
from settlement.services.settling.flows import FLOWS
from settlement.services.settling.previews import PREVIEW, answer_preview
from settlement.services.settling.reversal import PROVE, prove, start_proof, unproven

__all__ = ["FLOWS"]


def asking(running: Running, environment: str) -> Ask:
    """Sends queries for the job's institution in that environment."""
    return cast(Ask, partial(client.ask, institution_id=running.institution_id, environment=environment))


# --- settling


@job(PREVIEW, title="预结算", resumable=True, permission="settlement.visits.view")
def preview(running: Running) -> str:
    """Ask what a settlement would be; asking again after a crash changes nothing."""
    return answer_preview(UUID(running.params["settlement"]), ask=partial(asking, running), door=running.tx)


@job(FETCH, title="取回结算信息", resumable=True, permission="settlement.visits.view")
def fetch(running: Running) -> str:
    """Ask for the amounts of a settlement whose answer nobody could read."""
    return fetched(UUID(running.params["settlement"]), ask=partial(asking, running), door=running.tx)


@job(PROVE, title="核实冲正", resumable=True, permission="settlement.visits.view")
def prove_reversal(running: Running) -> str:
    """Show that nothing is left of what was reversed."""
    return prove(UUID(running.params["reversal"]), door=running.tx)


@sweeper(every=60)
def look_after_reversals(institution_id: int) -> None:
    """Reversals whose proof got lost, or proved nothing yet."""
    for reversal in unproven(institution_id):
        try:
            with tenant_tx(institution_id):
                start_proof(reversal)
        except StandStill:
            return


# --- identifying people


@job(IDENTIFY, title="识别参保人", resumable=True, permission="settlement.people.identify")
def identify_person(running: Running) -> str:
    """Ask who came to the desk; a code that was read is refused the second time, which the answer then says."""
    return answer_identification(UUID(running.params["identification"]), ask=partial(asking, running), door=running.tx)


@job(OBTAIN, title="调用安全控件", resumable=True, permission="settlement.people.identify")
def obtain_medium(running: Running) -> str:
    """Ask the security control for a check medium."""
    return carry_out(running.params, door=running.tx, label=running.started_label)


@sweeper(every=600)
def forget_identifications(institution_id: int) -> None:
    """What nobody asks any more is ended; what is old goes."""
    with tenant_tx(institution_id):
        end_lost_identifications()
        forget_old_media()


# --- catalogues


@job(DOWNLOAD, title="下载医保目录", resumable=True, permission="settlement.catalogue.view")
def download_catalogues(running: Running) -> str:
    """Bring the named catalogues up to date, one after the other; begun again, it goes on with what is missing."""
    return download_all(running.params["numbers"], means_of(running), running.progress)


def means_of(running: Running) -> Means:
    """What a download works with."""
    environment = str(running.params["environment"])
    where = {"institution_id": running.institution_id, "environment": environment}
    with running.tx():
        region = required_region(environment)
    return Means(
        holder=running.id,
        region=region,
        environment=environment,
        ask=asking(running, environment),
        fetch=partial(client.download, **where),
        door=running.tx,
        by=running.by,
    )


@sweeper(every=300)
def refresh_catalogues(institution_id: int) -> None:
    """Catalogues keep themselves new where the institution wants it; while its environment changes, later."""
    with tenant_tx(institution_id), suppress(StandStill):
        run_refresh(Institution.objects.get(pk=institution_id))


@job(FETCH_CODES, title="获取中心字典", resumable=True, permission="settlement.catalogue.view")
def fetch_dictionaries(running: Running) -> str:
    """Ask for the region's dictionaries; asking again changes nothing."""
    environment = str(running.params["environment"])
    return fetch_codes(running.params, ask=asking(running, environment), door=running.tx, progress=running.progress)


# --- queries


@job(ENQUIRE, title="医保查询", resumable=True, permission="settlement.enquiries.ask")
def answer_query(running: Running) -> str:
    """Ask what a query wants to know; asking again after a crash changes nothing."""
    return answer_enquiry(
        UUID(running.params["enquiry"]),
        ask=partial(asking, running),
        door=running.tx,
        progress=running.progress,
    )


@sweeper(every=3600)
def forget_queries(institution_id: int) -> None:
    """Queries are kept for 180 days; one that nobody asks any more is ended."""
    with tenant_tx(institution_id):
        forget_old_enquiries()
