"""The queue's own processes: a group of their own, forked from the supervisor, that ends when the supervisor does."""

import contextlib
import logging
import os
import select
import signal
import time
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection, connections

logger = logging.getLogger(__name__)
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@dataclass
class Cluster:
    """A running group. The pipe's other end is in the group: it ends there when the supervisor is gone, however."""

    pid: int
    pipe: int
    started: float
    ended: bool = False

    @classmethod
    def start(cls) -> "Cluster":
        """Forked, not executed anew: everything is loaded already."""
        reading, writing = os.pipe()
        connections.close_all()  # a connection shared by two processes would mix up their answers
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                os.setsid()
                os.close(writing)
                for number in SIGNALS:
                    signal.signal(number, signal.SIG_DFL)
                work(reading)
                code = 0
            finally:
                os._exit(code)
        os.close(reading)
        return cls(pid, writing, time.monotonic())

    def age(self) -> float:
        return time.monotonic() - self.started

    def is_running(self) -> bool:
        if not self.ended:
            self.ended = os.waitpid(self.pid, os.WNOHANG)[0] == self.pid
        return not self.ended

    def end(self, seconds: float) -> None:
        """Ask, wait so long, then take the whole group: workers of a dead cluster would wait for ever."""
        if seconds and self.is_running():
            os.kill(self.pid, signal.SIGTERM)
            end = time.monotonic() + seconds
            while self.is_running() and time.monotonic() < end:
                time.sleep(0.05)
            if self.is_running():
                logger.warning("the queue did not stop in time: killed; the journal knows what was in flight")
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        if not self.ended:
            os.waitpid(self.pid, 0)
            self.ended = True
        if self.pipe >= 0:
            os.close(self.pipe)
            self.pipe = -1


def work(pipe: int) -> None:
    """In the child: work until told to stop by SIGTERM, or until the pipe from the supervisor ends."""
    from django_q import cluster, signals
    from django_q.conf import Conf

    # Schedules are rows that name any function; ours come from code only (design 3.3).
    Conf.SCHEDULER = False
    signals.pre_execute.connect(take_off_the_queue, dispatch_uid="portal.jobs.cluster")
    queue = cluster.Cluster()
    queue.start()
    while queue.sentinel.is_alive():
        ended, _, _ = select.select([pipe], [], [], 0.5)
        if ended and not os.read(pipe, 1):
            logger.error("the supervisor is gone: stopping")
            signal.signal(signal.SIGALRM, _die)
            signal.alarm(5)
            queue.stop()
            return


def _die(*_: Any) -> None:
    os.killpg(0, signal.SIGKILL)


def take_off_the_queue(sender: Any, task: dict[str, Any], **_: Any) -> None:
    """Delivered once, before it runs: a task that kills its worker must not come back for ever.

    What it should have done is found by the sweep. It also ends redelivery of tasks that wait in a worker's own queue.
    """
    from django_q.models import OrmQ

    try:
        OrmQ.objects.filter(pk=task.get("ack_id")).delete()
    except DatabaseError:
        logger.exception("a task could not be taken off the queue before it ran")
        connection.close()
