"""What the worker does for settlement."""

from functools import partial
from typing import cast
from uuid import UUID

from portal.access.door import tenant_tx
from portal.gateway import client
from portal.gateway.journal import Ask
from portal.jobs import Running, StandStill, job, sweeper
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
