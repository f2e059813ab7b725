"""Who carries on what somebody else began, or what the clock began."""

from __future__ import annotations

from portal.access.member import Member
from portal.access.models import Institution
from portal.gateway.journal import Operation
from settlement.services.steps import KEY_LABEL, author

CLOCK = "定时上传"


class Clock(Member):
    """The schedule, as the author of what it begins; has no roles."""

    @property
    def label(self) -> str:
        return CLOCK


def member_named(label: str, institution: Institution) -> Member:
    """The schedule or the interface key of that label."""
    if label == CLOCK:
        return Clock(None, institution, frozenset())
    return Member(None, institution, frozenset(), key=label.removeprefix(KEY_LABEL))


def begun_by(operation: Operation) -> Member:
    """Who asked for the operation, to carry on what they began."""
    if operation.created_by_id is None and operation.created_label == CLOCK:
        return member_named(CLOCK, Institution.objects.get(pk=operation.institution_pk))
    return author(operation)
