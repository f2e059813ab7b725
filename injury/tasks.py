"""What the worker does for work injury."""

from functools import partial
from typing import cast
from uuid import UUID

from injury.services.enquiries import ENQUIRE, answer_enquiry, forget_old_enquiries
from portal.access.door import tenant_tx
from portal.gateway import client
from portal.gateway.journal import Ask
from portal.jobs import Running, job, sweeper


def asking(running: Running, environment: str) -> Ask:
    """Sends queries for the job's institution in that environment."""
    return cast(Ask, partial(client.ask, institution_id=running.institution_id, environment=environment))


@job(ENQUIRE, title="工伤查询", resumable=True, permission="injury.people.find")
def answer(running: Running) -> str:
    """Ask what an enquiry wants to know; asking again after a crash changes nothing."""
    return answer_enquiry(
        UUID(running.params["enquiry"]),
        ask=partial(asking, running),
        door=running.tx,
        progress=running.progress,
    )


@sweeper(every=3600)
def forget_enquiries(institution_id: int) -> None:
    """Enquiries are kept for 180 days; one that nobody asks any more is ended."""
    with tenant_tx(institution_id):
        forget_old_enquiries()
