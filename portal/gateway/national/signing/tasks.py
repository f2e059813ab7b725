"""What the worker does about operators' shifts."""

from portal.gateway.national.signing.acts import KIND, carry_out
from portal.gateway.national.signing.leaving import sign_out_left
from portal.jobs import Running, job, sweeper


@job(KIND, title="医保签到签退", resumable=True, permission="gateway.sessions.view")
def act_on_shift(running: Running) -> str:
    """Sign in or out, as somebody asked."""
    person = running.by.user if running.by else None
    return carry_out(running.institution_id, running.params, person)


@sweeper()
def sign_out_left_operators(institution_id: int) -> None:
    """End the shifts of those who have gone."""
    sign_out_left(institution_id)
