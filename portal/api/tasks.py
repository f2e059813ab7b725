from portal.api.idempotency import forget_old_calls
from portal.api.signing import forget_old_nonces
from portal.jobs.sweeps import sweeper


@sweeper(every=24 * 3600)
def forget(institution_id: int) -> None:
    """Answers of changing calls are kept for 180 days."""
    forget_old_calls(institution_id)


@sweeper(every=3600)
def forget_nonces(institution_id: int) -> None:
    forget_old_nonces(institution_id)
