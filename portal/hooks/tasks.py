from portal.hooks.sending import clear, deliver
from portal.jobs.sweeps import sweeper


def deliver_now(institution_id: int) -> None:
    deliver(institution_id)


@sweeper()
def deliver_due(institution_id: int) -> None:
    """What was refused before, and what a lost task left behind."""
    deliver(institution_id)


@sweeper(every=24 * 3600)
def forget(institution_id: int) -> None:
    clear(institution_id)
