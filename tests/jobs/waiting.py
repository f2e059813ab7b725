"""Waiting for other processes."""

import time
from collections.abc import Callable
from typing import Any


def until(ready: Callable[[], Any], seconds: float = 60) -> Any:
    """What `ready` returns as soon as it is true. The limit is for what never happens, not for a busy machine."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = ready()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds} s")
