from importlib import import_module

from django.conf import settings

from portal.jobs.pulses import is_due
from portal.jobs.sweeps import machine_sweeper

DAY = 24 * 3600


@machine_sweeper
def forget_sessions() -> None:
    """Expired sessions, once a day on whichever machine is first."""
    if is_due("access.forget_sessions", DAY):
        import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
