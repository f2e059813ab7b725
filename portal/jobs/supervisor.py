"""One process that keeps the queue's processes alive, asks for the sweep, and leaves nothing behind when it stops.

django-q cannot be trusted with that (measured): a killed idle worker leaves the others waiting for ever, and a cluster
that is killed leaves its children. So it runs in a process group of its own, watched from outside.
"""

import logging
import signal
import time
from types import FrameType

from django.db import DatabaseError, connection
from django.utils import timezone

from portal.jobs import pace, pulses
from portal.jobs.cluster import Cluster
from portal.jobs.queue import later, waiting
from portal.jobs.sweeps import sweep_machine

logger = logging.getLogger(__name__)
SWEEP = "portal.jobs.tasks.sweep"
ASKED, STARTED = "sweep:asked", "sweep:started"
#: Seconds between two looks at the child.
TICK = 0.25


class Supervisor:
    """`run()` returns after SIGTERM, SIGINT or SIGHUP, when every process it started is gone."""

    def __init__(self) -> None:
        self.child: Cluster | None = None
        self.stopping = False
        self.seen: dict[int, float] = {}
        self.next_look = 0.0

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._stop)
        # Before anything is sent: what was sent and forgotten (a restored database) must be known.
        sweep_machine()
        try:
            while not self.stopping:
                self._keep_alive()
                self._look()
                time.sleep(TICK)
        finally:
            if self.child is not None:
                self.child.end(pace.STOP)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _keep_alive(self) -> None:
        if self.child is not None:
            if self.child.is_running():
                return
            logger.error("the queue ended by itself: starting it again")
            self.child.end(0)
            if self.child.age() < 5:
                self._pause(2)
        if not self.stopping:
            self.seen.clear()
            self.child = Cluster.start()

    def _pause(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self.stopping and time.monotonic() < end:
            time.sleep(TICK)

    # --- the sweep and the watchdog

    def _look(self) -> None:
        now = time.monotonic()
        if now < self.next_look:
            return
        self.next_look = now + pace.sweep()
        try:
            sweep_machine()
            self._ask_for_sweep()
            if self.child is not None and self._is_dead(self.child):
                logger.error("no sign of life from the queue for %.0f s with work waiting: killing it", pace.dead())
                self.child.end(0)
        except DatabaseError:
            logger.exception("the database does not answer; trying again")
            connection.close()
        except OSError:
            logger.exception("the spool cannot be read; trying again")

    def _ask_for_sweep(self) -> None:
        """One at a time: while a sweep waits for a free worker, another one would only make the queue longer."""
        asked, started = pulses.last(ASKED), pulses.last(STARTED)
        if asked is not None and (started is None or started < asked):
            lost = (timezone.now() - asked).total_seconds() > pace.dead()
            if not lost:
                return
        pulses.mark(ASKED)
        later(SWEEP)

    def _is_dead(self, child: Cluster) -> bool:
        now = time.monotonic()
        self.seen = {pk: self.seen.get(pk, now) for pk in waiting()}
        if child.age() < pace.dead() or not any(now - since > pace.dead() for since in self.seen.values()):
            return False
        beat = pulses.last(pulses.beat_name())
        return beat is None or (timezone.now() - beat).total_seconds() > pace.dead()
