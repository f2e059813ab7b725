"""While a message is under way its business may get the next one ready: by computing only, so nothing leaves early.

The gateway is waited for in another thread's time; a row read for it was read before the call (I8).
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from portal.access.door import tenant_tx
from portal.gateway.journal.handlers import Handler, handler_of
from portal.gateway.journal.models import Operation

logger = logging.getLogger(__name__)
Work = Callable[[], None]


def work_during(operation: Operation) -> Work | None:
    """What the operation's business wants to compute while the message is under way; never in the way of sending."""
    try:
        handler = handler_of(operation)
        if type(handler).during is Handler.during:
            return None
        with tenant_tx(operation.institution_pk):
            return handler.during(operation)
    except Exception:
        logger.exception("operation %s: nothing is got ready meanwhile", operation.pk)
        return None


@contextmanager
def meanwhile(work: Work | None) -> Iterator[None]:
    """Have a thread do the work during the block; the block's end waits for it."""
    if work is None:
        yield
        return
    thread = threading.Thread(target=_quietly, args=(work,), name="meanwhile", daemon=True)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def _quietly(work: Work) -> None:
    try:
        work()
    except Exception:  # whoever needs the result makes it again, and meets the fault where it can be told
        logger.exception("nothing was got ready meanwhile")
