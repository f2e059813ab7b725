"""While a reply is waited for, the business may get the next message ready: by computing only, so nothing leaves early.

What it needs is read before the call: no transaction is open during one (I8).
"""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from portal.gateway import wire
from portal.gateway.journal.handlers import Handler, handler_of
from portal.gateway.journal.models import Operation
from portal.gateway.messages import Request

logger = logging.getLogger(__name__)
Work = Callable[[], None]


def work_during(operation: Operation, settings: wire.WireSettings) -> Work | None:
    """What the operation's business wants to compute while its message is under way; never in the way of sending.

    The request that comes of it is packed for these settings as well.
    """
    try:
        handler = handler_of(operation)
        if type(handler).during is Handler.during:
            return None
        work = handler.during(operation)
    except Exception:
        logger.exception("operation %s: nothing is got ready meanwhile", operation.pk)
        return None
    return partial(_quietly, operation, settings, work) if work else None


def _quietly(operation: Operation, settings: wire.WireSettings, work: Callable[[], Request[Any] | None]) -> None:
    try:
        request = work()
        if request is not None:
            wire.prepare_ahead(settings, request)
    except Exception:  # who needs the result makes it again, and meets the fault where it can be told
        logger.exception("operation %s: nothing was got ready meanwhile", operation.pk)
