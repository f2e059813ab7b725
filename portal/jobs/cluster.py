"""The queue's own processes, run as a child of the supervisor (see supervisor.py for why)."""

import logging
import os
import select
import signal
from typing import Any

from django.db import DatabaseError, connection

logger = logging.getLogger(__name__)


def run(pipe: int) -> None:
    """Work until told to stop by SIGTERM, or until the supervisor is gone (then the pipe from it ends)."""
    from django_q.cluster import Cluster
    from django_q.conf import Conf
    from django_q.signals import pre_execute

    # Schedules are rows that name any function; ours come from code only (design 3.3).
    Conf.SCHEDULER = False
    pre_execute.connect(take_off_the_queue, dispatch_uid="portal.jobs.cluster")
    connection.close()  # the children are forked from here and must not share it
    cluster = Cluster()
    cluster.start()
    while cluster.sentinel.is_alive():
        ended, _, _ = select.select([pipe], [], [], 0.5)
        if ended and not os.read(pipe, 1):
            logger.error("the supervisor is gone: stopping")
            signal.signal(signal.SIGALRM, _die)
            signal.alarm(5)
            cluster.stop()
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
