"""The worker's side of a switch: it happens as soon as nothing runs any more, or is given up in time."""

from portal.gateway.environments.services.completion import complete_switch
from portal.jobs.sweeps import sweeper


def complete(institution_id: int) -> None:
    complete_switch(institution_id)


@sweeper()
def complete_switches(institution_id: int) -> None:
    complete_switch(institution_id)
