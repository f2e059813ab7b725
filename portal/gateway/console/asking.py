"""The job that sends a query from the console."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone

from portal.gateway import client
from portal.gateway.console.models import ConsoleCall
from portal.gateway.console.services import JOB, content_of, kind_of
from portal.gateway.errors import NotSent
from portal.gateway.journal.states import Outcome
from portal.jobs import Running, job


@job(JOB, title="接口测试", resumable=True, permission="gateway.console.view")
def ask_for_call(running: Running) -> str:
    """One message, and what came of it beside the call; a call that has its answer is not asked again."""
    with running.tx():
        call = ConsoleCall.objects.get(pk=UUID(running.params["call"]))
        if call.finished_at is not None:
            return call.message
        request = kind_of(call).model_validate(content_of(call))
    try:
        attempt = client.ask_by_hand(request, institution_id=running.institution_id, environment=call.environment)
    except NotSent as error:
        changes: dict[str, Any] = {"outcome": Outcome.NOT_SENT, "message": error.sentence[:500]}
    else:
        changes = {"attempt": attempt, "outcome": attempt.outcome, "code": attempt.code, "message": attempt.message}
    with running.tx():
        ConsoleCall.objects.filter(pk=call.pk).update(finished_at=timezone.now(), **changes)
    return str(changes["message"])
