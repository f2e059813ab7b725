"""How often and how long, in seconds. Production always runs at full length; tests and the demo may run faster."""

import os

from django.conf import settings


def factor() -> float:
    """What every waiting time is multiplied by: 1 in production, else PORTAL_QUIET_FACTOR (setting or environment)."""
    if settings.PRODUCTION:
        return 1.0
    given = getattr(settings, "PORTAL_QUIET_FACTOR", None)
    return float(os.environ.get("PORTAL_QUIET_FACTOR", "1") if given is None else given)


def beat() -> float:
    """A running task shows that it is alive this often."""
    return max(0.5, 10 * factor())


def stale() -> float:
    """A job without a beat for this long has lost its runner."""
    return max(4.0, 90 * factor())


def sweep() -> float:
    """How often orphaned work is looked for."""
    return max(1.0, 30 * factor())


def dead() -> float:
    """A queue without a beat for this long, with work waiting, is killed and started again (design 3.3)."""
    return max(8.0, 180 * factor())


#: A stopping worker gets this long to finish what it is sending; bin/demo waits a little longer for it.
STOP = 15.0
