"""Signs of life of the worker processes on this machine."""

import contextlib
import logging
import platform
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.utils import timezone

from portal.jobs import pace
from portal.jobs.models import Pulse

logger = logging.getLogger(__name__)


def beat_name() -> str:
    return f"beat:{platform.node()}"[:120]


def mark(name: str) -> None:
    Pulse.objects.update_or_create(name=name, defaults={"at": timezone.now()})


def last(name: str) -> datetime | None:
    return Pulse.objects.filter(name=name).values_list("at", flat=True).first()


def is_due(name: str, every: float) -> bool:
    """Whether `every` seconds have passed since the last time this said yes; of several callers only one hears yes."""
    now = timezone.now()
    if Pulse.objects.filter(name=name, at__lte=now - timedelta(seconds=every)).update(at=now):
        return True
    return Pulse.objects.get_or_create(name=name, defaults={"at": now})[1]


@contextlib.contextmanager
def beating(also: Callable[[], None] | None = None) -> Iterator[None]:
    """While the block runs, a thread tells the watchdog that this process lives (and calls `also`)."""
    over = threading.Event()

    def tell() -> None:
        try:
            while not over.wait(pace.beat()):
                try:
                    mark(beat_name())
                    if also:
                        also()
                except DatabaseError:
                    logger.exception("a sign of life could not be written")
                    connection.close()
        finally:
            connection.close()

    mark(beat_name())
    thread = threading.Thread(target=tell, name="beat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=5)
