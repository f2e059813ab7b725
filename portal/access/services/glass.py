"""Break-glass: the platform reads one institution for half an hour (design 4.1); call outside every door."""

from django.http import HttpRequest
from django.utils import timezone

from portal.access import actions
from portal.access.door import tenant_tx
from portal.access.gate import SESSION_GLASS
from portal.access.member import Member
from portal.access.models import BreakGlass, Institution
from portal.access.services.chains import note
from portal.access.services.refusals import NotAllowed


def break_glass(request: HttpRequest, institution: Institution, reason: str, *, by: Member) -> BreakGlass:
    """Open; the institution's own chain says so first. Raises NotAllowed without a reason of substance."""
    if len(reason.strip()) < 5:
        raise NotAllowed("请写明理由，至少 5 个字", "reason")
    with tenant_tx(institution.pk):
        glass = BreakGlass.objects.create(user=by.person, reason=reason.strip())
        note(actions.GLASS_BROKEN, glass, by=by, username=by.person.username, reason=glass.reason)
    request.session[SESSION_GLASS] = str(glass.pk)
    return glass


def close_glass(request: HttpRequest, glass: BreakGlass, *, by: Member) -> None:
    """End before the half hour is over."""
    request.session.pop(SESSION_GLASS, None)
    with tenant_tx(glass.institution.pk):
        BreakGlass.objects.filter(pk=glass.pk, closed_at=None).update(closed_at=timezone.now())
        note(actions.GLASS_CLOSED, glass, by=by, username=by.person.username)
