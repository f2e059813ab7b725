"""One process that keeps the queue's processes alive, asks for the sweep, and leaves nothing behind when it stops.

django-q cannot be trusted with that (measured): a killed idle worker leaves the others waiting for ever, and a cluster
that is killed leaves its children. So it runs in a process group of its own, watched from outside.
"""

import contextlib
import logging
import os
import signal
import subprocess
import sys
import time
from types import FrameType

from django.db import DatabaseError, connection
from django.utils import timezone

from portal.jobs import pace, pulses
from portal.jobs.queue import later
from portal.jobs.sweeps import sweep_machine

logger = logging.getLogger(__name__)
SWEEP = "portal.jobs.tasks.sweep"
ASKED, STARTED = "sweep:asked", "sweep:started"
#: Seconds between two looks at the child.
TICK = 0.25


class Supervisor:
    """`run()` returns 0 after SIGTERM or SIGINT, when every process it started is gone."""

    def __init__(self) -> None:
        self.child: subprocess.Popen[bytes] | None = None
        self.pipe = -1
        self.stopping = False
        self.started_at = 0.0
        self.seen: dict[int, float] = {}
        self.next_sweep = 0.0

    def run(self) -> int:
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
            self._end_child()
        return 0

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    # --- the child

    def _keep_alive(self) -> None:
        if self.child is not None and self.child.poll() is None:
            return
        if self.child is not None:
            logger.error("the queue ended with code %s: starting it again", self.child.returncode)
            self._end_child()
            if time.monotonic() - self.started_at < 5:
                self._sleep(2)
        if self.stopping:
            return
        reading, self.pipe = os.pipe()
        try:
            self.child = subprocess.Popen(
                [sys.executable, sys.argv[0], "worker", "--pipe", str(reading)],
                pass_fds=[reading],
                start_new_session=True,
                stdin=subprocess.DEVNULL,
            )
        finally:
            os.close(reading)
        self.started_at = time.monotonic()
        self.seen.clear()

    def _sleep(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self.stopping and time.monotonic() < end:
            time.sleep(TICK)

    def _end_child(self) -> None:
        """Ask, wait, and then take the whole group: workers of a dead cluster would wait for ever."""
        child, self.child = self.child, None
        if child is None:
            return
        if child.poll() is None:
            child.terminate()
            try:
                child.wait(pace.STOP)
            except subprocess.TimeoutExpired:
                logger.warning("the queue did not stop in time: killed; the journal knows what was in flight")
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        os.close(self.pipe)

    # --- the sweep and the watchdog

    def _look(self) -> None:
        now = time.monotonic()
        if now < self.next_sweep:
            return
        self.next_sweep = now + pace.sweep()
        try:
            sweep_machine()
            self._ask_for_sweep()
            if self._is_dead():
                logger.error("no sign of life from the queue for %.0f s with work waiting: killing it", pace.dead())
                self._kill()
        except DatabaseError:
            logger.exception("the database does not answer; trying again")
            connection.close()
        except OSError:
            logger.exception("the spool cannot be read; trying again")

    def _ask_for_sweep(self) -> None:
        """One at a time: while a sweep waits for a free worker, another one would only make the queue longer."""
        asked, started = pulses.last(ASKED), pulses.last(STARTED)
        waits = asked is not None and (started is None or started < asked)
        if waits and asked is not None and (timezone.now() - asked).total_seconds() < pace.dead():
            return
        pulses.mark(ASKED)
        later(SWEEP)

    def _is_dead(self) -> bool:
        from django_q.models import OrmQ

        now = time.monotonic()
        waiting = set(OrmQ.objects.values_list("pk", flat=True)[:1000])
        self.seen = {pk: self.seen.get(pk, now) for pk in waiting}
        stuck = any(now - since > pace.dead() for since in self.seen.values())
        if not stuck or now - self.started_at < pace.dead():
            return False
        beat = pulses.last(pulses.beat_name())
        return beat is None or (timezone.now() - beat).total_seconds() > pace.dead()

    def _kill(self) -> None:
        if self.child is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.child.pid, signal.SIGKILL)
            self.child.wait()
