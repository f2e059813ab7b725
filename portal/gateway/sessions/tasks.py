"""What the worker does about sessions."""

from portal.gateway.sessions.acts import KIND, carry_out
from portal.gateway.sessions.leaving import leave_idle
from portal.jobs import Running, job, sweeper


@job(KIND, title="接口登录", resumable=True, permission="gateway.sessions.view")
def act_on_session(running: Running) -> str:
    """Sign in, out, or take over, as somebody asked."""
    asked = running.params
    return carry_out(running.institution_id, asked["gateway"], asked["environment"], asked["act"])


@sweeper()
def leave_idle_sessions(institution_id: int) -> None:
    """Give back what nobody uses, so that nobody else is locked out."""
    leave_idle(institution_id)
