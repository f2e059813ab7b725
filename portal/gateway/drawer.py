"""The member's operations in the drawer of every page."""

from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from portal.access.member import Member
from portal.gateway.journal.models import Operation
from portal.gateway.journal.states import DOUBTFUL, LIVE, State
from portal.gateway.shown import tone, what_next
from portal.jobs.drawer import Work, work_source

DRAWER = {"doubt": "doubt", "good": "done", "bad": "failed", "warn": "waiting", "brand": "running", "": "quiet"}


@work_source
def operations_of(member: Member, since: datetime) -> list[Work]:
    """What this person asked for, and what waits in doubt."""
    if member.user is None:
        return []
    here = member.institution.environment if member.institution else ""
    # What a switch of the environment left behind in doubt stays in sight, under its environment's name.
    shown = Q(environment=here) & (Q(state__in=LIVE) | Q(created_at__gte=since)) | Q(state__in=DOUBTFUL)
    mine = Operation.objects.filter(shown, created_by=member.user).defer("request", "reply")
    return [
        Work(
            title=operation.title
            if operation.environment == here
            else f"〔{operation.get_environment_display()}〕{operation.title}",
            state=operation.sentence,
            tone=DRAWER[tone(operation)],
            note=what_next(operation) if operation.is_live else operation.message,
            percent=None,
            url=reverse("gateway:operation", args=[operation.pk]),
            at=operation.finished_at or operation.state_since,
            is_live=operation.is_live and operation.state != State.DRAFT,
        )
        for operation in mine[:50]
    ]
