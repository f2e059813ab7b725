"""The end of a switch: the flip in one transaction when nothing runs any more, or giving it up when time is over."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from portal.access.door import tenant_tx
from portal.access.models import Institution
from portal.gateway.environments import actions
from portal.gateway.environments.models import Switch, SwitchState
from portal.gateway.environments.services.readiness import obstacles
from portal.gateway.environments.services.switching import end, is_late, label, tell
from portal.gateway.environments.services.work import work_in


def complete_switch(institution_id: int) -> Switch | None:
    """Complete the switch that drains, if it can be completed now; safe to call at any time, from anywhere.

    Returns it as it stands afterwards (draining: something is still running), None when none drains. Environment,
    state and both records change together or not at all. Opens its own door.
    """
    with tenant_tx(institution_id):
        if not Switch.objects.filter(state=SwitchState.DRAINING).exists():
            return None
        # Alone with the institution: what was allowed to begin has committed and is counted below.
        institution = Institution.objects.select_for_update().get(pk=institution_id)
        switch = Switch.objects.select_for_update(of=("self",)).filter(state=SwitchState.DRAINING).first()
        if switch is None:
            return None
        if institution.environment != switch.before:
            return _abandon(switch, "运行环境已由其他途径改变")
        work = work_in(switch.before)
        if not work.is_drained:
            if is_late(switch, database_now()):
                return _abandon(switch, f"等待超过规定时间，仍有{work.summary}：{work.names}")
            return switch
        if is_late(switch, database_now()):
            return _abandon(switch, "等待超过规定时间，后台服务没有及时完成切换")
        if found := obstacles(switch.after):
            return _abandon(switch, "；".join(found))
        _flip(switch)
        return switch


def _flip(switch: Switch) -> None:
    """Compare and set; everything reads the institution anew, so it holds for the next request of everybody."""
    mine = Institution.objects.filter(pk=switch.institution_pk, environment=switch.before)
    if not mine.update(environment=switch.after):
        raise RuntimeError("the institution's environment changed under its lock")
    end(switch, SwitchState.DONE, "")
    tell(actions.SWITCHED, switch, by=None, before=label(switch.before), after=label(switch.after))


def _abandon(switch: Switch, sentence: str) -> Switch:
    end(switch, SwitchState.ABANDONED, sentence)
    tell(
        actions.ABANDONED,
        switch,
        by=None,
        after=label(switch.after),
        before=label(switch.before),
        reason=switch.note,
    )
    return switch


def database_now() -> datetime:
    """The clock that set the deadline."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: datetime = cursor.fetchone()[0]
    return found
