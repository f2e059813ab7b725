from portal.api.idempotency import forget_old_calls
from portal.jobs.sweeps import sweeper


@sweeper(every=24 * 3600)
def forget(institution_id: int) -> None:
    """Answers of changing calls are kept for 180 days."""
    forget_old_calls(institution_id)
