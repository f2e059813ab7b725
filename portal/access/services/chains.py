"""Records about accounts belong on the platform's chain and, where one is known, on the institution's (design 4.4)."""

from typing import Any

from portal.access.door import current_institution, platform_tx
from portal.access.member import Member
from portal.access.models import Institution, Membership, User
from portal.audit import Action, record, record_into, record_platform


def note(
    action: Action, obj: Any = None, /, *, by: Member, institution: Institution | None = None, **details: Any
) -> None:
    """Record on both chains, joining the open door's transaction if there is one."""
    if current_institution() is not None:
        record(action, obj, by=by, **details)
        record_platform(action, obj, by=by, **details)
        return
    with platform_tx():
        if institution is not None:
            record_into(institution.pk, action, obj, by=by, **details)
        record_platform(action, obj, by=by, **details)


def home_of(user: User | None) -> Institution | None:
    """The institution where a person's sign-ins are recorded: the first by code. Call outside an institution's door."""
    if user is None:
        return None
    rows = Membership.objects.filter(user=user, is_active=True, institution__is_active=True)
    with platform_tx():
        first = rows.select_related("institution").order_by("institution__code").first()
    return first.institution if first else None
