"""The one question before anything new begins: which environment is it, and may it begin now?

Whoever asks holds the institution's row (shared) until the end of the transaction, and the flip takes it alone: so what
was allowed to begin is seen by the flip, and what comes later sees the flip.
"""

from __future__ import annotations

from django.db import connection
from django.db.models.functions import Now

from portal.access.member import Member
from portal.access.models.institution import Environment
from portal.gateway.environments.models import Switch, SwitchState
from portal.jobs.holds import StandStill, carried_environment, hold, refuse_new_work

CHANGED = "本机构已切换到{now}，这项业务是按{then}办理的，没有提交。请重新打开页面核对后再办理"
WAITING = "本机构正在切换到{after}，等待在途业务结束，期间不能办理新的业务。请在切换完成后再办理"


def environment_for(by: Member) -> str:
    """The environment of work that this member begins now; inside the institution's door.

    Raises StandStill while the institution's environment is about to change, or has changed since the member was read.
    """
    if carried := carried_environment():
        return carried
    refuse_new_work(by.institution_id)
    assert by.institution is not None
    then, now = str(by.institution.environment), locked_environment(by.institution_id)
    if then != now:
        raise StandStill(CHANGED.format(now=Environment(now).label, then=Environment(then).label))
    return now


def locked_environment(institution_id: int) -> str:
    """The institution's environment, which cannot change until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT environment FROM access_institution WHERE id = %s FOR SHARE", [institution_id])
        found = cursor.fetchone()
    return str(found[0])


def draining() -> Switch | None:
    """The switch that waits for running work to end; None also once its time is over."""
    return Switch.objects.filter(state=SwitchState.DRAINING, deadline__gt=Now()).first()


@hold
def refuse_while_draining(institution_id: int) -> None:
    """Raises StandStill while a switch drains; inside the door."""
    locked_environment(institution_id)
    if switch := draining():
        raise StandStill(WAITING.format(after=switch.get_after_display()))
